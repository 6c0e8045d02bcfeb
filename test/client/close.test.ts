// The end of a session: what close() lets end, what destroy() ends, and that nothing is left behind either way.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PoolError } from '#src/errors.js';
import { Session } from '#src/client/session.js';
import { drive, DrivenSession } from './driven-session.ts';
import { MemoryOrigin } from './memory-origin.ts';

/** Whether a promise has settled, and how. */
function watch(promise: Promise<unknown>): { state: 'pending' | 'resolved' | 'rejected'; error: unknown } {
  const watched = { state: 'pending' as 'pending' | 'resolved' | 'rejected', error: undefined as unknown };
  promise.then(
    () => {
      watched.state = 'resolved';
    },
    (error: unknown) => {
      watched.state = 'rejected';
      watched.error = error;
    },
  );
  return watched;
}

const REASON = new Error('enough');

describe('close()', () => {
  test(
    'of a session that did nothing resolves at once',
    drive({}, async (driven) => {
      await driven.session.close();
      assert.equal(driven.clock.pendingTimers, 0);
    }),
  );

  test(
    'ends idle connections in order: FIN, nothing behind it, nothing left',
    drive({}, async (driven, origin) => {
      await driven.get();
      const closed = watch(driven.session.close());
      await driven.settle();
      assert.equal(closed.state, 'resolved');
      assert.equal(driven.log.at(-1), 'closed 1 draining');
      assert.deepEqual([origin.peer(1).hasEnded, origin.peer(1).closed], [true, { error: undefined }]);
      assert.equal(driven.clock.pendingTimers, 0);
    }),
  );

  test(
    'lets requests that are under way have their response, and their connection end behind it',
    drive({}, async (driven, origin) => {
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      const closed = watch(driven.session.close());
      await driven.settle();
      assert.equal(closed.state, 'pending');
      assert.equal(driven.session.connections()[0]!.state, 'draining');
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/1');
      assert.equal(closed.state, 'resolved');
      assert.equal(driven.log.at(-1), 'closed 1 draining');
    }),
  );

  test(
    'lets requests that wait be served, on connections that are there and on new ones',
    drive({ limits: { perOrigin: 1 }, nonIdempotent: 'fresh' }, async (driven, origin) => {
      origin.hold();
      const outcomes = ['GET', 'GET', 'POST'].map((method) =>
        driven.outcome(driven.session.request('/', { method, body: method === 'POST' ? 'x' : null })),
      );
      await driven.settle();
      const closed = watch(driven.session.close());
      await driven.settle();
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual(await Promise.all(outcomes), ['200 1/1', '200 1/2', '200 2/1']);
      assert.equal(closed.state, 'resolved');
      assert.deepEqual(driven.session.connections(), []);
    }),
  );

  test(
    'lets a request whose connection is being opened have it, and closes that behind the response',
    drive({}, async (driven) => {
      driven.opener.holds = true;
      const outcome = driven.outcome(driven.session.request('/'));
      const closed = watch(driven.session.close());
      await driven.settle();
      assert.equal(closed.state, 'pending');
      driven.opener.admit();
      await driven.settle();
      assert.equal(await outcome, '200 1/1');
      assert.equal(closed.state, 'resolved');
    }),
  );

  test(
    'closes a connection that was opened for nobody as soon as it is there',
    drive({}, async (driven) => {
      driven.opener.holds = true;
      const ready = watch(driven.session.preconnect('http://origin.test/', 1));
      await driven.settle();
      const closed = watch(driven.session.close());
      driven.opener.admit();
      await driven.settle();
      assert.deepEqual([ready.state, closed.state], ['resolved', 'resolved']);
      assert.equal(driven.log.at(-1), 'closed 1 draining');
    }),
  );

  test(
    'waits for a request that is sent again, and for the connection of that',
    drive({}, async (driven, origin) => {
      await driven.get();
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      const closed = watch(driven.session.close());
      origin.peer(1).fin();
      await driven.settle();
      assert.equal(closed.state, 'pending');
      origin.peer(2).answer();
      await driven.settle();
      assert.equal(await outcome, '200 2/1');
      assert.equal(closed.state, 'resolved');
      assert.equal(driven.log.at(-1), 'closed 2 draining');
    }),
  );

  test(
    'waits for a request that waits until sockets have been looked at, also where its connection is dead',
    drive({}, async (driven, origin) => {
      await driven.get();
      driven.clock.stall(300);
      origin.peer(1).fin();
      const outcome = driven.outcome(driven.session.request('/'));
      const closed = watch(driven.session.close());
      await driven.settle();
      assert.equal(await outcome, '200 2/1');
      assert.equal(closed.state, 'resolved');
      assert.deepEqual(driven.session.connections(), []);
    }),
  );

  test(
    'waits for a response that nobody reads, until somebody reads it or throws it away',
    drive({}, async (driven, origin) => {
      origin.hold();
      const response = driven.session.request('/');
      await driven.settle();
      origin.peer(1).answer('x'.repeat(180_000));
      await driven.settle();
      const closed = watch(driven.session.close());
      await driven.advance(1e6);
      assert.equal(closed.state, 'pending');
      const dumped = (await response).body.dump();
      await driven.settle();
      await dumped;
      assert.equal(closed.state, 'resolved');
    }),
  );

  test(
    'gives a peer that does not end its side one second, and nothing is left behind that',
    drive({}, async (driven, origin) => {
      origin.onAccept = (peer) => {
        peer.endsWithClient = false;
      };
      await driven.get();
      const closed = watch(driven.session.close());
      await driven.settle();
      assert.equal(closed.state, 'resolved');
      assert.equal(driven.opener.connections[0]!.client.isOver, false);
      await driven.advance(1_000);
      assert.equal(driven.opener.connections[0]!.client.isOver, true);
      assert.equal(driven.clock.pendingTimers, 0);
    }),
  );

  test(
    'is idempotent, and refuses what comes behind it with a PoolError',
    drive({}, async (driven) => {
      const closing = driven.session.close();
      assert.equal(driven.session.close(), closing);
      for (const refused of [
        driven.session.request('/x'),
        driven.session.fetch('http://origin.test/x'),
        driven.session.preconnect('http://origin.test/x'),
      ]) {
        await assert.rejects(refused, (error: Error) => {
          assert.ok(error instanceof PoolError);
          assert.match(error.message, /^http:\/\/origin\.test\/x: the session is closed/);
          return true;
        });
      }
      await closing;
    }),
  );

  test('is what `await using` does at the end of its block', async () => {
    const origin = new MemoryOrigin();
    const driven = new DrivenSession(origin.accept);
    {
      await using session: Session = driven.session;
      const response = session.request('/');
      await driven.settle();
      await (await response).body.dump();
    }
    await driven.settle();
    assert.equal(driven.log.at(-1), 'closed 1 draining');
    await driven.end();
  });
});

describe('destroy(reason)', () => {
  test(
    'rejects with the reason whatever is under way: waiting, opening, looked at, sent, answered by half',
    drive({ limits: { perOrigin: 2 } }, async (driven, origin) => {
      const idle = await driven.get('http://idle.test/');
      assert.equal(idle, '200 1/1');
      origin.hold();
      const half = driven.session.request('/half');
      await driven.settle();
      origin.peer(2).send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
      await driven.settle();
      const body = watch((await half).body.text());
      const sent = watch(driven.session.request('/sent'));
      await driven.settle();
      const waiting = watch(driven.session.request('/waiting'));
      driven.opener.holds = true;
      const opening = watch(driven.session.request('http://other.test/'));
      const preconnect = watch(driven.session.preconnect('http://other.test/', 2));
      driven.clock.stall(300);
      const gated = watch(driven.session.request('http://idle.test/'));
      driven.takeLog();
      driven.session.destroy(REASON);
      await driven.settle();
      for (const watched of [body, sent, waiting, opening, preconnect, gated]) {
        assert.deepEqual([watched.state, watched.error], ['rejected', REASON]);
      }
      assert.equal(driven.opener.aborted, 2);
      assert.deepEqual(driven.session.connections(), []);
      assert.equal(driven.clock.pendingTimers, 0);
      assert.deepEqual(
        driven.takeLog().toSorted(),
        ['closed 1 destroyed', 'closed 2 destroyed', 'closed 3 destroyed', 'validated 1 dead'],
        'nothing is opened for those that waited',
      );
    }),
  );

  test(
    'lets nobody be sent anything any more, and opens nothing',
    drive({ limits: { total: 1 } }, async (driven, origin) => {
      origin.hold();
      const watched = ['a', 'b', 'c'].map((host) => watch(driven.session.request(`http://${host}.test/`)));
      await driven.settle();
      const { opened } = driven.opener;
      driven.session.destroy(REASON);
      await driven.settle();
      await driven.advance(100_000);
      assert.deepEqual(new Set(watched.map(({ error }) => error)), new Set([REASON]));
      assert.equal(driven.opener.opened, opened);
    }),
  );

  test(
    'without a reason says that the session was destroyed',
    drive({}, async (driven, origin) => {
      origin.hold();
      const watched = watch(driven.session.request('/'));
      await driven.settle();
      driven.session.destroy();
      await driven.settle();
      assert.ok(watched.error instanceof PoolError);
      assert.match(watched.error.message, /destroyed/);
      await assert.rejects(driven.session.request('/'), PoolError);
    }),
  );

  test(
    'behind close() ends what that waits for, and what waits for the end of a peer',
    drive({}, async (driven, origin) => {
      origin.onAccept = (peer) => {
        peer.endsWithClient = false;
      };
      await driven.get('http://idle.test/');
      origin.hold();
      const sent = watch(driven.session.request('/'));
      await driven.settle();
      const closed = watch(driven.session.close());
      await driven.settle();
      assert.equal(closed.state, 'pending');
      driven.session.destroy(REASON);
      await driven.settle();
      assert.equal(sent.error, REASON);
      assert.equal(closed.state, 'resolved');
      assert.ok(driven.opener.connections.every(({ client }) => client.isOver));
      assert.equal(driven.clock.pendingTimers, 0);
    }),
  );

  test(
    'twice, and close() behind it, do nothing more',
    drive({}, async (driven) => {
      await driven.get();
      driven.session.destroy();
      driven.session.destroy(REASON);
      await driven.session.close();
      assert.equal(driven.count('closed'), 1);
    }),
  );
});

describe('a session without connections', () => {
  test(
    'has no timer and follows no loop, before its first request and behind its last',
    drive({ idleTimeoutMs: 5_000 }, async (driven) => {
      assert.deepEqual([driven.clock.pendingTimers, driven.clock.pollWatches], [0, 0]);
      await driven.get();
      assert.deepEqual([driven.clock.pendingTimers, driven.clock.pollWatches], [1, 1]);
      await driven.advance(5_000);
      assert.deepEqual(driven.session.connections(), []);
      assert.equal(driven.clock.pollWatches, 0);
      // The one timer is never pushed back: it fires once more for nothing.
      await driven.advance(60_000);
      assert.equal(driven.clock.pendingTimers, 0);
      assert.equal(driven.opener.lookups, 0);
      assert.equal(await driven.get(), '200 2/1');
      assert.equal(driven.clock.pollWatches, 1);
    }),
  );

  test(
    'has one timer for any number of connections',
    drive({}, async (driven) => {
      const outcomes = Array.from({ length: 50 }, () => driven.outcome(driven.session.request('/')));
      await driven.settle();
      await Promise.all(outcomes);
      assert.equal(driven.session.connections().length, 50);
      assert.deepEqual([driven.clock.pendingTimers, driven.clock.pollWatches], [1, 1]);
    }),
  );
});
