// What is kept of an answer: its head, how long it took, and enough of its body to tell it from others.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ReplyCollector } from '#src/inspect/peer/reply.js';
import { openPeer, plainRequest } from '../open-peer.ts';
import { startRawServer } from '../raw-server.ts';

describe('Answer', () => {
  test('all that checks ask for is in it', async (t) => {
    await using server = await startRawServer((_head, { socket }) => {
      socket.write(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n' +
          'HTTP/1.1 201 Created\r\nConnection: foo, Keep-Alive\r\nKeep-Alive: timeout=5, max=9\r\nTransfer-Encoding: chunked\r\n\r\n' +
          '2\r\nok\r\n0\r\nX-Trailer: yes\r\n\r\n',
      );
    });
    const peer = await openPeer(server.port, t);
    const reply = await peer.exchange(plainRequest());
    assert.ok(reply.kind === 'answer');
    const { headers, hint, sentMs, firstByteMs, endMs, bodyHash, ...rest } = reply;
    assert.deepEqual(rest, {
      kind: 'answer',
      status: 201,
      minorVersion: 1,
      framing: 'chunked',
      saysClose: false,
      saysKeepAlive: true,
      bodyBytes: 2,
      hasTrailers: true,
      interim: [100, 103],
    });
    assert.equal(headers.get('keep-alive'), 'timeout=5, max=9');
    assert.deepEqual([hint.timeoutMs, hint.max], [5_000, 9]);
    assert.ok(sentMs <= firstByteMs && firstByteMs <= endMs);
    assert.ok(Number.isInteger(bodyHash));
  });

  test('close is found in any letter case among other tokens and in any line', async (t) => {
    await using server = await startRawServer((_head, { socket }) => {
      socket.write('HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\nConnection: foo,CLOSE\r\n\r\n');
    });
    const peer = await openPeer(server.port, t);
    const reply = await peer.exchange(plainRequest());
    assert.ok(reply.kind === 'answer');
    assert.deepEqual([reply.saysClose, reply.saysKeepAlive, reply.framing], [true, true, 'none']);
  });

  test('what was told of half an answer stands with the reason for it', async (t) => {
    await using server = await startRawServer((_head, { socket }) => {
      socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nhalf');
    });
    const peer = await openPeer(server.port, t);
    const reply = await peer.exchange(plainRequest());
    assert.ok(reply.kind === 'none');
    const { sentMs, endMs, ...rest } = reply;
    assert.ok(sentMs <= endMs);
    const fault = 'unexpectedEnd';
    assert.deepEqual(rest, { kind: 'none', why: 'fin', fault, begun: true, status: 500, interim: [100] });
  });
});

describe('ReplyCollector', () => {
  function hashOf(pieces: readonly Uint8Array[]): number {
    const collector = new ReplyCollector(0);
    collector.onHead({ fields: {}, body: {} } as never, { get: () => null } as never, 0);
    for (const piece of pieces) collector.onBody(piece);
    return collector.answer(0).bodyHash;
  }

  test('the hash of a body does not depend on how it was cut', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (body, where) => {
        const cut = where % (body.length + 1);
        assert.equal(hashOf([body.subarray(0, cut), body.subarray(cut)]), hashOf([body]));
      }),
    );
  });

  test('bodies that differ in one byte have different hashes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (body, where, change) => {
          const other = Uint8Array.from(body);
          other[where % body.length]! ^= change;
          assert.notEqual(hashOf([other]), hashOf([body]));
        },
      ),
    );
  });
});
