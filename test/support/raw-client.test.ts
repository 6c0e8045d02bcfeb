// The raw client against servers that are scripted byte by byte.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { rawExchange, RawConnection } from './raw-client.ts';

async function listen(context: TestContext, onSocket: (socket: net.Socket) => void): Promise<number> {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

describe('rawExchange', () => {
  test('every byte value makes the way there and back', async (context) => {
    const port = await listen(context, (socket) => socket.pipe(socket));
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const { bytes: echoed, ended } = await rawExchange(port, [bytes, 'ÿ\x00'], { endAfter: true });
    assert.deepEqual(Buffer.from(echoed, 'latin1'), Buffer.concat([bytes, Buffer.from([255, 0])]));
    assert.equal(ended, 'fin');
  });

  test('a reset is told from an orderly end', async (context) => {
    const port = await listen(context, (socket) => socket.once('data', () => socket.resetAndDestroy()));
    assert.deepEqual(await rawExchange(port, ['x']), { bytes: '', ended: 'reset' });
  });

  test('a connection that stays open is told as such, with what came', async (context) => {
    const port = await listen(context, (socket) => void socket.write('greeting'));
    assert.deepEqual(await rawExchange(port, [], { timeoutMs: 50 }), { bytes: 'greeting', ended: 'timeout' });
  });
});

describe('RawConnection', () => {
  test('what was not asked for yet is kept for the next read', async (context) => {
    const port = await listen(context, (socket) => {
      socket.write('HEAD\r\n\r\nbo');
      socket.once('data', () => socket.end('dy'));
    });
    const connection = await RawConnection.open(port);
    assert.equal(await connection.readUntil('\r\n\r\n'), 'HEAD\r\n\r\n');
    connection.write('more');
    assert.equal(await connection.readUntil(/b(.)d/), 'bod');
    assert.equal(await connection.readToEnd(), 'y');
    assert.equal(connection.ending, 'fin');
    assert.equal(connection.transcript, '< HEAD\\r\\n\n< \\r\\n\n< bo\n> more\n< dy\n< (FIN)');
    connection.destroy();
  });

  test('a read that is not fulfilled rejects with the transcript, at the end or at the deadline', async (context) => {
    const ending = await listen(context, (socket) => void socket.end('no'));
    const ended = await RawConnection.open(ending);
    await assert.rejects(ended.readUntil('yes\n'), {
      message: "readUntil 'yes\\n': the server ended the connection (fin)\n< no\n< (FIN)",
    });
    ended.destroy();
    const silent = await listen(context, () => {});
    const open = await RawConnection.open(silent, { timeoutMs: 50 });
    open.write('hello');
    await assert.rejects(open.readUntil(/yes/), { message: 'readUntil /yes/: nothing more within 50 ms\n> hello' });
    await assert.rejects(open.readToEnd(), { message: 'readToEnd: the connection is still open after 50 ms\n> hello' });
    open.destroy();
  });

  test('FIN and RST of the client reach the server as such', async (context) => {
    const events: string[] = [];
    let heard = (): void => {};
    const port = await listen(context, (socket) => {
      socket.resume();
      socket.on('end', () => {
        events.push('end');
        socket.write('still here');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        events.push(error.code ?? '');
        heard();
      });
    });
    const connection = await RawConnection.open(port);
    connection.end();
    assert.equal(await connection.readUntil('still here'), 'still here');
    const other = await RawConnection.open(port);
    const reset = new Promise<void>((resolve) => (heard = resolve));
    other.reset();
    await reset;
    assert.deepEqual(events, ['end', 'ECONNRESET']);
    connection.destroy();
  });
});
