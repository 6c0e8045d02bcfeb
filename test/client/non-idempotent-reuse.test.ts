// What a request that must not be executed twice asks of an idle connection, by the policy of the session.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';

describe("nonIdempotent: 'validate'", () => {
  test(
    'takes a connection that was used a moment ago, once sockets were looked at',
    drive({}, async (driven) => {
      await driven.get();
      await driven.advance(500);
      assert.equal(await driven.post(), '200 1/2');
      assert.equal(driven.count('validated'), 0, 'the loop has looked in the meantime');
    }),
  );

  test(
    'looks first where the connection became idle in this very turn',
    drive({}, async (driven) => {
      let second: Promise<string> | undefined;
      const first = driven.session.request('/').then(async ({ body }) => {
        const text = await body.text();
        second = driven.outcome(driven.session.request('/', { method: 'POST', body: 'x' }));
        return text;
      });
      await driven.settle();
      assert.equal(await first, '1/1');
      assert.equal(await second!, '200 1/2');
      assert.equal(driven.count('validated'), 1);
    }),
  );

  test(
    'takes a new connection where nothing is known of the server and the idle time is long',
    drive({}, async (driven) => {
      await driven.get();
      await driven.advance(1_001);
      assert.equal(await driven.post(), '200 2/1');
      assert.equal(driven.session.connections().length, 2, 'the other one stays for requests that may be repeated');
      assert.equal(await driven.get(), '200 2/2');
    }),
  );

  test(
    'takes one within half of what the server promised',
    drive({}, async (driven, origin) => {
      origin.fields = 'Keep-Alive: timeout=20\r\n';
      await driven.get();
      await driven.advance(10_000);
      assert.equal(await driven.post(), '200 1/2');
      await driven.advance(10_001);
      assert.equal(await driven.post(), '200 2/1');
    }),
  );

  test(
    'takes one within half of what connections to that server have outlasted',
    drive({}, async (driven) => {
      await driven.get();
      await driven.advance(20_000);
      assert.equal(await driven.get(), '200 1/2');
      await driven.advance(10_000);
      assert.equal(await driven.post(), '200 1/3');
    }),
  );

  test(
    'does not bother requests that may be repeated: by method, by option, by key',
    drive({}, async (driven) => {
      await driven.get();
      await driven.advance(30_000);
      assert.equal(await driven.get('/', { method: 'PUT', body: 'x' }), '200 1/2');
      await driven.advance(30_000);
      assert.equal(await driven.get('/', { method: 'POST', body: 'x', idempotent: true }), '200 1/3');
      await driven.advance(30_000);
      assert.equal(
        await driven.get('/', { method: 'POST', body: 'x', headers: { 'idempotency-key': 'k' } }),
        '200 1/4',
      );
    }),
  );
});

test(
  'a request whose body can be read only once is as careful, because it cannot be sent again either',
  drive({}, async (driven) => {
    await driven.get();
    await driven.advance(30_000);
    assert.equal(await driven.get('/', { method: 'PUT', body: ['one', 'two'].values() }), '200 2/1');
    assert.equal(await driven.get('/', { method: 'PUT', body: () => ['one', 'two'] }), '200 2/2');
    await driven.advance(500);
    assert.equal(await driven.get('/', { method: 'PUT', body: ['one', 'two'].values() }), '200 2/3');
  }),
);

test(
  "nonIdempotent: 'fresh' never takes a connection that was used, and leaves it to others",
  drive({ nonIdempotent: 'fresh' }, async (driven) => {
    assert.equal(await driven.get(), '200 1/1');
    assert.equal(await driven.post(), '200 2/1');
    assert.equal(await driven.post(), '200 3/1');
    assert.equal(await driven.get(), '200 3/2');
    assert.equal(driven.session.connections().length, 3);
  }),
);

test(
  "nonIdempotent: 'reuse' takes what a request that may be repeated would take",
  drive({ nonIdempotent: 'reuse' }, async (driven) => {
    await driven.get();
    await driven.advance(50_000);
    assert.equal(await driven.post(), '200 1/2');
    await driven.advance(60_000);
    assert.equal(await driven.post(), '200 2/1');
  }),
);

test(
  'a request that must not be repeated is not sent again when its connection ends under it',
  drive({ nonIdempotent: 'reuse' }, async (driven, origin) => {
    await driven.get();
    origin.hold();
    const outcome = driven.outcome(driven.session.request('/', { method: 'POST', body: 'x' }));
    await driven.settle();
    origin.peer(1).fin();
    await driven.settle();
    assert.equal(await outcome, 'ConnectionLostError');
    assert.equal(origin.requests.length, 2);
    assert.equal(driven.session.stats().retries, 0);
  }),
);
