// A caller that gives a request up, at every stage of it: the caller is told at once, its listener goes, and nothing else suffers.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';

const REASON = new Error('given up');

class Caller {
  readonly controller = new AbortController();
  readonly signal = this.controller.signal;

  abort(): void {
    this.controller.abort(REASON);
  }

  get listeners(): number {
    return getEventListeners(this.signal, 'abort').length;
  }
}

/** What a promise rejects with; 'resolved' where it does not. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );
}

/** That the pool works as if nothing had been. */
async function assertWorks(session: DrivenSession): Promise<void> {
  assert.match(await session.get('/after'), /^200/);
}

describe('a signal that is aborted', () => {
  test(
    'before the call sends nothing and opens nothing',
    drive({}, async (driven) => {
      const caller = new Caller();
      caller.abort();
      assert.equal(await rejection(driven.session.request('/', { signal: caller.signal })), REASON);
      assert.equal(caller.listeners, 0);
      assert.equal(driven.opener.opened, 0);
    }),
  );

  test(
    'while the connection is opened leaves that to the next request',
    drive({}, async (driven, origin) => {
      driven.opener.holds = true;
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      assert.equal(caller.listeners, 1);
      caller.abort();
      assert.equal(await rejected, REASON);
      assert.equal(caller.listeners, 0);
      driven.opener.admit();
      await driven.settle();
      assert.equal(await driven.get('/after'), '200 1/1');
      assert.equal(driven.opener.opened, 1);
      assert.deepEqual(
        origin.requests.map(({ target }) => target),
        ['/after'],
      );
    }),
  );

  test(
    'while it waits for a place lets those behind it move up',
    drive({ limits: { perOrigin: 1 } }, async (driven, origin) => {
      origin.hold();
      const first = driven.outcome(driven.session.request('/1'));
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/2', { signal: caller.signal }));
      const third = driven.outcome(driven.session.request('/3'));
      await driven.settle();
      caller.abort();
      assert.equal(await rejected, REASON);
      assert.equal(caller.listeners, 0);
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual([await first, await third], ['200 1/1', '200 1/2']);
    }),
  );

  test(
    'while sockets are looked at sends nothing, and the connection stays what it was',
    drive({ idleTimeoutMs: 10_000 }, async (driven, origin) => {
      await driven.get('/');
      await driven.advance(6_000);
      driven.clock.stall(300);
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      caller.abort();
      assert.equal(await rejected, REASON);
      await driven.settle();
      assert.equal(caller.listeners, 0);
      assert.equal(origin.requests.length, 1);
      const [info] = driven.session.connections();
      assert.deepEqual([info!.state, info!.idleMs], ['idle', 6_300]);
      await driven.advance(3_699);
      assert.equal(driven.session.connections().length, 1);
      await driven.advance(1);
      assert.equal(driven.log.at(-1), 'closed 1 idleTimeout');
    }),
  );

  test(
    'while sockets are looked at lets a request that waits have the connection',
    drive({ limits: { perOrigin: 1 } }, async (driven) => {
      await driven.get('/');
      driven.clock.stall(300);
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      const second = driven.outcome(driven.session.request('/'));
      caller.abort();
      await driven.settle();
      assert.equal(await rejected, REASON);
      assert.equal(await second, '200 1/2');
    }),
  );

  test(
    'after it was sent ends its connection, because a response may be on its way',
    drive({}, async (driven, origin) => {
      origin.hold();
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      await driven.settle();
      caller.abort();
      assert.equal(await rejected, REASON);
      assert.equal(caller.listeners, 0);
      assert.equal(driven.takeLog().at(-1), 'closed 1 aborted');
      origin.release();
      await assertWorks(driven);
      assert.equal(driven.session.stats().failures, 1);
    }),
  );

  test(
    'after it was sent is not sent again, however repeatable it is',
    drive({}, async (driven, origin) => {
      await driven.get('/');
      origin.hold();
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      await driven.settle();
      caller.abort();
      await driven.settle();
      assert.equal(await rejected, REASON);
      assert.equal(driven.session.stats().retries, 0);
      assert.equal(origin.requests.length, 2);
    }),
  );

  test(
    'after the head ends the body with the same reason',
    drive({}, async (driven, origin) => {
      origin.hold();
      const caller = new Caller();
      const response = driven.session.request('/', { signal: caller.signal });
      await driven.settle();
      origin.peer(1).send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
      await driven.settle();
      const { body } = await response;
      assert.equal(caller.listeners, 1);
      const text = rejection(body.text());
      caller.abort();
      assert.equal(await text, REASON);
      assert.equal(caller.listeners, 0);
      assert.equal(driven.takeLog().at(-1), 'closed 1 aborted');
      origin.release();
      await assertWorks(driven);
    }),
  );

  test(
    'while a body is read piece by piece ends the loop with the reason',
    drive({}, async (driven, origin) => {
      origin.hold();
      const caller = new Caller();
      const response = driven.session.request('/', { signal: caller.signal });
      await driven.settle();
      origin.peer(1).send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n');
      await driven.settle();
      const { body } = await response;
      const pieces: string[] = [];
      const loop = rejection(
        (async () => {
          for await (const piece of body) pieces.push(String(piece));
        })(),
      );
      await driven.settle();
      caller.abort();
      assert.equal(await loop, REASON);
      assert.deepEqual(pieces, ['12345']);
    }),
  );

  test(
    'while a body that nobody reads holds the connection frees that',
    drive({ limits: { perOrigin: 1 } }, async (driven, origin) => {
      origin.hold();
      const caller = new Caller();
      const response = driven.session.request('/', { signal: caller.signal });
      await driven.settle();
      origin.peer(1).answer('x'.repeat(200_000));
      await driven.settle();
      await response;
      origin.release();
      const waiting = driven.outcome(driven.session.request('/'));
      await driven.settle();
      caller.abort();
      await driven.settle();
      assert.equal(await waiting, '200 2/1');
      assert.equal(caller.listeners, 0);
    }),
  );

  test(
    'after the end of the response does nothing: nobody listens any more, read or not',
    drive({}, async (driven) => {
      const caller = new Caller();
      const { body } = await settled(driven, driven.session.request('/', { signal: caller.signal }));
      assert.equal(caller.listeners, 0);
      caller.abort();
      assert.equal(await body.text(), '1/1');
      assert.equal(await driven.get(), '200 1/2');
    }),
  );

  test(
    'after a failure does nothing: nobody listens any more',
    drive({ maxRetries: 0 }, async (driven, origin) => {
      origin.hold();
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      await driven.settle();
      origin.peer(1).rst();
      await driven.settle();
      assert.equal(((await rejected) as Error).name, 'ConnectionLostError');
      assert.equal(caller.listeners, 0);
    }),
  );

  test(
    'while it is sent again on another connection stops that too',
    drive({}, async (driven, origin) => {
      await driven.get('/');
      origin.hold();
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      await driven.settle();
      driven.opener.holds = true;
      origin.peer(1).fin();
      await driven.settle();
      assert.equal(caller.listeners, 1);
      caller.abort();
      assert.equal(await rejected, REASON);
      assert.equal(caller.listeners, 0);
      driven.opener.admit();
      await driven.settle();
      assert.equal(origin.requests.length, 2);
      assert.deepEqual(
        driven.session.connections().map(({ id, state }) => [id, state]),
        [[2, 'opened']],
      );
    }),
  );

  test(
    'while two attempts are under way ends both',
    drive({ hedgeStale: 'always' }, async (driven, origin) => {
      await driven.get('/');
      origin.hold();
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/', { signal: caller.signal }));
      await driven.settle();
      await driven.advance(1_000);
      assert.equal(origin.peer(2).requests.length, 1);
      caller.abort();
      await driven.settle();
      assert.equal(await rejected, REASON);
      assert.deepEqual(driven.session.connections(), []);
      assert.equal(caller.listeners, 0);
    }),
  );

  test(
    'of a pipelined request lets those ahead of it have their answers, and its connection end behind them',
    drive({ limits: { perOrigin: 1 }, pipelining: 4 }, async (driven, origin) => {
      await driven.get('/');
      origin.hold();
      const first = driven.outcome(driven.session.request('/first'));
      const caller = new Caller();
      const rejected = rejection(driven.session.request('/second', { signal: caller.signal }));
      await driven.settle();
      assert.equal(origin.peer(1).requests.length, 3);
      caller.abort();
      assert.equal(await rejected, REASON);
      await driven.settle();
      origin.peer(1).answer('first');
      await driven.settle();
      assert.equal(await first, '200 first');
      assert.deepEqual(driven.session.connections(), []);
      // That was not the server's doing.
      origin.release();
      await driven.get('/');
      origin.hold();
      const more = [1, 2].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      assert.equal(origin.peer(2).requests.length, 3);
      for (const _ of more) origin.peer(2).answer('x');
      await driven.settle();
      assert.deepEqual(await Promise.all(more), ['200 x', '200 x']);
    }),
  );
});

describe('the body of a request that is given up', () => {
  /** A stream that never ends by itself. */
  function endless(): Readable {
    let isFirst = true;
    return new Readable({
      read() {
        if (isFirst) this.push('piece');
        isFirst = false;
      },
    });
  }

  test(
    'is let go where it was never asked for a piece',
    drive({}, async (driven) => {
      driven.opener.holds = true;
      const caller = new Caller();
      const source = endless();
      const rejected = rejection(driven.session.request('/', { method: 'POST', body: source, signal: caller.signal }));
      await driven.settle();
      caller.abort();
      await driven.settle();
      assert.equal(await rejected, REASON);
      assert.equal(source.destroyed, true);
    }),
  );

  test(
    'is let go at once while a piece is waited for',
    drive({}, async (driven) => {
      const caller = new Caller();
      const source = endless();
      const rejected = rejection(driven.session.request('/', { method: 'POST', body: source, signal: caller.signal }));
      await driven.settle();
      caller.abort();
      await driven.settle();
      assert.equal(await rejected, REASON);
      assert.equal(source.destroyed, true);
    }),
  );

  test(
    'is let go where the request fails for another reason',
    drive({ limits: { perOrigin: 1, queue: 0 } }, async (driven, origin) => {
      origin.hold();
      const busy = driven.outcome(driven.session.request('/'));
      await driven.settle();
      const source = endless();
      const rejected = rejection(driven.session.request('/', { method: 'POST', body: source }));
      await driven.settle();
      assert.equal(((await rejected) as Error).name, 'PoolError');
      assert.equal(source.destroyed, true);
      origin.peer(1).answer();
      await driven.settle();
      await busy;
    }),
  );
});

/** The value of a promise that resolves once everything has happened. */
async function settled<Value>(session: DrivenSession, promise: Promise<Value>): Promise<Value> {
  await session.settle();
  return promise;
}
