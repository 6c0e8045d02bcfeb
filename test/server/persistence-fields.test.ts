// What the server says about persistence, case by case, with the exact bytes of the response (RFC 9112 §9.3, §9.6).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { realIdleTimeoutMs } from '#src/server/connection/keep-alive-policy.js';
import { CLOSE, DATE, DrivenServer, KEEP, get } from './driven-server.ts';
import type { DrivenOptions } from './driven-server.ts';

const answer = (fields: string): string => `HTTP/1.1 200 OK\r\n${DATE}${fields}Content-Length: 2\r\n\r\nok`;

/** Sends one request; returns what came back and whether the server ended the connection. */
async function ask(request: string, options: Partial<DrivenOptions> = {}): Promise<{ bytes: string; ended: boolean }> {
  const server = new DrivenServer({ handler: () => ({ body: 'ok' }), ...options });
  const client = server.connect();
  await client.send(request);
  return { bytes: client.received, ended: client.ended };
}

interface Row {
  readonly what: string;
  readonly version: '1.0' | '1.1';
  readonly lines?: string;
  readonly options?: Partial<DrivenOptions>;
  readonly says: string;
}

const ROWS: readonly Row[] = [
  { what: 'HTTP/1.1 without a Connection field persists', version: '1.1', says: KEEP },
  { what: 'HTTP/1.1 with keep-alive persists', version: '1.1', lines: 'Connection: keep-alive\r\n', says: KEEP },
  { what: 'HTTP/1.1 with close ends', version: '1.1', lines: 'Connection: close\r\n', says: CLOSE },
  { what: 'HTTP/1.1 with Close in any case ends', version: '1.1', lines: 'connection: cLoSe\r\n', says: CLOSE },
  { what: 'close in a list ends', version: '1.1', lines: 'Connection: te, close ,foo\r\n', says: CLOSE },
  { what: 'close beats keep-alive behind it', version: '1.1', lines: 'Connection: close, keep-alive\r\n', says: CLOSE },
  { what: 'close beats keep-alive before it', version: '1.1', lines: 'Connection: keep-alive, close\r\n', says: CLOSE },
  {
    what: 'close in a first line beats keep-alive in a second',
    version: '1.1',
    lines: 'Connection: close\r\nConnection: keep-alive\r\n',
    says: CLOSE,
  },
  {
    what: 'close in a second line beats keep-alive in a first',
    version: '1.1',
    lines: 'Connection: keep-alive\r\nConnection:\tclose\r\n',
    says: CLOSE,
  },
  {
    what: 'a token that only begins with close says nothing',
    version: '1.1',
    lines: 'Connection: closed\r\n',
    says: KEEP,
  },
  { what: 'HTTP/1.0 without a Connection field ends', version: '1.0', says: CLOSE },
  { what: 'HTTP/1.0 with keep-alive persists', version: '1.0', lines: 'Connection: keep-alive\r\n', says: KEEP },
  {
    what: 'HTTP/1.0 with Keep-Alive in any case persists',
    version: '1.0',
    lines: 'connection: Keep-ALIVE\r\n',
    says: KEEP,
  },
  {
    what: 'HTTP/1.0 with keep-alive in a list persists',
    version: '1.0',
    lines: 'Connection: a,keep-alive\r\n',
    says: KEEP,
  },
  { what: 'HTTP/1.0 with both tokens ends', version: '1.0', lines: 'Connection: keep-alive, close\r\n', says: CLOSE },
  { what: 'Proxy-Connection decides nothing', version: '1.0', lines: 'Proxy-Connection: keep-alive\r\n', says: CLOSE },
  { what: 'a Keep-Alive field decides nothing', version: '1.0', lines: 'Keep-Alive: timeout=5\r\n', says: CLOSE },
  {
    what: 'the Keep-Alive field of a request does not shorten ours',
    version: '1.1',
    lines: 'Keep-Alive: timeout=5, max=1\r\n',
    says: KEEP,
  },
  { what: 'keepAlive: false ends', version: '1.1', options: { keepAlive: false }, says: CLOSE },
  {
    what: 'keepAlive: false ends HTTP/1.0, whatever it asks for',
    version: '1.0',
    lines: 'Connection: keep-alive\r\n',
    options: { keepAlive: false },
    says: CLOSE,
  },
  {
    what: 'a single answer per connection, as with Apache and MaxKeepAliveRequests 1, ends',
    version: '1.1',
    options: { maxKeepAliveRequests: 1 },
    says: CLOSE,
  },
  {
    what: 'a limit counts down from the first answer on',
    version: '1.1',
    options: { maxKeepAliveRequests: 100 },
    says: 'Connection: keep-alive\r\nKeep-Alive: timeout=65, max=99\r\n',
  },
  {
    what: 'a limit counts down for HTTP/1.0 too',
    version: '1.0',
    lines: 'Connection: keep-alive\r\n',
    options: { maxKeepAliveRequests: 2, keepAliveTimeoutMs: 5_000 },
    says: 'Connection: keep-alive\r\nKeep-Alive: timeout=5, max=1\r\n',
  },
  {
    what: 'seconds are rounded down',
    version: '1.1',
    options: { keepAliveTimeoutMs: 5_999 },
    says: 'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n',
  },
  {
    what: 'less than a second is still advertised as one',
    version: '1.1',
    options: { keepAliveTimeoutMs: 100 },
    says: 'Connection: keep-alive\r\nKeep-Alive: timeout=1\r\n',
  },
  {
    what: 'no timeout advertises none',
    version: '1.1',
    options: { keepAliveTimeoutMs: Infinity },
    says: 'Connection: keep-alive\r\n',
  },
  {
    what: 'no timeout with a limit advertises the limit alone',
    version: '1.1',
    options: { keepAliveTimeoutMs: Infinity, maxKeepAliveRequests: 9 },
    says: 'Connection: keep-alive\r\nKeep-Alive: max=8\r\n',
  },
  { what: 'an age of 0 makes every answer the last', version: '1.1', options: { maxAgeMs: 0 }, says: CLOSE },
];

describe('what the server says', () => {
  for (const { what, version, lines, options, says } of ROWS) {
    test(what, async () => {
      const { bytes, ended } = await ask(get('/', lines, version), options);
      assert.equal(bytes, answer(says));
      assert.equal(ended, says === CLOSE, 'the connection does as it says');
    });
  }

  test('a draining server says close', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'ok' }) });
    server.core.draining = true;
    const client = server.connect();
    await client.send(get());
    assert.equal(client.received, answer(CLOSE));
    assert.ok(client.ended);
    assert.deepEqual(server.closed, []);
    await client.end();
    assert.deepEqual(server.closed, ['1 draining']);
  });

  test('a handler that says close, in any case and in a list, ends the connection', async () => {
    for (const connection of ['close', 'Close', 'foo, CLOSE', 'close, keep-alive']) {
      const { bytes, ended } = await ask(get(), { handler: () => ({ headers: { connection }, body: 'ok' }) });
      assert.equal(bytes, answer(CLOSE));
      assert.ok(ended);
    }
  });

  test('a handler that says keep-alive keeps nothing open', async () => {
    const headers = { connection: 'keep-alive', 'keep-alive': 'timeout=999' };
    const { bytes, ended } = await ask(get('/', CLOSE), { handler: () => ({ headers, body: 'ok' }) });
    assert.equal(bytes, answer(CLOSE));
    assert.ok(ended);
  });
});

describe('the limit of answers', () => {
  for (const limit of [1, 2, 5]) {
    test(`maxKeepAliveRequests: ${limit} gives exactly ${limit} answers, the last of which says close`, async () => {
      const server = new DrivenServer({ handler: () => ({ body: 'ok' }), maxKeepAliveRequests: limit });
      const client = server.connect();
      const said: string[] = [];
      for (let number = 1; number <= limit + 2; number += 1) {
        await client.send(get());
        said.push(client.take());
      }
      const expected = Array.from({ length: limit }, (_, index) =>
        answer(
          index === limit - 1
            ? CLOSE
            : `Connection: keep-alive\r\nKeep-Alive: timeout=65, max=${limit - 1 - index}\r\n`,
        ),
      );
      assert.deepEqual(said, [...expected, '', '']);
      assert.ok(client.ended);
      await client.end();
      assert.deepEqual(server.closed, ['1 maxRequests']);
    });

    test(`pipelined requests beyond maxKeepAliveRequests: ${limit} are not answered`, async () => {
      const server = new DrivenServer({ handler: () => ({ body: 'ok' }), maxKeepAliveRequests: limit });
      const client = server.connect();
      await client.send(get().repeat(limit + 3));
      assert.equal(client.received.split('HTTP/1.1 200 OK').length - 1, limit);
      assert.equal(client.received.split('Connection: close').length - 1, 1);
      assert.ok(client.received.endsWith(answer(CLOSE)));
    });
  }
});

test('a connection that reaches maxAgeMs gets one more answer, which says close', async () => {
  const server = new DrivenServer({ handler: () => ({ body: 'ok' }), maxAgeMs: 10_000 });
  const client = server.connect();
  await client.send(get());
  assert.equal(client.take(), answer(KEEP));
  await server.advance(9_999);
  await client.send(get());
  assert.match(client.take(), /Connection: keep-alive/);
  await server.advance(1);
  assert.ok(!client.ended, 'age alone does not end an idle connection');
  await client.send(get());
  assert.match(client.take(), /\r\nConnection: close\r\n/);
  assert.ok(client.ended);
  await client.end();
  assert.deepEqual(server.closed, ['1 maxAge']);
});

test('whatever the knobs, the server waits longer than it says', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      (keepAliveTimeoutMs, keepAliveGraceMs) => {
        const knobs = { keepAlive: true, maxKeepAliveRequests: 5, maxAgeMs: 1, keepAliveTimeoutMs, keepAliveGraceMs };
        const said = Math.max(1, Math.floor(keepAliveTimeoutMs / 1000)) * 1000;
        assert.ok(realIdleTimeoutMs(knobs) >= said + keepAliveGraceMs);
      },
    ),
  );
});

test('whatever tokens stand in whatever order and case, close ends and everything else in HTTP/1.1 persists', async () => {
  const token = fc.constantFrom('close', 'keep-alive', 'te', 'upgrade', 'closed', 'x-close', 'Keep-Alive');
  const randomCase = fc.tuple(token, fc.boolean()).map(([text, upper]) => (upper ? text.toUpperCase() : text));
  const lines = fc.array(fc.array(randomCase, { minLength: 1, maxLength: 4 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(lines, fc.constantFrom('1.0', '1.1'), async (tokens, version) => {
      const { bytes } = await ask(
        get('/', tokens.map((line) => `Connection: ${line.join(', ')}\r\n`).join(''), version),
      );
      const all = new Set(tokens.flat().map((text) => text.toLowerCase()));
      const persists = !all.has('close') && (version === '1.1' || all.has('keep-alive'));
      assert.equal(bytes, answer(persists ? KEEP : CLOSE));
    }),
    { numRuns: 60 },
  );
});
