// What httpProbe sends, what counts as an acknowledgement, and which connection it comes over.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PerduraError } from '#src/heartbeat/index.js';
import { DrivenHttpProbe, connectionOf, reasonOf } from './driven-http-probe.ts';

const OK = 'HTTP/1.1 204 No Content\r\n\r\n';

describe('a heartbeat of HTTP/1.1', () => {
  test('sends HEAD for the path and the query of the URL, always on the same connection', async () => {
    const driven = new DrivenHttpProbe({}, 'http://peer.test:8080/health?deep=1#top');
    const first = await driven.exchange(OK);
    const second = await driven.exchange(OK);
    assert.deepEqual([connectionOf(first), connectionOf(second)], ['new', 'kept']);
    assert.equal(driven.ends.length, 1);
    assert.deepEqual(driven.server.requests[1]?.split('\r\n'), [
      'HEAD /health?deep=1 HTTP/1.1',
      'Host: peer.test:8080',
      'User-Agent: perdura-heartbeat',
      'Accept: */*',
      'Connection: keep-alive',
    ]);
    assert.equal(driven.probe.target, 'http://peer.test:8080/health');
    assert.equal(driven.probe.origin, 'http://peer.test:8080');
  });

  test('sends what it is told to, with fields and another Host', async () => {
    const headers = { 'x-key': 'k', host: 'other.test', 'user-agent': 'me' };
    const driven = new DrivenHttpProbe({ method: 'OPTIONS', target: '*', headers });
    await driven.exchange(OK);
    assert.deepEqual(driven.server.requests[0]?.split('\r\n'), [
      'OPTIONS * HTTP/1.1',
      'Host: other.test',
      'Accept: */*',
      'user-agent: me',
      'x-key: k',
      'Connection: keep-alive',
    ]);
  });

  test('says that a method that may have a body has none', async () => {
    const driven = new DrivenHttpProbe({ method: 'POST' });
    await driven.exchange('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    assert.match(driven.server.requests[0] ?? '', /^POST \/ HTTP\/1\.1\r\n[^]*\r\nContent-Length: 0$/);
    assert.equal(connectionOf(await driven.exchange('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')), 'kept');
  });

  test('sends user and password as a field and shows them nowhere', async () => {
    const driven = new DrivenHttpProbe({}, 'http://user:p%40ss@peer.test/');
    const outcome = await driven.exchange('HTTP/1.1 2 Broken\r\n\r\n');
    assert.ok(driven.server.requests[0]?.includes(`Authorization: Basic ${btoa('user:p@ss')}`));
    assert.equal(driven.probe.target, 'http://peer.test/');
    assert.doesNotMatch(reasonOf(outcome) + JSON.stringify(outcome), /p(?:%40|@)ss/);
  });

  test('measures the request alone, not the opening of the connection', async () => {
    const driven = new DrivenHttpProbe();
    driven.opener.holds = true;
    const [outcome] = await driven.signal();
    driven.clock.advance(700);
    driven.opener.admit();
    await driven.settle();
    driven.clock.advance(30);
    await driven.say(OK);
    assert.deepEqual(await outcome, { rttMs: 30, connection: 'new', detail: '204' });
  });

  test('takes every final status for a sign of life', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), async (status) => {
        const driven = new DrivenHttpProbe();
        const outcome = await driven.exchange(`HTTP/1.1 ${status} Said\r\nContent-Length: 0\r\n\r\n`);
        assert.deepEqual(outcome, { rttMs: 0, connection: 'new', detail: String(status) });
      }),
      { numRuns: 60 },
    );
  });

  test('skips what comes before the final answer, and takes it for a sign of life', async () => {
    const driven = new DrivenHttpProbe();
    const [outcome] = await driven.signal();
    await driven.say('HTTP/1.1 102 Processing\r\n\r\n');
    assert.deepEqual(driven.sink.log, ['received']);
    await driven.say('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n');
    assert.equal(connectionOf(await outcome!), 'new');
    assert.equal(connectionOf(await driven.exchange(OK)), 'kept');
  });

  test('is not put off for ever', async () => {
    const driven = new DrivenHttpProbe();
    const [outcome] = await driven.signal();
    const interim = 'HTTP/1.1 102 Processing\r\n\r\n';
    await driven.say(interim.repeat(1_000));
    assert.equal(driven.sink.log.length, 1_000);
    await driven.say(interim);
    assert.match(reasonOf(await outcome), /more than 1000 answers of 1xx/);
    assert.ok(driven.server.hasEnded);
  });
});

describe('the status that is expected', () => {
  test('makes others a miss, and keeps the connection all the same', async () => {
    const driven = new DrivenHttpProbe({ expectStatus: ['2xx', 404] });
    assert.equal(connectionOf(await driven.exchange('HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n')), 'new');
    const outcome = await driven.exchange('HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\n');
    assert.ok(outcome instanceof PerduraError);
    assert.equal(outcome.message, 'answered 503, expected 2xx or 404');
    assert.equal(connectionOf(await driven.exchange(OK)), 'kept');
    assert.equal(driven.ends.length, 1);
  });

  test('is one of those that were named', async () => {
    const classes = fc.constantFrom('2xx', '3xx', '4xx', '5xx');
    const pattern = fc.oneof(fc.integer({ min: 200, max: 599 }), classes) as fc.Arbitrary<number | '2xx'>;
    await fc.assert(
      fc.asyncProperty(
        fc.array(pattern, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 200, max: 599 }),
        async (expectStatus, status) => {
          const driven = new DrivenHttpProbe({ expectStatus });
          const outcome = await driven.exchange(`HTTP/1.1 ${status} Said\r\nContent-Length: 0\r\n\r\n`);
          const isNamed = expectStatus.some((one) => one === status || String(one) === `${String(status)[0]}xx`);
          assert.equal(outcome instanceof Error, !isNamed);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the body of an answer', () => {
  const get = { method: 'GET', drainBytes: 100 } as const;
  const withBody = (length: number): string =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`;

  test('is thrown away, and the connection is kept up to as many bytes as may be drained', async () => {
    const driven = new DrivenHttpProbe(get);
    for (const answer of [withBody(100), 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n']) {
      await driven.exchange(answer);
    }
    assert.equal(connectionOf(await driven.exchange(OK)), 'kept');
  });

  test('costs the connection, and not the acknowledgement, where it is longer', async () => {
    for (const answer of [
      withBody(101),
      'HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${'x'.repeat(101)}`,
      'HTTP/1.1 200 OK\r\n\r\nuntil the end',
    ]) {
      const driven = new DrivenHttpProbe(get);
      assert.equal(connectionOf(await driven.exchange(answer)), 'new');
      const next = await driven.exchange(OK);
      // It was our doing, so it says nothing of the silence that the path survives.
      assert.deepEqual(next, { rttMs: 0, connection: 'new', detail: '204', endedAfterMs: 0 });
      assert.deepEqual(driven.sink.log, []);
      assert.ok(driven.ends[0]!.hasEnded);
    }
  });

  test('that goes on for ever costs the connection with the next signal', async () => {
    const driven = new DrivenHttpProbe({ method: 'GET' });
    await driven.exchange('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n');
    assert.ok(!driven.server.hasEnded);
    assert.equal(connectionOf(await driven.exchange(OK)), 'new');
    assert.ok(driven.ends[0]!.hasEnded);
  });
});

describe('an answer that cannot be read', () => {
  test('is a miss, and costs the connection', async () => {
    for (const [answer, reason] of [
      ['220 mail.test ESMTP\r\n', /not HTTP\/1\.1 as it should be/],
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', /not HTTP\/1\.1 as it should be/],
    ] as const) {
      const driven = new DrivenHttpProbe();
      assert.match(reasonOf(await driven.exchange(answer)), reason);
      assert.ok(driven.server.hasEnded);
      assert.equal(connectionOf(await driven.exchange(OK)), 'new');
    }
  });
});

describe('the deadline', () => {
  test('gives the connection up at once, so that a late answer is never that of the next signal', async () => {
    const driven = new DrivenHttpProbe();
    await driven.exchange(OK);
    const controller = new AbortController();
    const [outcome] = await driven.signal(controller.signal);
    controller.abort(new Error('too late'));
    const [next] = await driven.signal();
    driven.ends[0]!.transport.write('HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n');
    await driven.say(OK);
    assert.equal(reasonOf(await outcome), 'too late');
    assert.deepEqual(await next, { rttMs: 0, connection: 'new', detail: '204' });
    assert.deepEqual(driven.sink.log, []);
  });

  test('ends an opening under way', async () => {
    const driven = new DrivenHttpProbe();
    driven.opener.holds = true;
    const controller = new AbortController();
    const [outcome] = await driven.signal(controller.signal);
    controller.abort(new Error('too late'));
    assert.equal(reasonOf(await outcome), 'too late');
    assert.equal(driven.opener.aborted, 1);
  });
});

describe('a probe that is closed', () => {
  test('leaves nothing behind and can be used anew', async () => {
    const driven = new DrivenHttpProbe();
    await driven.exchange(OK);
    const [outcome] = await driven.signal();
    driven.probe.close?.();
    assert.match(reasonOf(await outcome), /was closed/);
    await driven.settle();
    assert.ok(driven.server.hasEnded);
    assert.equal(connectionOf(await driven.exchange(OK)), 'new');
  });

  test('takes one signal at a time', async () => {
    const driven = new DrivenHttpProbe();
    const [first] = await driven.signal();
    const [second] = await driven.signal();
    assert.match(reasonOf(await second), /one signal at a time/);
    await driven.say(OK);
    assert.equal(connectionOf(await first!), 'new');
  });
});
