// Peers that are slow on purpose are cut off, and nobody else notices.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, CloseReason } from '#src/server/index.js';
import { externalProgram } from '../support/external-program.ts';
import { RawConnection } from '../support/raw-client.ts';
import { payload } from './payload.ts';
import { runProgram } from './run-program.ts';
import { TracedServer } from './traced-server.ts';

const LIMIT = { timeout: 60_000 };
/** Longest wait of one read; only a hang takes that long. */
const WAIT = { timeoutMs: 40_000 };
const TIMEOUTS = { headerMs: 3_000, bodyMs: 3_000, writeMs: 1_500, lingerMs: 500 };
const LARGE = Buffer.alloc(32 * 1_048_576, 'large');

async function answer(request: Request): Promise<Answer> {
  const { pathname } = new URL(request.url);
  if (pathname === '/large') return { body: LARGE };
  if (request.method === 'POST') return { body: `${(await request.text()).length}\n` };
  return { body: `${pathname}\n` };
}

/** A keep-alive client that asks `count` times and checks every answer. */
async function askRepeatedly(port: number, name: string, count: number): Promise<void> {
  const client = await RawConnection.open(port, WAIT);
  for (let index = 0; index < count; index += 1) {
    client.write(`GET /${name}/${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const text = await client.readUntil(/\r\n\r\n[^\n]*\n/);
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(text.endsWith(`\r\n\r\n/${name}/${index}\n`), text);
  }
  client.end();
  assert.equal(await client.readToEnd(), '');
  client.destroy();
}

describe('fifty senders of one byte a second', () => {
  const kinds = [
    { name: 'heads', start: '', endless: 'GET /slow HTTP/1.1\r\nX-Slow: ', reason: 'headTimeout' },
    {
      name: 'bodies',
      start: 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n',
      endless: 'body',
      reason: 'slowBody',
    },
    {
      name: 'chunked bodies',
      start: 'POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n',
      endless: 'body',
      reason: 'slowBody',
    },
  ] as const;
  for (const { name, start, endless, reason } of kinds) {
    test(`of ${name} get 408 while a thousand others get five right answers each`, LIMIT, async () => {
      await using traced = await TracedServer.start({ handler: answer, timeouts: TIMEOUTS, onError: () => {} });
      const senders = await Promise.all(Array.from({ length: 50 }, () => RawConnection.open(traced.port, WAIT)));
      let sent = 0;
      const dribble = (): void => {
        // More and more of the last part: what is sent never becomes whole.
        const byte = sent < endless.length ? endless[sent]! : 'x';
        for (const sender of senders) if (sender.ending === undefined) sender.write(byte);
        sent += 1;
      };
      for (const sender of senders) sender.write(start);
      dribble();
      const timer = setInterval(dribble, 1_000);
      const others = Array.from({ length: 1_000 }, (_, index) => askRepeatedly(traced.port, String(index), 5));
      const cutOff = senders.map(async (sender) => {
        const text = await sender.readToEnd();
        assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/);
        assert.match(text, /^Connection: close\r$/m);
        assert.equal(sender.ending, 'fin');
        sender.end();
      });
      await Promise.all([...cutOff, ...others]).finally(() => clearInterval(timer));
      await traced.quiet();
      for (const sender of senders) sender.destroy();
      // The senders came first.
      assert.deepEqual(new Set(traced.closeReasons.slice(0, 50)), new Set([reason]));
      assert.deepEqual(new Set(traced.closeReasons.slice(50)), new Set(['peerClosed']));
      assert.deepEqual(
        traced.answersPerConnection.slice(50),
        Array.from({ length: 1_000 }, () => 5),
      );
    });
  }
});

describe('readers that take nothing', () => {
  test('of a large answer are cut off, and its source is told', LIMIT, async () => {
    let ended = 0;
    async function* source(): AsyncGenerator<Buffer> {
      try {
        yield* payload(256 * 1_048_576);
      } finally {
        ended += 1;
      }
    }
    await using traced = await TracedServer.start({
      handler: (request) => (request.url.endsWith('/large') ? { body: source() } : answer(request)),
      timeouts: TIMEOUTS,
    });
    const readers = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(traced.port, WAIT)));
    for (const reader of readers) {
      reader.pause();
      reader.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
    }
    await askRepeatedly(traced.port, 'other', 50);
    await traced.quiet();
    assert.equal(ended, 20);
    assert.deepEqual(traced.closeReasons, [...readers].map(() => 'writeTimeout').concat('peerClosed'));
    for (const reader of readers) reader.destroy();
  });

  test(
    'of pipelined answers are not asked for more requests than the buffers between hold, and cut off',
    LIMIT,
    async () => {
      const body = Buffer.alloc(10_240, 'b');
      let asked = 0;
      await using traced = await TracedServer.start({
        handler: () => {
          asked += 1;
          return { body };
        },
        timeouts: TIMEOUTS,
      });
      const reader = await RawConnection.open(traced.port, WAIT);
      reader.pause();
      // A gibibyte of answers.
      for (let index = 0; index < 100; index += 1) reader.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_000));
      await new Promise<void>((resolve) => {
        const look = (): void => void (traced.stories[0]?.closed === undefined ? setTimeout(look, 50) : resolve());
        look();
      });
      assert.deepEqual(traced.closeReasons, ['writeTimeout']);
      // 64 MiB is far more than both kernels hold on loopback, and far less than what was asked for.
      assert.ok(asked < 6_400, `${asked} requests were answered`);
      reader.destroy();
    },
  );
});

// oxlint-disable-next-line no-control-regex -- it prints colours also where there is no terminal
const COLOUR = /\x1B\[[\d;]*m/g;

/**
 * Longest that 99 of 100 requests of others may take during an attack. It takes 50 ms; the rest is for machines that are busy otherwise, and
 * still far from the seconds that an attack aims at. The times themselves are told.
 */
const LATENCY_MS = 1_500;

/** Milliseconds below which this share of all stayed. */
function quantile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? Infinity;
}

/** The connections that ended for this reason. */
const endedWith =
  (reason: CloseReason) =>
  (traced: TracedServer): number =>
    traced.closeReasons.filter((found) => found === reason).length;

describe('slowhttptest', () => {
  const slowhttptest = externalProgram('slowhttptest');
  const attacks = [
    { name: 'slow heads', args: ['-H', '-i', '1', '-x', '10'], path: '/', cutOff: endedWith('headTimeout') },
    {
      name: 'slow bodies',
      args: ['-B', '-i', '1', '-s', '8192', '-x', '10'],
      path: '/',
      // These ask for the end of the connection themselves, and that reason came first.
      cutOff: (traced: TracedServer) => traced.exchanges.filter(({ status }) => status === 408).length,
    },
    {
      name: 'slow reading',
      args: ['-X', '-w', '10', '-y', '20', '-n', '1', '-z', '32'],
      path: '/large',
      cutOff: endedWith('writeTimeout'),
    },
  ];
  for (const { name, args, path, cutOff } of attacks) {
    test(
      `${name}: 200 attackers are cut off, others keep their latency`,
      { ...slowhttptest, ...LIMIT },
      async (context) => {
        await using traced = await TracedServer.start({ handler: answer, timeouts: TIMEOUTS, onError: () => {} });
        const agent = new http.Agent({ keepAlive: true });
        const attackEnds = new AbortController();
        let served = 0;
        const latenciesMs: number[] = [];
        const serveOthers = async (): Promise<void> => {
          while (!attackEnds.signal.aborted) {
            const askedAtMs = performance.now();
            const [response] = (await once(http.get(traced.url(`/n/${served}`), { agent }), 'response')) as [
              http.IncomingMessage,
            ];
            const text = (await response.toArray()).join('');
            assert.equal(response.statusCode, 200);
            assert.match(text, /^\/n\/\d+\n$/);
            latenciesMs.push(performance.now() - askedAtMs);
            served += 1;
            await sleep(5);
          }
        };
        const others = Promise.all(Array.from({ length: 10 }, serveOthers));
        const attack = [...args, '-c', '200', '-r', '200', '-l', '10', '-p', '5', '-u', traced.url(path)];
        const result = await runProgram(slowhttptest.path, attack).finally(() => attackEnds.abort());
        await others;
        agent.destroy();
        const report = result.stdout.toString('latin1').replaceAll(COLOUR, '');
        assert.equal(result.code, 0, report);
        assert.doesNotMatch(report, /service available: +NO/);
        assert.ok(served > 100, `${served} answers`);
        const [half, most, all] = [0.5, 0.99, 1].map((share) => quantile(latenciesMs, share));
        context.diagnostic(
          `${served} answers; half of them within ${half!.toFixed(1)} ms, 99 % within ${most!.toFixed(1)} ms, all within ${all!.toFixed(1)} ms`,
        );
        assert.ok(most! <= LATENCY_MS, `99 % took up to ${most} ms`);
        await traced.quiet();
        // slowhttptest opens fewer than it was told where it is slow itself.
        assert.ok(cutOff(traced) >= 100, `${cutOff(traced)} were cut off: ${JSON.stringify(traced.closeReasons)}`);
      },
    );
  }
});
