// Sockets as transports, on loopback: half-close, back-pressure, reset, and the text of what goes wrong when listening.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ListenError } from '#src/errors.js';
import { listen } from '#src/io/index.js';
import type { Listener, Transport } from '#src/io/index.js';
import { formatRemote } from '#src/io/socket-transport.js';
import { RawConnection } from '../support/raw-client.ts';
import { RecordingSink } from '../support/recording-sink.ts';

interface Accepted {
  readonly listener: Listener;
  readonly transport: Transport;
  readonly client: RawConnection;
  readonly sink: RecordingSink;
  /** Resolves when an event that begins so has been told. */
  readonly told: (prefix: string) => Promise<void>;
}

/** One accepted connection with a sink that writes down. */
async function accept(react: (event: string, transport: Transport) => void = () => {}): Promise<Accepted> {
  let wake = (): void => {};
  let taken: Transport | undefined;
  const sink = new RecordingSink((event) => {
    react(event, taken!);
    wake();
  });
  const listener = await listen(
    { port: 0, hostname: '127.0.0.1' },
    {
      accept: ({ transport }) => {
        taken = transport;
        transport.attach(sink);
        wake();
      },
    },
  );
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const client = await RawConnection.open(listener.port);
  await until(() => taken !== undefined);
  return {
    listener,
    transport: taken!,
    client,
    sink,
    told: (prefix) => until(() => sink.log.some((event) => event.startsWith(prefix))),
  };
}

describe('a socket transport', () => {
  test('delivers bytes, writes text as latin1, and knows its peer', async () => {
    const { listener, transport, client, sink, told } = await accept();
    assert.equal(transport.remote, `127.0.0.1:${client.localPort}`);
    client.write('hello\xff');
    await told('data:');
    assert.equal(sink.received, 'hello\xff');
    assert.equal(transport.write('caf\xe9 '), true);
    transport.write(Buffer.from([0, 255]));
    assert.equal(await client.readUntil('\x00\xff'), 'caf\xe9 \x00\xff');
    assert.equal(transport.pendingBytes, 0);
    transport.destroy();
    await told('closed');
    assert.equal(transport.remote, `127.0.0.1:${client.localPort}`, 'also when the socket is gone');
    client.destroy();
    listener.stop();
  });

  test('goes on writing after the peer’s FIN, and ends in an orderly way after its own', async () => {
    const { listener, transport, client, sink, told } = await accept();
    client.write('question');
    client.end();
    await told('end');
    assert.deepEqual(sink.log, ['data:question', 'end']);
    transport.write('answer');
    transport.end();
    assert.equal(await client.readToEnd(), 'answer');
    await told('closed');
    assert.deepEqual(sink.log, ['data:question', 'end', 'closed']);
    listener.stop();
  });

  test('goes on reading after its own FIN', async () => {
    const { listener, transport, client, sink, told } = await accept();
    transport.end();
    assert.equal(await client.readToEnd(), '');
    client.write('still here');
    await told('data:');
    client.end();
    await told('closed');
    assert.equal(sink.log.at(-1), 'closed');
    assert.equal(sink.received, 'still here');
    listener.stop();
  });

  test('says when to wait, and when what was written is with the kernel', async () => {
    const { listener, transport, client, told } = await accept();
    client.pause();
    const piece = Buffer.alloc(1_000_000, 'x');
    let written = 0;
    while (transport.write(piece)) written += piece.length;
    written += piece.length;
    assert.ok(transport.pendingBytes > 0);
    client.resume();
    await told('drain');
    assert.equal(transport.pendingBytes, 0);
    transport.end();
    assert.equal((await client.readToEnd()).length, written);
    client.destroy();
    await told('closed');
    listener.stop();
  });

  test('stops reading when paused, and loses nothing', async () => {
    const { listener, transport, client, sink, told } = await accept();
    transport.pause();
    client.write('early');
    // The kernel has the bytes when the other direction has made a round trip.
    transport.write('ping');
    await client.readUntil('ping');
    await new Promise(setImmediate);
    assert.deepEqual(sink.log, []);
    transport.resume();
    await told('data:');
    assert.equal(sink.received, 'early');
    transport.destroy();
    await told('closed');
    client.destroy();
    listener.stop();
  });

  test('tells the peer’s RST as an error', async () => {
    const { listener, client, sink, told } = await accept();
    client.reset();
    await told('closed');
    assert.deepEqual(sink.log, ['closed:read ECONNRESET']);
    listener.stop();
  });

  test('resets also while its FIN is being handed over', async () => {
    const { listener, transport, client, told } = await accept();
    transport.write('bye');
    transport.end();
    transport.reset();
    await told('closed');
    assert.match((await client.readToEnding()).ended, /^(?:fin|reset)$/);
    listener.stop();
  });

  test('resets so that the peer sees a RST, and destroys so that it sees an end', async () => {
    const reset = await accept();
    reset.transport.reset();
    assert.equal((await reset.client.readToEnding()).ended, 'reset');
    await reset.told('closed');
    assert.deepEqual(reset.sink.log, ['closed']);
    reset.listener.stop();

    const destroyed = await accept();
    destroyed.transport.destroy();
    assert.equal((await destroyed.client.readToEnding()).ended, 'fin');
    await destroyed.told('closed');
    destroyed.client.destroy();
    destroyed.listener.stop();
  });

  test('survives to be ended, written to and destroyed again when it is gone', async () => {
    const { listener, transport, client, sink, told } = await accept();
    transport.destroy();
    transport.write('into the void');
    transport.end();
    transport.pause();
    transport.resume();
    transport.reset();
    transport.destroy();
    await told('closed');
    await new Promise(setImmediate);
    assert.deepEqual(sink.log, ['closed'], 'once');
    client.destroy();
    listener.stop();
  });

  test('may be destroyed from within a callback', async () => {
    const { listener, client, sink, told } = await accept((event, transport) => {
      if (event.startsWith('data:')) transport.destroy();
    });
    client.write('x');
    await told('closed');
    assert.deepEqual(sink.log, ['data:x', 'closed']);
    client.destroy();
    listener.stop();
  });
});

describe('listening', () => {
  const refusal = async (port: number, hostname: string): Promise<Error> => {
    try {
      const listener = await listen({ port, hostname }, { accept: () => {} });
      listener.stop();
    } catch (error) {
      assert.ok(error instanceof ListenError);
      assert.equal(error.code, 'ERR_PERDURA_LISTEN');
      assert.ok(error.cause instanceof Error);
      return error;
    }
    throw new Error('it listens');
  };

  test('takes a free port for 0', async () => {
    const listener = await listen({ port: 0, hostname: '127.0.0.1' }, { accept: () => {} });
    assert.ok(listener.port > 0);
    listener.stop();
  });

  test('on a port in use says so, and what to do', async () => {
    const listener = await listen({ port: 0, hostname: '127.0.0.1' }, { accept: () => {} });
    assert.equal(
      (await refusal(listener.port, '127.0.0.1')).message,
      `cannot listen on 127.0.0.1:${listener.port}: the port is in use by another program; stop it or choose another port (0 takes any free one)`,
    );
    listener.stop();
  });

  test('on an address of another machine says so', async () => {
    // RFC 5737: 192.0.2.0/24 is for documentation and belongs to nobody.
    assert.match(
      (await refusal(0, '192.0.2.1')).message,
      /^cannot listen on 192\.0\.2\.1:0: this machine does not have/,
    );
  });

  test('on a name that is none says so', async () => {
    // RFC 6761: .invalid never resolves.
    const { message } = await refusal(0, 'no-such-host.invalid');
    assert.match(message, /^cannot listen on no-such-host\.invalid:0: /);
  });

  test('that stops refuses newcomers and keeps those that it has', async () => {
    const { listener, transport, client } = await accept();
    listener.stop();
    await assert.rejects(RawConnection.open(listener.port), /ECONNREFUSED/);
    transport.write('still here');
    await client.readUntil('still here');
    listener.stop();
    transport.destroy();
    client.destroy();
  });
});

describe('the name of a peer', () => {
  const rows: [string | undefined, number | undefined, string][] = [
    ['192.0.2.1', 80, '192.0.2.1:80'],
    ['::1', 80, '[::1]:80'],
    ['2001:db8::1', 65_535, '[2001:db8::1]:65535'],
    ['::ffff:192.0.2.1', 80, '192.0.2.1:80'],
    ['::ffff:c000:201', 80, '[::ffff:c000:201]:80'],
    ['fe80::1%eth0', 80, '[fe80::1%eth0]:80'],
    [undefined, undefined, ''],
  ];
  for (const [address, port, text] of rows) {
    test(`${address} is '${text}'`, () => assert.equal(formatRemote(address, port), text));
  }
});
