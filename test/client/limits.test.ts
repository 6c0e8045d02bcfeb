// How many connections there may be, who waits for one, how long, and what those are told who wait in vain.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PoolError, TimeoutError } from '#src/errors.js';
import { drive, ORIGIN } from './driven-session.ts';

/** The error of a promise that must reject. */
async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => assert.fail('it was expected to fail'),
    (error: Error) => error,
  );
}

describe('limits of connections', () => {
  test(
    'no more than perOrigin connections are open, and all that come are served by them',
    drive({ limits: { perOrigin: 2 } }, async (driven) => {
      const outcomes = [1, 2, 3, 4, 5].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      assert.ok((await Promise.all(outcomes)).every((text) => text.startsWith('200')));
      assert.equal(driven.opener.opened, 2);
    }),
  );

  test(
    'requests are served in the order in which they came',
    drive({ limits: { perOrigin: 1 } }, async (driven, origin) => {
      const paths = Array.from({ length: 6 }, (_, index) => `/${index}`);
      const outcomes = paths.map((path) => driven.outcome(driven.session.request(path)));
      await driven.settle();
      await Promise.all(outcomes);
      assert.deepEqual(
        origin.requests.map(({ target }) => target),
        paths,
      );
    }),
  );

  test(
    'each origin has its own places under perOrigin, and all share total',
    drive({ limits: { perOrigin: 2, total: 3 } }, async (driven, origin) => {
      origin.hold();
      const urls = ['a', 'a', 'a', 'b', 'b', 'c'].map((host) => `http://${host}.test/`);
      const outcomes = urls.map((url) => driven.outcome(driven.session.request(url)));
      await driven.settle();
      assert.deepEqual(
        driven.opener.connections.map(({ target }) => target.host),
        ['a.test', 'a.test', 'b.test'],
      );
      origin.release();
      for (let number = 1; number <= 3; number += 1) origin.peer(number).answer();
      await driven.settle();
      assert.deepEqual(new Set((await Promise.all(outcomes)).map((text) => text.slice(0, 3))), new Set(['200']));
    }),
  );

  test(
    'an idle connection makes room for an origin that has none, the one that was unused for longest at the origin that has most',
    drive({ limits: { total: 3 } }, async (driven, origin) => {
      origin.hold();
      const both = [driven.get('http://a.test/'), driven.get('http://a.test/')];
      await driven.settle();
      for (const number of [2, 1]) {
        origin.peer(number).answer();
        await driven.settle();
      }
      await Promise.all(both);
      origin.release();
      await driven.get('http://b.test/');
      driven.takeLog();
      await driven.get('http://c.test/');
      assert.deepEqual(driven.takeLog(), [
        'closed 2 shed',
        'connecting',
        'opened 4',
        'response 4 200',
        'idle 4 option',
      ]);
    }),
  );

  test(
    'a connection that becomes idle makes room at once for another origin that waits',
    drive({ limits: { total: 2 } }, async (driven, origin) => {
      origin.hold();
      const a = driven.outcome(driven.session.request('http://a.test/'));
      const b = [1, 2].map(() => driven.outcome(driven.session.request('http://b.test/')));
      await driven.settle();
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await a, '200 1/1');
      assert.equal(origin.peers.length, 3, 'the place of the idle one is used');
      origin.peer(3).answer();
      origin.peer(2).answer();
      await driven.settle();
      assert.deepEqual((await Promise.all(b)).toSorted(), ['200 2/1', '200 3/1']);
    }),
  );

  test(
    'an origin that waits without a connection gets the place of the next exchange that ends elsewhere',
    drive({ limits: { total: 2 } }, async (driven, origin) => {
      origin.hold();
      const a = [1, 2, 3, 4].map(() => driven.outcome(driven.session.request('http://a.test/')));
      const b = driven.outcome(driven.session.request('http://b.test/'));
      await driven.settle();
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual(
        driven.opener.connections.map(({ target }) => target.host),
        ['a.test', 'a.test', 'b.test'],
      );
      origin.release();
      for (const number of [2, 3]) origin.peer(number).answer();
      await driven.settle();
      await Promise.all([...a, b]);
    }),
  );

  test(
    'a place that was asked for is not given up when nobody waits for it any more',
    drive({ limits: { total: 1 } }, async (driven, origin) => {
      origin.hold();
      const a = [1, 2].map(() => driven.outcome(driven.session.request('http://a.test/')));
      const abort = new AbortController();
      const b = driven.outcome(driven.session.request('http://b.test/', { signal: abort.signal }));
      await driven.settle();
      abort.abort();
      assert.equal(await b, 'AbortError');
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual(await Promise.all(a), ['200 1/1', '200 1/2']);
    }),
  );

  test(
    'two origins without end of requests share the only place in turns',
    drive({ limits: { total: 1 } }, async (driven, origin) => {
      const outcomes = Array.from({ length: 12 }, (_, index) =>
        driven.outcome(driven.session.request(`http://${index < 6 ? 'a' : 'b'}.test/`)),
      );
      await driven.settle();
      assert.ok((await Promise.all(outcomes)).every((text) => text.startsWith('200')));
      const hosts = origin.requests.map(({ head }) => /host: (\w)/i.exec(head)![1]);
      assert.equal(hosts.join(''), 'abababababab');
    }),
  );

  test(
    'places that one origin has taken come back to the others until all have as many',
    drive({ limits: { total: 6 } }, async (driven, origin) => {
      origin.hold();
      const a = Array.from({ length: 12 }, () => driven.outcome(driven.session.request('http://a.test/')));
      const b = Array.from({ length: 12 }, () => driven.outcome(driven.session.request('http://b.test/')));
      for (let round = 0; round < 6; round += 1) {
        await driven.settle();
        const { id } = driven.session.connections().find(({ origin: name }) => name === 'http://a.test')!;
        origin.peer(id).answer();
      }
      await driven.settle();
      const shares = driven.session.connections().map(({ origin: name }) => name);
      assert.equal(shares.filter((name) => name === 'http://a.test').length, 3);
      assert.equal(shares.filter((name) => name === 'http://b.test').length, 3);
      origin.release();
      for (const { id } of driven.session.connections()) origin.peer(id).answer();
      await driven.settle();
      await Promise.all([...a, ...b]);
    }),
  );

  test(
    'a request that wants a connection of its own gets the place of one that becomes idle',
    drive({ limits: { perOrigin: 1 }, nonIdempotent: 'fresh' }, async (driven) => {
      const first = driven.outcome(driven.session.request('/'));
      const second = driven.outcome(driven.session.request('/', { method: 'POST', body: 'x' }));
      await driven.settle();
      assert.deepEqual(await Promise.all([first, second]), ['200 1/1', '200 2/1']);
    }),
  );

  test(
    'a request that wants a connection of its own is not overtaken for ever by those that take any',
    drive({ limits: { perOrigin: 1 }, nonIdempotent: 'fresh' }, async (driven, origin) => {
      const requests = ['GET', 'POST', 'GET', 'GET'].map((method) =>
        driven.outcome(driven.session.request(`/${method}`, { method, ...(method === 'POST' ? { body: 'x' } : {}) })),
      );
      await driven.settle();
      await Promise.all(requests);
      assert.deepEqual(
        origin.requests.map(({ method }) => method),
        ['GET', 'POST', 'GET', 'GET'],
      );
    }),
  );

  test(
    'a request that is sent again gets the next new connection, before those that can use any',
    drive({ limits: { perOrigin: 1 } }, async (driven, origin) => {
      await driven.get('/warm');
      origin.hold();
      const outcomes = ['/1', '/2', '/3'].map((path) => driven.outcome(driven.session.request(path)));
      await driven.settle();
      origin.release();
      origin.peer(1).fin();
      await driven.settle();
      assert.deepEqual(await Promise.all(outcomes), ['200 2/1', '200 2/2', '200 2/3']);
      assert.deepEqual(
        origin.requests.map(({ target }) => target),
        ['/warm', '/1', '/1', '/2', '/3'],
      );
    }),
  );
});

describe('limits of the queue', () => {
  test(
    'a request that finds the queue full fails at once, and its error says who has the connections',
    drive({ limits: { perOrigin: 1, queue: 1 } }, async (driven, origin) => {
      origin.hold();
      const outcomes = [1, 2].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      const error = await failure(driven.session.request('/full'));
      assert.ok(error instanceof PoolError);
      assert.match(error.message, /^http:\/\/origin\.test\/full: 1 requests wait already \(limits\.queue\)/);
      assert.match(error.message, /1 connections to http:\/\/origin\.test are open/);
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual(await Promise.all(outcomes), ['200 1/1', '200 1/2']);
    }),
  );

  test(
    'requests for which a connection is opened are not in the queue',
    drive({ limits: { perOrigin: 3, queue: 0 } }, async (driven) => {
      const outcomes = [1, 2, 3, 4].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      assert.deepEqual(await Promise.all(outcomes), ['200 1/1', '200 2/1', '200 3/1', 'PoolError']);
      assert.equal(await driven.get(), '200 3/2');
    }),
  );

  test(
    'a full queue does not refuse what an idle connection elsewhere makes room for',
    drive({ limits: { total: 1, queue: 0 } }, async (driven) => {
      assert.equal(await driven.get('http://a.test/'), '200 1/1');
      assert.equal(await driven.get('http://b.test/'), '200 2/1');
    }),
  );

  test(
    'a request that is sent again has its place, however full the queue is',
    drive({ limits: { perOrigin: 1, queue: 1 } }, async (driven, origin) => {
      await driven.get();
      origin.hold();
      const outcomes = [1, 2].map(() => driven.outcome(driven.session.request('/')));
      await driven.settle();
      origin.release();
      origin.peer(1).rst();
      await driven.settle();
      assert.deepEqual(await Promise.all(outcomes), ['200 2/1', '200 2/2']);
    }),
  );

  test(
    'whoever gives up waiting leaves its place to the next',
    drive({ limits: { perOrigin: 1, queue: 1 } }, async (driven, origin) => {
      origin.hold();
      const first = driven.outcome(driven.session.request('/1'));
      const abort = new AbortController();
      const second = driven.outcome(driven.session.request('/2', { signal: abort.signal }));
      await driven.settle();
      abort.abort();
      assert.equal(await second, 'AbortError');
      const third = driven.outcome(driven.session.request('/3'));
      await driven.settle();
      origin.release();
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual([await first, await third], ['200 1/1', '200 1/2']);
      assert.deepEqual(
        origin.requests.map(({ target }) => target),
        ['/1', '/3'],
      );
    }),
  );
});

describe('limits.acquireTimeoutMs', () => {
  test(
    'ends the wait with an error that says how many connections are held by responses that nobody reads',
    drive({ limits: { perOrigin: 2, acquireTimeoutMs: 5_000 } }, async (driven, origin) => {
      origin.hold();
      const held = driven.session.request('/held');
      const busy = driven.outcome(driven.session.request('/busy'));
      await driven.settle();
      origin.peer(1).answer('x'.repeat(200_000));
      await driven.settle();
      const response = await held;
      const waiting = failure(driven.session.request('/late'));
      await driven.advance(4_999);
      await driven.advance(1);
      const error = await waiting;
      assert.ok(error instanceof TimeoutError);
      assert.equal(error.phase, 'acquire');
      assert.equal(error.timeoutMs, 5_000);
      assert.equal(error.evidence, undefined);
      assert.match(error.message, /^http:\/\/origin\.test\/late: no connection became free within 5000 ms/);
      assert.match(error.message, /2 connections to http:\/\/origin\.test are open, 1 of them held by responses/);
      origin.peer(2).answer();
      await response.body.dump();
      await driven.settle();
      assert.equal(await busy, '200 2/1');
    }),
  );

  test(
    'names the limit over all origins where others have the connections',
    drive({ limits: { total: 1, acquireTimeoutMs: 5_000 } }, async (driven, origin) => {
      origin.hold();
      const busy = driven.outcome(driven.session.request('http://a.test/'));
      const waiting = failure(driven.session.request('http://b.test/'));
      await driven.settle();
      await driven.advance(5_000);
      assert.match(
        (await waiting).message,
        /0 connections to http:\/\/b\.test are open.*1 of 1 in total \(limits\.total\)/,
      );
      origin.peer(1).answer();
      await driven.settle();
      await busy;
    }),
  );

  test(
    'does not count once the request went out',
    drive({ limits: { acquireTimeoutMs: 5_000 } }, async (driven, origin) => {
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      await driven.advance(20_000);
      origin.peer(1).answer();
      await driven.settle();
      assert.equal(await outcome, '200 1/1');
    }),
  );

  test(
    'of Infinity lets a request wait for as long as it takes',
    drive(
      { limits: { perOrigin: 1, acquireTimeoutMs: Infinity }, timeouts: { headersMs: Infinity } },
      async (driven, origin) => {
        origin.hold();
        const outcomes = [1, 2].map(() => driven.outcome(driven.session.request(`${ORIGIN}/`)));
        await driven.settle();
        await driven.advance(1e7);
        origin.release();
        origin.peer(1).answer();
        await driven.settle();
        assert.deepEqual(await Promise.all(outcomes), ['200 1/1', '200 1/2']);
      },
    ),
  );
});
