// What is known of a write that the peer takes bit by bit: plain and over TLS, on sockets and on streams that are none.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import tls from 'node:tls';
import { countTakenBytes } from '#src/io/taken-bytes.js';
import { identity } from './opening.ts';

const BYTES = 40_000_000;

describe('bytes that the peer has taken', { timeout: 30_000 }, () => {
  for (const secure of [false, true]) {
    test(`are counted within one large write ${secure ? 'over TLS' : 'over TCP'}`, async (t) => {
      const server = net.createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const { port } = server.address() as AddressInfo;
      const client = secure
        ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
        : net.connect(port, '127.0.0.1');
      const [socket] = await accepted;
      const stream = secure ? new tls.TLSSocket(socket, { isServer: true, ...identity('localhost') }) : socket;
      t.after(() => {
        client.destroy();
        socket.destroy();
        server.close();
      });
      await once(client, secure ? 'secureConnect' : 'connect');
      client.pause();
      let isTaken = false;
      stream.write(Buffer.alloc(BYTES), () => {
        isTaken = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      const received: number[] = [];
      const count = (): number => received.reduce((sum, bytes) => sum + bytes, 0);
      client.on('data', (bytes: Buffer) => void received.push(bytes.length));
      const counts = new Set<number>();
      while (count() < BYTES) {
        const wanted = Math.min(count() + 1_000_000, BYTES);
        client.resume();
        while (count() < wanted) await new Promise(setImmediate);
        client.pause();
        if (!isTaken) counts.add(countTakenBytes(stream));
      }
      assert.ok(counts.size > 4, `${counts.size} different counts`);
      const inOrder = [...counts];
      assert.deepEqual(
        inOrder,
        inOrder.toSorted((one, other) => one - other),
      );
    });
  }

  test('are what has left the buffer, of a stream that is no socket', () => {
    const stream = new PassThrough({ writableHighWaterMark: 1 });
    stream.cork();
    stream.write('four');
    const before = countTakenBytes(stream);
    stream.uncork();
    assert.ok(countTakenBytes(stream) > before);
  });

  test('are told of a socket that is gone, too', () => {
    const socket = new net.Socket();
    socket.destroy();
    assert.equal(countTakenBytes(socket), 0);
  });
});
