// One connection driven by hand: whatever a server sends, in whatever pieces, each answer finds its request, and nothing hangs.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { closeStyle } from '#src/inspect/peer/ending.js';
import { systemClock } from '#src/io/index.js';
import type { Reply } from '#src/inspect/peer/reply.js';
import { openPeer, plainRequest } from '../open-peer.ts';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import type { RawConnection } from '../raw-server.ts';

/** An answer as its status and length, no answer as the reason. */
function gist(reply: Reply): string {
  return reply.kind === 'answer' ? `${reply.status} ${reply.bodyBytes}` : `${reply.why}${reply.begun ? ' begun' : ''}`;
}

/** Sends all of them at once. */
async function gistsOf(peer: Awaited<ReturnType<typeof openPeer>>, methods: readonly string[]): Promise<string[]> {
  const replies = await peer.pipeline(methods.map((method) => ({ text: plainRequest(method), method })));
  return replies.map(gist);
}

describe('Peer', () => {
  test('however the answers are cut into segments, each finds its request', async (t) => {
    const methods = ['GET', 'HEAD', 'GET', 'GET'];
    const bytes =
      'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n' +
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n' +
      'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnone\r\n0\r\n\r\n' +
      'HTTP/1.1 204 No Content\r\n\r\n';
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        await using server = await startRawServer((_head, connection) => {
          if (connection.requests === methods.length) void sendInPieces(connection, bytes, cuts);
        });
        const peer = await openPeer(server.port, t);
        assert.deepEqual(await gistsOf(peer, methods), ['200 3', '200 0', '404 4', '204 0']);
        assert.equal(peer.unaskedBytes, '');
        peer.close();
      }),
      { numRuns: 20 },
    );
  });

  test('bytes behind an answer are kept apart, in the same segment or in a later one', async (t) => {
    for (const later of [false, true]) {
      await using server = await startRawServer((_head, { socket, requests }) => {
        socket.write(plainAnswer() + (later || requests > 1 ? '' : 'HTTP/1.1 200 OK\r\n\r\n'));
        if (later && requests === 1) setTimeout(() => socket.write('HTTP/1.1 200 OK\r\n\r\n'), 20);
      });
      const peer = await openPeer(server.port, t);
      assert.equal(gist(await peer.exchange(plainRequest())), '200 3');
      await peer.ending(100);
      assert.equal(peer.unaskedBytes, 'HTTP/1.1 200 OK\r\n\r\n');
      assert.equal(gist(await peer.exchange(plainRequest())), '200 3');
      peer.close();
    }
  });

  test('what nobody asked for is not kept without end', async (t) => {
    await using server = await startRawServer(
      () => {},
      ({ socket }) => socket.end('x'.repeat(100_000)),
    );
    const peer = await openPeer(server.port, t);
    assert.equal(closeStyle(await peer.ending(1_000)), 'bytes+fin');
    assert.equal(peer.unaskedBytes.length, 4_096);
  });

  test('answers behind one that announces the close are read as well', async (t) => {
    await using server = await startRawServer((_head, { socket }) => {
      socket.write(plainAnswer('ok\n', 'Connection: close\r\n'));
    });
    const peer = await openPeer(server.port, t);
    assert.equal(gist(await peer.exchange(plainRequest())), '200 3');
    assert.equal(gist(await peer.exchange(plainRequest())), '200 3');
    assert.deepEqual(await gistsOf(peer, ['GET', 'GET', 'GET']), ['200 3', '200 3', '200 3']);
  });

  test('a connection that ends fails all that is awaited, each with what came of it', async (t) => {
    await using server = await startRawServer((_head, { socket, requests }) => {
      if (requests === 3) socket.end(`${plainAnswer()}HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf`);
    });
    const peer = await openPeer(server.port, t);
    assert.deepEqual(await gistsOf(peer, ['GET', 'GET', 'GET']), ['200 3', 'fin begun', 'fin']);
    assert.equal(closeStyle(await peer.ending(100)), 'fin');
  });

  test('a body that ends with the connection is complete with it', async (t) => {
    await using server = await startRawServer((_head, { socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'));
    const peer = await openPeer(server.port, t);
    const reply = await peer.exchange(plainRequest());
    assert.ok(reply.kind === 'answer');
    assert.deepEqual([reply.framing, reply.bodyBytes, reply.minorVersion], ['untilClose', 9, 0]);
  });

  test('asked again behind the end, it says at once that there is none', async (t) => {
    for (const how of ['fin', 'reset'] as const) {
      await using server = await startRawServer((_head, { socket }) => {
        if (how === 'fin') socket.end(plainAnswer());
        else socket.resetAndDestroy();
      });
      const peer = await openPeer(server.port, t);
      await peer.exchange(plainRequest());
      await peer.ending(500);
      const startedMs = performance.now();
      assert.equal(gist(await peer.exchange(plainRequest())), how);
      assert.ok(performance.now() - startedMs < 500);
    }
  });

  test('a reset behind the FIN does not change how it ended', async (t) => {
    let accepted: Socket | undefined;
    await using server = await startRawServer((_head, { socket }) => {
      accepted = socket.end(plainAnswer());
    });
    const peer = await openPeer(server.port, t);
    await peer.exchange(plainRequest());
    assert.equal(closeStyle(await peer.ending(500)), 'fin');
    accepted?.resetAndDestroy();
    peer.send(plainRequest());
    // What is on loopback by now is seen with the next look at the sockets.
    await new Promise<void>((resolve) => systemClock.afterPoll(resolve));
    assert.equal(closeStyle(await peer.ending(0)), 'fin');
    assert.equal(peer.story.tell(0).end, 'peerFin');
  });

  test('what makes no sense fails everything that is awaited, without waiting', async (t) => {
    await using server = await startRawServer((_head, { socket, requests }) => {
      if (requests === 3) socket.write(`${plainAnswer()}garbage\r\n\r\n${plainAnswer()}`);
    });
    const peer = await openPeer(server.port, t);
    const startedMs = performance.now();
    assert.deepEqual(await gistsOf(peer, ['GET', 'GET', 'GET']), ['200 3', 'malformed begun', 'malformed']);
    assert.ok(performance.now() - startedMs < 1_000);
  });

  test('the rest of an answer that was given up on is not taken for the next one', async (t) => {
    for (const cut of [20, 60]) {
      const slow = plainAnswer('x'.repeat(40));
      await using server = await startRawServer((_head, { socket, requests }) => {
        if (requests === 1) socket.write(slow.slice(0, cut));
        else socket.write(slow.slice(cut) + plainAnswer('second\n'));
      });
      const peer = await openPeer(server.port, t, { responseTimeoutMs: 100 });
      assert.equal(gist(await peer.exchange(plainRequest())), 'timeout begun');
      assert.equal(gist(await peer.exchange(plainRequest())), '200 7');
      assert.equal(peer.unaskedBytes, '');
    }
  });

  test('an answer that was given up on before it began is that of whoever awaits the next, framed as that one wants it', async (t) => {
    await using server = await startRawServer((_head, { socket, requests }) => {
      if (requests === 2) socket.write(plainAnswer('body\n'));
    });
    const peer = await openPeer(server.port, t, { responseTimeoutMs: 100 });
    assert.equal(gist(await peer.exchange(plainRequest('HEAD'), 'HEAD')), 'timeout');
    assert.equal(gist(await peer.exchange(plainRequest())), '200 5');
    assert.equal(peer.unaskedBytes, '');
  });

  test('closed by us, nothing is awaited any longer', async (t) => {
    await using server = await startRawServer(() => {});
    const peer = await openPeer(server.port, t);
    peer.await('GET');
    setImmediate(() => peer.close());
    assert.equal(gist(await peer.reply()), 'closedByUs');
    assert.equal(gist(await peer.exchange(plainRequest())), 'closedByUs');
  });

  test('given up, it waits no longer', async (t) => {
    await using server = await startRawServer(() => {});
    const controller = new AbortController();
    const peer = await openPeer(server.port, t, { responseTimeoutMs: 60_000, signal: controller.signal });
    setImmediate(() => controller.abort());
    assert.equal(gist(await peer.exchange(plainRequest())), 'timeout');
    assert.equal((await peer.ending(60_000)).how, 'none');
  });

  test('the time of an end counts from the last byte of an exchange; what comes unasked is a part of the end', async (t) => {
    await using server = await startRawServer((_head, { socket }) => {
      socket.write(plainAnswer());
      setTimeout(() => socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'), 150);
      setTimeout(() => socket.end(), 300);
    });
    const peer = await openPeer(server.port, t);
    await peer.exchange(plainRequest());
    const ending = await peer.ending(2_000);
    assert.equal(closeStyle(ending), '408+fin');
    assert.ok(Math.abs(ending.afterMs - 300) < 60, String(ending.afterMs));
  });
});

/** Each piece is read before the next is written, so that each is a segment of its own. */
async function sendInPieces({ socket }: RawConnection, bytes: string, cuts: readonly number[]): Promise<void> {
  const ends = [...cuts.toSorted((left, right) => left - right), bytes.length];
  let start = 0;
  for (const end of ends) {
    if (end > start) await new Promise((resolve) => socket.write(bytes.slice(start, end), resolve));
    start = end;
    await new Promise<void>((resolve) => systemClock.afterPoll(resolve));
  }
}
