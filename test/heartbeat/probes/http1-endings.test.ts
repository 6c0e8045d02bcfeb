// How connections of HTTP/1.1 end under a heartbeat: what is normal, what is a loss, what is sent again, and who asks for calm.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DrivenHttpProbe, connectionOf, reasonOf } from './driven-http-probe.ts';

const OK = 'HTTP/1.1 204 No Content\r\n\r\n';
const TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** A probe with a connection that has carried two signals and is idle. */
async function idleProbe(options: ConstructorParameters<typeof DrivenHttpProbe>[0] = {}): Promise<DrivenHttpProbe> {
  const driven = new DrivenHttpProbe(options);
  await driven.exchange(OK);
  await driven.exchange(OK);
  return driven;
}

describe('an idle connection that the server ends', () => {
  const NORMAL: readonly (readonly [string, (driven: DrivenHttpProbe) => void])[] = [
    ['FIN', ({ server }) => server.transport.end()],
    ['408 and FIN', ({ server }) => (server.transport.write(TIMEOUT), server.transport.end())],
    ['408 and nothing', ({ server }) => void server.transport.write(TIMEOUT)],
  ];
  for (const [how, end] of NORMAL) {
    test(`with ${how} is no loss: the next signal opens another, and says for how long the old one was silent`, async () => {
      const driven = await idleProbe();
      driven.clock.advance(5_000);
      end(driven);
      await driven.settle();
      assert.deepEqual(driven.sink.log, []);
      assert.ok(driven.server.hasEnded);
      driven.clock.advance(10_000);
      const outcome = await driven.exchange(OK);
      assert.deepEqual(outcome, { rttMs: 0, connection: 'new', detail: '204', endedAfterMs: 5_000 });
      assert.equal(connectionOf(await driven.exchange(OK)), 'kept');
    });
  }

  test('with RST is lost', async () => {
    const driven = await idleProbe();
    driven.server.transport.reset();
    await driven.settle();
    assert.deepEqual(driven.sink.log, ['lost: the connection was reset']);
    assert.equal(connectionOf(await driven.exchange(OK)), 'new');
  });

  test("with bytes that nobody asked for is lost, and they are nobody's answer", async () => {
    for (const bytes of ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'x']) {
      const driven = await idleProbe();
      await driven.say(bytes);
      assert.deepEqual(driven.sink.log, ['lost: the server sent bytes that nobody had asked for']);
      const outcome = await driven.exchange(OK);
      assert.deepEqual([connectionOf(outcome), (outcome as { detail: string }).detail], ['new', '204']);
    }
  });

  test('with RST behind every first answer is told once, so that signals keep their pace', async () => {
    const driven = new DrivenHttpProbe();
    for (let count = 0; count < 4; count += 1) {
      await driven.exchange(OK);
      driven.server.transport.reset();
      await driven.settle();
    }
    assert.deepEqual(driven.sink.log, ['lost: the connection was reset']);
    // One that carries a second signal shows that they can live.
    await driven.exchange(OK);
    await driven.exchange(OK);
    driven.server.transport.reset();
    await driven.settle();
    assert.equal(driven.sink.log.length, 2);
  });
});

describe('a connection that ends while a signal is on its way', () => {
  const CROSSED: readonly (readonly [string, (driven: DrivenHttpProbe) => void])[] = [
    ['FIN', ({ server }) => server.transport.end()],
    ['RST', ({ server }) => server.transport.reset()],
    ['408 and FIN', ({ server }) => (server.transport.write(TIMEOUT), server.transport.end())],
  ];
  for (const [how, end] of CROSSED) {
    test(`with ${how}, kept: the signal is sent again on a new one`, async () => {
      const driven = await idleProbe();
      const [outcome] = await driven.signal();
      end(driven);
      await driven.settle();
      assert.equal(driven.ends.length, 2);
      assert.equal(driven.server.requests.length, 1);
      await driven.say(OK);
      assert.deepEqual(await outcome, { rttMs: 0, connection: 'new', detail: '204' });
      assert.deepEqual(driven.sink.log, []);
    });

    test(`with ${how}, kept: a POST is not sent again`, async () => {
      const driven = await idleProbe({ method: 'POST' });
      const [outcome] = await driven.signal();
      end(driven);
      await driven.settle();
      assert.ok((await outcome) instanceof Error);
      assert.equal(driven.ends.length, 1);
    });
  }

  test('new, is a miss: nobody may have had enough of its silence', async () => {
    for (const end of [CROSSED[0]![1], CROSSED[1]![1]]) {
      const driven = new DrivenHttpProbe();
      const [outcome] = await driven.signal();
      end(driven);
      await driven.settle();
      assert.match(reasonOf(await outcome), /and did not answer/);
      assert.equal(driven.ends.length, 1);
    }
  });

  test('new, with 408, is answered', async () => {
    const driven = new DrivenHttpProbe();
    const outcome = await driven.exchange(TIMEOUT);
    assert.deepEqual(outcome, { rttMs: 0, connection: 'new', detail: '408' });
  });

  test('is sent again once, not for ever', async () => {
    const driven = await idleProbe();
    const [outcome] = await driven.signal();
    driven.server.transport.reset();
    await driven.settle();
    driven.server.transport.reset();
    await driven.settle();
    assert.match(reasonOf(await outcome), /reset and did not answer/);
    assert.equal(driven.ends.length, 2);
  });

  test('within the head of the answer is a miss', async () => {
    const driven = await idleProbe();
    const [outcome] = await driven.signal();
    await driven.say('HTTP/1.1 200 O');
    driven.server.transport.end();
    await driven.settle();
    assert.match(reasonOf(await outcome), /ended within the head/);
    assert.equal(driven.ends.length, 1);
  });
});

describe('an answer that ends the connection', () => {
  test('is an acknowledgement, and the next signal goes over a new one', async () => {
    for (const answer of [
      'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n',
      'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    ]) {
      const driven = await idleProbe();
      assert.equal(connectionOf(await driven.exchange(answer)), 'kept');
      assert.ok(driven.server.hasEnded);
      driven.clock.advance(1_000);
      const outcome = await driven.exchange(OK);
      assert.deepEqual(outcome, { rttMs: 0, connection: 'new', detail: '204', endedAfterMs: 0 });
      assert.deepEqual(driven.sink.log, []);
    }
  });
});

describe('an answer that asks for calm', () => {
  const answer = (status: number, retryAfter?: string): string =>
    `HTTP/1.1 ${status} Busy\r\n${retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`}Content-Length: 0\r\n\r\n`;

  /** Two signals so far apart, of which both are answered so. */
  async function calmsAfter(text: string, apartMs: number): Promise<string[]> {
    const driven = new DrivenHttpProbe();
    await driven.exchange(OK);
    driven.clock.advance(apartMs);
    await driven.exchange(text);
    return driven.sink.log;
  }

  test('is one of "too many", or one that is unavailable and says for how long', async () => {
    assert.deepEqual(await calmsAfter(answer(429), 60_000), ['calm: answered 429']);
    assert.deepEqual(await calmsAfter(answer(420), 60_000), ['calm: answered 420']);
    assert.deepEqual(await calmsAfter(answer(503, '120'), 60_000), ['calm: answered 503 with Retry-After: 120']);
    for (const [status, retryAfter] of [
      [503, undefined],
      [503, 'soon'],
      [200, '120'],
      [413, '120'],
      [301, '120'],
    ] as const) {
      assert.deepEqual(await calmsAfter(answer(status, retryAfter), 60_000), [], `${status} ${retryAfter}`);
    }
  });

  test('slows down whoever comes faster than it says, and nobody else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 200 }), async (retryS, apartS) => {
        const told = await calmsAfter(answer(503, String(retryS)), apartS * 1_000);
        assert.equal(told.length, apartS < retryS ? 1 : 0);
      }),
      { numRuns: 50 },
    );
  });

  test('may say it with a date', async () => {
    const driven = new DrivenHttpProbe();
    await driven.exchange(OK);
    driven.clock.advance(10_000);
    const inSeconds = (seconds: number): string => new Date(driven.clock.wallMs() + seconds * 1_000).toUTCString();
    await driven.exchange(answer(429, inSeconds(9)));
    assert.deepEqual(driven.sink.log, []);
    driven.clock.advance(10_000);
    await driven.exchange(answer(429, inSeconds(11)));
    assert.equal(driven.sink.log.length, 1);
  });

  test('is a sign of life all the same', async () => {
    const driven = new DrivenHttpProbe();
    assert.deepEqual(await driven.exchange(answer(429)), { rttMs: 0, connection: 'new', detail: '429' });
  });
});

describe('whatever a server does', () => {
  type Deed = 'answer' | 'close' | 'fin' | 'reset' | 'notice' | 'poison' | 'half' | 'abort';
  const DEEDS: Readonly<Record<Exclude<Deed, 'abort'>, (driven: DrivenHttpProbe) => void>> = {
    answer: ({ server }) => void server.transport.write(OK),
    close: ({ server }) => void server.transport.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n`),
    fin: ({ server }) => server.transport.end(),
    reset: ({ server }) => server.transport.reset(),
    notice: ({ server }) => void server.transport.write(TIMEOUT),
    poison: ({ server }) => void server.transport.write(OK + OK),
    half: ({ server }) => void server.transport.write('HTTP/1.1 20'),
  };

  test('each signal has one outcome, and there is at most one connection', async () => {
    const deed = fc.constantFrom<Deed>('answer', 'close', 'fin', 'reset', 'notice', 'poison', 'half', 'abort');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), deed), { maxLength: 12 }), async (steps) => {
        const driven = new DrivenHttpProbe();
        for (const [isAwaited, what] of steps) {
          const controller = new AbortController();
          const [outcome] = isAwaited ? await driven.signal(controller.signal) : [];
          if (what !== 'abort' && driven.ends.length > 0 && !driven.server.hasEnded) {
            try {
              DEEDS[what](driven);
            } catch {
              // The server has ended its side already.
            }
            await driven.settle();
          }
          if (outcome !== undefined) {
            // What is not answered by now never will be.
            controller.abort(new Error('deadline'));
            const settled = await outcome;
            assert.ok(settled instanceof Error || settled.rttMs === 0);
          }
          await driven.settle();
          assert.ok(driven.ends.filter(({ hasEnded }) => !hasEnded).length <= 1);
        }
        assert.ok(connectionOf(await driven.exchange(OK)) !== undefined);
        driven.probe.close?.();
        await driven.settle();
        assert.ok(driven.ends.every(({ hasEnded }) => hasEnded));
        assert.equal(driven.clock.pendingTimers, 0);
      }),
      { numRuns: 200 },
    );
  });
});
