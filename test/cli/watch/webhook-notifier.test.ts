// `--webhook`: a real server that fails first, what is posted, when it is posted again, and what is never told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { bellNotifier, webhookNotifier } from '#src/cli/watch/notify/index.js';
import type { WebhookNotifierOptions } from '#src/cli/watch/notify/index.js';
import { decideWebhookRetry } from '#src/cli/watch/notify/webhook-retry.js';
import { OptionError } from '#src/errors.js';
import type { HeartbeatEventOf } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';
import { CapturedStream } from '../fake-terminal.ts';

const CHANGE: HeartbeatEventOf<'down'> = {
  type: 'down',
  target: 'tcp://127.0.0.1:9',
  at: new Date('2026-01-02T03:04:05.678Z'),
  missed: 2,
  reason: 'no acknowledgement within 5000 ms',
  rttMs: undefined,
  error: undefined,
};

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

/** What the server does with a request: a status, or nothing at all, or the end of the connection. */
type Reaction = number | 'silence' | 'reset' | { readonly status: number; readonly retryAfter: string };

interface Hooked {
  readonly received: Received[];
  readonly port: number;
  /** Resolves when so many requests have come. */
  count(count: number): Promise<void>;
}

async function startServer(context: TestContext, react: (index: number) => Reaction): Promise<Hooked> {
  const received: Received[] = [];
  let wake = (): void => {};
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body, atMs: performance.now() });
      const reaction = react(received.length - 1);
      wake();
      if (reaction === 'silence') return;
      if (reaction === 'reset') return request.socket.resetAndDestroy();
      if (typeof reaction === 'number') return response.writeHead(reaction).end('thanks');
      return response.writeHead(reaction.status, { 'Retry-After': reaction.retryAfter }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const count = async (wanted: number): Promise<void> => {
    while (received.length < wanted) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { received, port: (server.address() as AddressInfo).port, count };
}

function optionsFor(lines: string[], options: Partial<WebhookNotifierOptions> = {}): WebhookNotifierOptions {
  return { tell: (line) => void lines.push(line), firstPauseMs: 20, random: () => 1, ...options };
}

describe('a webhook', () => {
  test('gets each change as JSON, with a key of its own, over one connection', async (context) => {
    const server = await startServer(context, () => 204);
    const lines: string[] = [];
    const notifier = webhookNotifier(
      `http://127.0.0.1:${server.port}/hook?x=1`,
      optionsFor(lines, { mostUnderWay: 1 }),
    );
    notifier.notify(CHANGE);
    notifier.notify({ ...CHANGE, type: 'up', missed: 0, reason: undefined, rttMs: 0.4, downMs: 12_400 });
    await server.count(2);
    assert.deepEqual(await notifier.close(), { delivered: 2, failed: 0, dropped: 0 });
    assert.deepEqual(lines, []);
    const [down, up] = server.received;
    assert.ok(down !== undefined && up !== undefined);
    assert.deepEqual([down.method, down.url, down.headers['content-type']], ['POST', '/hook?x=1', 'application/json']);
    assert.deepEqual(JSON.parse(down.body), {
      event: 'down',
      target: 'tcp://127.0.0.1:9',
      at: '2026-01-02T03:04:05.678Z',
      rttMs: null,
      reason: 'no acknowledgement within 5000 ms',
      missed: 2,
      text: 'tcp://127.0.0.1:9 is down: no acknowledgement within 5000 ms',
    });
    assert.deepEqual(JSON.parse(up.body), {
      event: 'up',
      target: 'tcp://127.0.0.1:9',
      at: '2026-01-02T03:04:05.678Z',
      rttMs: 0.4,
      reason: null,
      downMs: 12_400,
      text: 'tcp://127.0.0.1:9 is up again after 12 s',
    });
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    assert.equal(new Set(keys).size, 2);
    assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
  });

  test('that fails first is told again with the same key, after growing pauses, until it accepts', async (context) => {
    const server = await startServer(context, (index) => ([503, 'reset', 429, 500][index] as Reaction) ?? 200);
    const lines: string[] = [];
    const notifier = webhookNotifier(
      `http://127.0.0.1:${server.port}/`,
      optionsFor(lines, { session: { maxRetries: 0 } }),
    );
    notifier.notify(CHANGE);
    await server.count(5);
    assert.deepEqual(await notifier.close(), { delivered: 1, failed: 0, dropped: 0 });
    const { received } = server;
    assert.equal(new Set(received.map(({ headers }) => headers['idempotency-key'])).size, 1);
    assert.equal(new Set(received.map(({ body }) => body)).size, 1);
    const pauses = received.slice(1).map(({ atMs }, index) => atMs - received[index]!.atMs);
    for (const [index, pause] of pauses.entries()) assert.ok(pause >= 20 * 2 ** index - 2, `${index}: ${pause}`);
  });

  test('that never accepts is given up after so many attempts, and that is told', async (context) => {
    const server = await startServer(context, () => 500);
    const lines: string[] = [];
    const notifier = webhookNotifier(`http://127.0.0.1:${server.port}/`, optionsFor(lines, { mostAttempts: 3 }));
    notifier.notify(CHANGE);
    await server.count(3);
    assert.deepEqual(await notifier.close(), { delivered: 0, failed: 1, dropped: 0 });
    assert.equal(server.received.length, 3);
    assert.deepEqual(lines, [
      `webhook http://127.0.0.1:${server.port}: down of tcp://127.0.0.1:9: answered 500, given up after 3 attempts`,
    ]);
  });

  test('that refuses for good is not asked again', async (context) => {
    for (const [status, words] of [
      [404, 'answered 404'],
      [301, 'answered 301: redirects are not followed, give the URL that it leads to'],
    ] as const) {
      const server = await startServer(context, () => status);
      const lines: string[] = [];
      const notifier = webhookNotifier(`http://127.0.0.1:${server.port}/`, optionsFor(lines));
      notifier.notify(CHANGE);
      await server.count(1);
      assert.equal((await notifier.close()).failed, 1);
      assert.equal(server.received.length, 1);
      assert.ok(lines[0]?.endsWith(words), lines[0]);
    }
  });

  test('never holds up whoever notifies: nothing is done in that turn, and the oldest are dropped where it is too slow', async (context) => {
    const server = await startServer(context, () => 'silence');
    const lines: string[] = [];
    const notifier = webhookNotifier(
      `http://127.0.0.1:${server.port}/`,
      optionsFor(lines, { mostWaiting: 50, closeWithinMs: 100 }),
    );
    const beganMs = performance.now();
    for (let change = 0; change < 10_000; change += 1)
      notifier.notify({ ...CHANGE, target: `tcp://127.0.0.1:${change}` });
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs < 2_000, `${tookMs} ms for 10,000`);
    await server.count(4);
    const report = await notifier.close();
    assert.deepEqual(report, { delivered: 0, failed: 54, dropped: 10_000 - 54 });
    assert.equal(server.received.length, 4);
  });

  test('is asked once more at the end instead of waiting for the pause, and no more', async (context) => {
    const server = await startServer(context, () => 503);
    const lines: string[] = [];
    const notifier = webhookNotifier(`http://127.0.0.1:${server.port}/`, optionsFor(lines, { firstPauseMs: 60_000 }));
    notifier.notify(CHANGE);
    await server.count(1);
    const beganMs = performance.now();
    const report = await notifier.close();
    assert.deepEqual(report, { delivered: 0, failed: 1, dropped: 0 });
    assert.ok(performance.now() - beganMs < 5_000);
    assert.ok(server.received.length <= 2);
  });

  test('keeps the secrets of its URL: path, query, user and password are in no line', async (context) => {
    const silent = await startServer(context, () => 'reset');
    const lines: string[] = [];
    const secret = `http://nutzer:pass%2Fwort@127.0.0.1:${silent.port}/services/GEHEIM?key=SCHLUESSEL`;
    const options = optionsFor(lines, { mostAttempts: 2, firstPauseMs: 1, session: { maxRetries: 0 } });
    const notifier = webhookNotifier(secret, options);
    notifier.notify(CHANGE);
    await silent.count(2);
    await notifier.close();
    assert.equal(
      silent.received[0]?.headers.authorization,
      `Basic ${Buffer.from('nutzer:pass/wort').toString('base64')}`,
    );
    // Nobody listens there.
    const refused = webhookNotifier('http://nutzer:passwort@127.0.0.1:1/GEHEIM?key=SCHLUESSEL', options);
    refused.notify(CHANGE);
    await refused.close();
    assert.ok(lines.length >= 2);
    for (const line of lines) assert.doesNotMatch(line, /GEHEIM|SCHLUESSEL|nutzer|wort/, line);
    for (const wrong of ['ftp://nutzer:passwort@host/GEHEIM', 'GEHEIM://', 'http://[GEHEIM']) {
      assert.throws(
        () => webhookNotifier(wrong, options),
        (error) => error instanceof OptionError && !/nutzer|wort|\/GEHEIM|\[GEHEIM/.test(error.message),
      );
    }
  });
});

describe('whether a webhook is tried again', () => {
  const failed = { attempt: 1, isLast: false, status: 503, retryAfter: undefined, what: 'answered 503' } as const;

  test('waits between half and all of a pause that doubles, up to the longest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const limits = { mostAttempts: Infinity, random: () => chance };
        const verdict = decideWebhookRetry({ ...failed, attempt }, limits);
        assert.ok(verdict.retry);
        const pauseMs = Math.min(1_000 * 2 ** (attempt - 1), 60_000);
        assert.ok(verdict.afterMs >= pauseMs / 2 && verdict.afterMs <= pauseMs);
      }),
    );
  });

  test('waits for as long as it is asked to, in seconds or until a date, but not for ever', () => {
    const clock = new ManualClock({ wallMs: Date.UTC(2026, 0, 1) });
    const limits = { random: () => 0, clock };
    const after = (retryAfter: string): number => {
      const verdict = decideWebhookRetry({ ...failed, retryAfter }, limits);
      return verdict.retry ? verdict.afterMs : -1;
    };
    assert.equal(after('7'), 7_000);
    assert.equal(after('Thu, 01 Jan 2026 00:00:09 GMT'), 9_000);
    assert.equal(after('Thu, 01 Jan 2025 00:00:09 GMT'), 500);
    assert.equal(after('999999'), 60_000);
    assert.equal(after('soon'), 500);
  });

  test('tries again what may pass, and nothing else', () => {
    const retried = [undefined, 408, 425, 429, 500, 502, 503, 504];
    const final = [300, 301, 302, 307, 400, 401, 403, 404, 405, 410, 413, 422];
    for (const status of retried) assert.equal(decideWebhookRetry({ ...failed, status }).retry, true, String(status));
    for (const status of final) assert.equal(decideWebhookRetry({ ...failed, status }).retry, false, String(status));
    assert.equal(decideWebhookRetry({ ...failed, attempt: 6 }).retry, false);
    assert.equal(decideWebhookRetry({ ...failed, isLast: true }).retry, false);
  });
});

describe('the bell', () => {
  test('rings on a terminal when a target goes down or comes back, once for many at a time', async () => {
    const clock = new ManualClock();
    const stream = new CapturedStream(true);
    const bell = bellNotifier(stream, clock);
    for (let target = 0; target < 100; target += 1) bell.notify(CHANGE);
    assert.equal(stream.text, '\u0007');
    clock.advance(1_000);
    bell.notify({ ...CHANGE, type: 'resumed', sleptMs: 1 });
    assert.equal(stream.text, '\u0007');
    bell.notify({ ...CHANGE, type: 'up', downMs: 1 });
    assert.equal(stream.text, '\u0007\u0007');
    assert.deepEqual(await bell.close(), { delivered: 101, failed: 0, dropped: 0 });
    clock.advance(1_000);
    bell.notify(CHANGE);
    assert.equal(stream.text, '\u0007\u0007');
  });

  test('is silent where nobody sits', () => {
    const stream = new CapturedStream(false);
    bellNotifier(stream, new ManualClock()).notify(CHANGE);
    assert.equal(stream.text, '');
  });
});
