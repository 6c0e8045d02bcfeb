// Bodies that nobody reads, or not to their end: who is told, what is thrown away, and when the connection is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionLostError, TimeoutError } from '#src/errors.js';
import type { SessionResponse } from '#src/client/response/session-response.js';
import { drive } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';
import type { MemoryOrigin } from './memory-origin.ts';

/** A response with that head and the first bytes of its body. */
async function begin(session: DrivenSession, origin: MemoryOrigin, start: string): Promise<SessionResponse> {
  origin.hold();
  const response = session.session.request('/large');
  await session.settle();
  origin.peers.at(-1)!.send(start);
  await session.settle();
  return response;
}

/** The head of a response with a body of so many bytes. */
function head(length: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;
}

/** As many bytes of a body. */
function bytes(length: number): string {
  return 'x'.repeat(length);
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('it was expected to fail'),
    (error: unknown) => error,
  );
}

describe('a response that nobody reads', () => {
  test(
    'is told after leakAfterMs: which, for how long, and where it was asked for',
    drive({ leakAfterMs: 7_000, recordStacks: true }, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(200_000) + bytes(200_000));
      await driven.advance(6_999);
      assert.equal(driven.count('leaked'), 0);
      await driven.advance(1);
      const leak = driven.events.find((event) => event.type === 'leaked');
      assert.ok(leak?.type === 'leaked');
      assert.deepEqual(leak.request, { method: 'GET', url: 'http://origin.test/large' });
      assert.equal(leak.heldMs, 7_000);
      assert.equal(leak.connection.id, 1);
      assert.match(leak.acquiredAt!, /unread-bodies\.test/);
      await driven.advance(1e6);
      assert.equal(driven.count('leaked'), 1, 'once');
      const whole = body.bytes();
      await driven.settle();
      assert.equal((await whole).length, 200_000, 'and not punished');
    }),
  );

  test(
    'is told without a stack where none are recorded',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(200_000) + bytes(200_000));
      await driven.advance(10_000);
      const leak = driven.events.find((event) => event.type === 'leaked');
      assert.ok(leak?.type === 'leaked' && leak.acquiredAt === undefined);
      await body.dump();
      assert.equal(driven.log.at(-1), 'closed 1 aborted');
    }),
  );

  test(
    'holds no connection where it is small enough to have arrived',
    drive({}, async (driven, origin) => {
      const response = await begin(driven, origin, head(60_000) + bytes(60_000));
      origin.release();
      assert.equal(await driven.get(), '200 1/2');
      await driven.advance(100_000);
      assert.equal(driven.count('leaked'), 0);
      assert.equal((await response.body.bytes()).length, 60_000);
    }),
  );

  test(
    'and whose last piece is more than waits unread as a rule holds no connection either',
    drive({}, async (driven, origin) => {
      const response = await begin(driven, origin, head(120_000) + bytes(120_000));
      assert.equal(driven.opener.connections[0]!.client.isPaused, false);
      origin.release();
      assert.equal(await driven.get(), '200 1/2');
      origin.peer(1).fin();
      await driven.settle();
      assert.equal(driven.log.at(-1), 'closed 1 peerClosed');
      assert.equal((await response.body.bytes()).length, 120_000);
    }),
  );

  test(
    'does not run into timeouts.bodyMs, which counts only what the server is silent for',
    drive({ timeouts: { bodyMs: 5_000 }, leakAfterMs: 2_000 }, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(200_000) + bytes(70_000));
      await driven.advance(60_000);
      assert.equal(driven.count('closed'), 0);
      const text = failure(body.text());
      await driven.advance(4_999);
      assert.equal(driven.count('closed'), 0);
      await driven.advance(1);
      const error = await text;
      assert.ok(error instanceof TimeoutError && error.phase === 'body' && error.timeoutMs === 5_000);
      assert.equal(driven.log.at(-1), 'closed 1 bodyTimeout');
    }),
  );

  test(
    'is paused again where its consumer takes a part only',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(1_000_000) + bytes(1_000_000));
      const { client } = driven.opener.connections[0]!;
      assert.equal(client.isPaused, true);
      const pieces = body[Symbol.asyncIterator]();
      let received = 0;
      for (let round = 0; round < 3; round += 1) {
        for (let taken = 0; taken < 65_536;) {
          const { value } = await pieces.next();
          taken += value!.length;
          received += value!.length;
        }
        await driven.settle();
      }
      assert.equal(client.isPaused, true);
      for (let next = pieces.next(); ; next = pieces.next()) {
        await driven.settle();
        const { done, value } = await next;
        if (done === true) break;
        received += value.length;
      }
      assert.equal(received, 1_000_000);
      assert.equal(driven.log.at(-1), 'idle 1 option');
    }),
  );

  test(
    'is whole although the server ended its side meanwhile',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(150_000) + bytes(150_000));
      origin.peer(1).fin();
      await driven.advance(1_000);
      const whole = body.bytes();
      await driven.settle();
      assert.equal((await whole).length, 150_000);
      assert.match(driven.log.at(-1)!, /^closed 1 peerClosed$/);
    }),
  );

  test(
    'is an error where the server broke the connection off meanwhile, not a short success',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(300_000) + bytes(150_000));
      origin.peer(1).fin();
      await driven.advance(1_000);
      const whole = failure(body.bytes());
      await driven.settle();
      assert.ok((await whole) instanceof ConnectionLostError);
    }),
  );
});

describe('a rest that nobody wants', () => {
  test(
    'is thrown away where it is small, and the connection goes on',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(40_000) + bytes(10_000));
      let isDumped = false;
      const dumped = body.dump().then(() => {
        isDumped = true;
      });
      await driven.settle();
      assert.equal(isDumped, false);
      origin.peer(1).send(bytes(30_000));
      await driven.settle();
      await dumped;
      origin.release();
      assert.equal(await driven.get(), '200 1/2');
    }),
  );

  test(
    'of a loop that was left is thrown away too',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(40_000) + bytes(10_000));
      for await (const piece of body) {
        assert.ok(piece.length > 0);
        break;
      }
      origin.peer(1).send(bytes(30_000));
      await driven.settle();
      origin.release();
      assert.equal(await driven.get(), '200 1/2');
    }),
  );

  test(
    'that is larger than limits.drainBytes costs more than a new connection: it is closed at once',
    drive({ limits: { drainBytes: 20_000 } }, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(40_000) + bytes(10_000));
      await body.dump();
      assert.equal(driven.log.at(-1), 'closed 1 aborted');
      origin.release();
      assert.equal(await driven.get(), '200 2/1');
    }),
  );

  test(
    'of exactly limits.drainBytes is thrown away',
    drive({ limits: { drainBytes: 30_000 } }, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(40_000) + bytes(10_000));
      const dumped = body.dump();
      origin.peer(1).send(bytes(30_000));
      await driven.settle();
      await dumped;
      assert.equal(driven.log.at(-1), 'idle 1 option');
    }),
  );

  test(
    'of unknown size is read up to limits.drainBytes',
    drive({ limits: { drainBytes: 20_000 } }, async (driven, origin) => {
      const start = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
      const chunk = `3e8\r\n${bytes(1_000)}\r\n`;
      const { body } = await begin(driven, origin, start + chunk);
      const dumped = body.dump();
      for (let round = 0; round < 10; round += 1) {
        origin.peer(1).send(chunk);
        await driven.settle();
      }
      assert.equal(driven.count('closed'), 0);
      for (let round = 0; round < 11; round += 1) {
        if (origin.peer(1).closed === undefined) origin.peer(1).send(chunk);
        await driven.settle();
      }
      await dumped;
      assert.equal(driven.log.at(-1), 'closed 1 aborted');
    }),
  );

  test(
    'that does not come within a second costs the connection',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(40_000) + bytes(10_000));
      const dumped = body.dump();
      for (let round = 0; round < 3; round += 1) {
        await driven.advance(300);
        origin.peer(1).send(bytes(10));
        await driven.settle();
      }
      assert.equal(driven.count('closed'), 0);
      await driven.advance(100);
      await dumped;
      assert.equal(driven.log.at(-1), 'closed 1 aborted');
    }),
  );

  test(
    'of a response behind which the connection ends anyway is not waited for',
    drive({}, async (driven, origin) => {
      const close = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 40000\r\n\r\n';
      const { body } = await begin(driven, origin, close);
      await body.dump();
      assert.match(driven.log.at(-1)!, /^closed 1/);
    }),
  );

  test(
    'that waits behind a pause is read on, and thrown away',
    drive({}, async (driven, origin) => {
      const { body } = await begin(driven, origin, head(180_000) + bytes(180_000));
      assert.equal(driven.opener.connections[0]!.client.isPaused, true);
      const dumped = body.dump();
      await driven.settle();
      await dumped;
      origin.release();
      assert.equal(await driven.get(), '200 1/2');
      await driven.advance(20_000);
      assert.equal(driven.count('leaked'), 0);
    }),
  );
});
