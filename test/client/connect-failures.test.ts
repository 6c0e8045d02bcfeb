// Connections that cannot be opened: whose request fails of it, how often it is tried, and what was opened ahead of need.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectError, PoolError, TimeoutError } from '#src/errors.js';
import { drive, ORIGIN } from './driven-session.ts';

/** Errors with a number each, so that they can be told apart. */
function refusals(count: number): ConnectError[] {
  return Array.from({ length: count }, (_, index) => new ConnectError(ORIGIN, `refused ${index + 1}`));
}

/** The message of an error, or the outcome. */
function told(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: Error) => error.message,
  );
}

describe('a connection that cannot be opened', () => {
  test(
    'is tried again at once, as often as maxRetries says',
    drive({ maxRetries: 2 }, async (driven) => {
      driven.opener.failures.push(...refusals(3));
      const error = told(driven.session.request('/'));
      await driven.settle();
      assert.equal(await error, 'refused 3');
      assert.equal(driven.opener.opened, 3);
      assert.equal(driven.session.stats().connectFailures, 3);
      assert.deepEqual(driven.takeLog(), [
        'connecting',
        'connectFailed refused 1',
        'retried GET connectFailed',
        'connecting',
        'connectFailed refused 2',
        'retried GET connectFailed',
        'connecting',
        'connectFailed refused 3',
      ]);
    }),
  );

  test(
    'costs nothing but time where a later try succeeds, whatever the method: nothing was sent',
    drive({}, async (driven) => {
      driven.opener.failures.push(...refusals(2));
      const response = driven.session.request('/', { method: 'POST', body: 'x' });
      await driven.settle();
      const { retries, body } = await response;
      assert.equal(await body.text(), '1/1');
      assert.deepEqual(
        retries.map(({ cause, connectionId }) => [cause, connectionId]),
        [
          ['connectFailed', undefined],
          ['connectFailed', undefined],
        ],
      );
    }),
  );

  test(
    'is not tried again with maxRetries: 0',
    drive({ maxRetries: 0 }, async (driven) => {
      driven.opener.failures.push(...refusals(1));
      const error = told(driven.session.request('/'));
      await driven.settle();
      assert.equal(await error, 'refused 1');
      assert.equal(driven.opener.opened, 1);
    }),
  );

  test(
    'in time is not tried again: a deadline is not to be waited for several times',
    drive({ maxRetries: 5 }, async (driven) => {
      driven.opener.failures.push(new TimeoutError('connect', 10_000, 'no connection within 10000 ms'));
      const error = told(driven.session.request('/'));
      await driven.settle();
      assert.match(String(await error), /no connection within/);
      assert.equal(driven.opener.opened, 1);
    }),
  );

  test(
    'fails one request and not those that have an opening of their own: each gets its own error',
    drive({ maxRetries: 0 }, async (driven) => {
      driven.opener.holds = true;
      driven.opener.failures.push(...refusals(2));
      const errors = [1, 2, 3].map(() => told(driven.session.request('/')));
      await driven.settle();
      driven.opener.admit();
      await driven.settle();
      assert.deepEqual(await Promise.all(errors), ['refused 1', 'refused 2', 'resolved']);
    }),
  );

  test(
    'does not fail those that busy connections will serve',
    drive({ maxRetries: 0, limits: { perOrigin: 2 } }, async (driven, origin) => {
      origin.hold();
      const first = driven.outcome(driven.session.request('/1'));
      await driven.settle();
      driven.opener.failures.push(...refusals(1));
      driven.opener.holds = true;
      const second = told(driven.session.request('/2'));
      const third = driven.outcome(driven.session.request('/3'));
      await driven.settle();
      driven.opener.admit(1);
      await driven.settle();
      assert.equal(await second, 'refused 1');
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual([await first, await third], ['200 1/1', '200 1/2']);
      driven.opener.admit();
    }),
  );

  test(
    'lets the next in the queue try for itself',
    drive({ maxRetries: 0, limits: { perOrigin: 1 } }, async (driven) => {
      driven.opener.failures.push(...refusals(2));
      const errors = [1, 2, 3].map(() => told(driven.session.request('/')));
      await driven.settle();
      assert.deepEqual(await Promise.all(errors), ['refused 1', 'refused 2', 'resolved']);
      assert.equal(driven.opener.opened, 3);
    }),
  );

  test(
    'makes room for another origin',
    drive({ maxRetries: 0, limits: { total: 1 } }, async (driven) => {
      driven.opener.failures.push(...refusals(1));
      const error = told(driven.session.request('http://a.test/'));
      const outcome = driven.outcome(driven.session.request('http://b.test/'));
      await driven.settle();
      assert.equal(await error, 'refused 1');
      assert.equal(await outcome, '200 1/1');
    }),
  );

  test(
    'for a second attempt leaves the first one to its answer',
    drive({ hedgeStale: 'always', maxRetries: 1 }, async (driven, origin) => {
      await driven.get();
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      driven.opener.failures.push(...refusals(1));
      await driven.advance(1_000);
      assert.equal(driven.session.stats().hedges, 1);
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/2');
    }),
  );
});

describe('a second attempt that finds no room', () => {
  test(
    'waits, and the first one may still be answered, however full the queue is',
    drive({ hedgeStale: 'always', limits: { perOrigin: 1, queue: 0 } }, async (driven, origin) => {
      await driven.get();
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      await driven.advance(1_000);
      assert.equal(driven.session.stats().hedges, 1);
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/2');
      assert.equal(driven.session.connections().length, 1);
    }),
  );

  test(
    'waits no longer than any other request once the first one is lost',
    drive(
      { hedgeStale: 'always', limits: { perOrigin: 1, total: 1, acquireTimeoutMs: 5_000 } },
      async (driven, origin) => {
        await driven.get();
        origin.hold();
        const error = told(driven.session.request('/'));
        await driven.settle();
        await driven.advance(1_000);
        driven.opener.holds = true;
        origin.peer(1).rst();
        await driven.settle();
        await driven.advance(5_000);
        assert.match(String(await error), /no connection became free within 5000 ms/);
        driven.opener.admit();
      },
    ),
  );
});

describe('preconnect(url, count)', () => {
  test(
    'opens connections until so many are idle or being opened, and requests take them',
    drive({}, async (driven) => {
      const ready = told(driven.session.preconnect(ORIGIN, 2));
      await driven.settle();
      assert.equal(await ready, 'resolved');
      assert.deepEqual(
        driven.session.connections().map(({ state }) => state),
        ['opened', 'opened'],
      );
      const more = told(driven.session.preconnect(ORIGIN, 3));
      await driven.settle();
      assert.equal(await more, 'resolved');
      assert.equal(driven.opener.opened, 3);
      const outcomes = [1, 2, 3].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      assert.deepEqual((await Promise.all(outcomes)).toSorted(), ['200 1/1', '200 2/1', '200 3/1']);
      assert.equal(driven.session.stats().reused, 0);
    }),
  );

  test(
    'is taken by a request that comes before it is ready',
    drive({}, async (driven) => {
      driven.opener.holds = true;
      const ready = told(driven.session.preconnect(ORIGIN));
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      driven.opener.admit();
      await driven.settle();
      assert.deepEqual([await ready, await outcome], ['resolved', '200 1/1']);
      assert.equal(driven.opener.opened, 1);
    }),
  );

  test(
    'rejects where the limits have no room for all, and keeps those for which they have',
    drive({ limits: { perOrigin: 2 } }, async (driven) => {
      const error = driven.session.preconnect(ORIGIN, 3).catch((reason: unknown) => reason);
      await driven.settle();
      const reason = await error;
      assert.ok(reason instanceof PoolError);
      assert.match(reason.message, /^http:\/\/origin\.test: no room for 3 connections/);
      assert.equal(driven.session.connections().length, 2);
    }),
  );

  test(
    'rejects where one cannot be opened, also where the limits have no room for the others',
    drive({ limits: { perOrigin: 2 } }, async (driven) => {
      driven.opener.failures.push(...refusals(2));
      const error = told(driven.session.preconnect(ORIGIN, 3));
      await driven.settle();
      assert.equal(await error, 'refused 1');
      assert.deepEqual(driven.session.connections(), []);
    }),
  );

  test(
    'does not outlive idleTimeoutMs',
    drive({ idleTimeoutMs: 5_000 }, async (driven) => {
      await Promise.all([driven.session.preconnect(ORIGIN), driven.settle()]);
      await driven.advance(5_000);
      assert.equal(driven.log.at(-1), 'closed 1 idleTimeout');
    }),
  );

  test(
    'has gone stale as one that was used: a request on it is sent again, and its error would say how long it had waited',
    drive({}, async (driven, origin) => {
      await Promise.all([driven.session.preconnect(ORIGIN), driven.settle()]);
      await driven.advance(20_000);
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      const post = driven.outcome(driven.session.request('/', { method: 'POST', body: 'x' }));
      await driven.settle();
      assert.equal(origin.peer(1).requests.length, 1);
      assert.equal(origin.peer(2).requests[0]!.method, 'POST', 'what must not be repeated does not go out on it');
      origin.release();
      origin.peer(2).answer();
      origin.peer(1).fin();
      await driven.settle();
      assert.equal(await post, '200 2/1');
      assert.equal(await outcome, '200 3/1');
      const [retried] = driven.events.filter((event) => event.type === 'retried');
      assert.ok(retried?.type === 'retried');
      assert.deepEqual([retried.retry.cause, retried.retry.idleMs], ['endedBeforeResponse', 20_000]);
    }),
  );

  test(
    'gets a second attempt where it stays silent, as one that was used',
    drive({}, async (driven, origin) => {
      await Promise.all([driven.session.preconnect(ORIGIN), driven.settle()]);
      await driven.advance(20_000);
      origin.answer = (_request, peer) => {
        if (peer.number > 1) peer.answer();
        return undefined;
      };
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      await driven.advance(1_000);
      assert.equal(await outcome, '200 2/1');
      assert.equal(driven.session.stats().hedges, 1);
    }),
  );
});
