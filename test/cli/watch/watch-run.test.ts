// `perdura watch` from its first signal to the exit code, without a network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CalmMemory } from '#src/heartbeat/index.js';
import type { ClockTimer } from '#src/io/index.js';
import { ManualClock } from '#src/testing/index.js';
import { DrivenWatch, FakeTarget, REFUSED, planOf } from './driven-watch.ts';

/** Lines without the part that is a time, which is that of the clock. */
const untimed = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d{4}-\S+Z {2}/, ''));

describe('on a pipe', () => {
  test('there is a line for each change, and none for what goes on as before', async () => {
    const target = new FakeTarget('tcp://a:1');
    await using watch = new DrivenWatch(planOf([target], { forMs: 100_000 }));
    await watch.advance(25_000);
    target.answer = REFUSED;
    await watch.advance(30_000);
    target.answer = { rttMs: 2 };
    await watch.advance(45_000);
    assert.equal(await watch.exitCode, 1);
    const lines = untimed(watch.stdout);
    assert.deepEqual(lines.slice(0, 4), [
      'up       tcp://a:1  rtt 0.50 ms',
      'missed   tcp://a:1  refused',
      'down     tcp://a:1  refused (2 signals missed)',
      'up       tcp://a:1  after 30 s, rtt 2 ms',
    ]);
    assert.equal(lines[4], '1 target watched for 100 s');
  });

  test('-v tells every signal', async () => {
    const target = new FakeTarget('tcp://a:1', { rttMs: 1, connection: 'new', detail: 'PONG' });
    await using watch = new DrivenWatch(planOf([target], { isVerbose: true, count: 5 }));
    await watch.advance(10_500);
    target.answer = REFUSED;
    await watch.advance(60_000);
    assert.equal(await watch.exitCode, 1);
    assert.deepEqual(untimed(watch.stdout).slice(0, 6), [
      'up       tcp://a:1  rtt 1 ms, PONG',
      'ack      tcp://a:1  rtt 1 ms, PONG, new connection',
      'missed   tcp://a:1  refused',
      'missed   tcp://a:1  refused (2 in a row)',
      'down     tcp://a:1  refused (2 signals missed)',
      'missed   tcp://a:1  refused (3 in a row)',
    ]);
  });

  test('--format json has every event as one object a line, and nothing else on standard output', async () => {
    const target = new FakeTarget('tcp://a:1', { rttMs: 0.123456, connection: 'new', detail: 'PONG' });
    await using watch = new DrivenWatch(planOf([target], { format: 'json', forMs: 50_000 }));
    await watch.advance(9_000);
    target.answer = REFUSED;
    await watch.advance(20_000);
    target.answer = {};
    await watch.advance(21_000);
    assert.equal(await watch.exitCode, 1);
    const events = watch.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [first] = events;
    assert.deepEqual(first, {
      event: 'ack',
      target: 'tcp://a:1',
      at: '2001-09-09T01:46:40.001Z',
      rttMs: 0.123,
      reason: null,
      connection: 'new',
      detail: 'PONG',
    });
    assert.deepEqual(
      events.map(({ event }) => event),
      ['ack', 'missed', 'missed', 'down', 'missed', 'ack', 'up', 'ack'],
    );
    for (const event of events) {
      assert.deepEqual(Object.keys(event).slice(0, 5), ['event', 'target', 'at', 'rttMs', 'reason']);
      assert.equal(new Date(String(event['at'])).toISOString(), event['at']);
    }
    assert.deepEqual(events[3], { ...events[3], rttMs: null, reason: 'refused', missed: 2 });
    assert.match(watch.terminal.stderr.text, /^1 target watched for 50 s\n/);
  });

  test('--format json tells that a peer asked for fewer signals, as text does', async () => {
    for (const format of ['json', 'text'] as const) {
      const target = new FakeTarget('https://calm.example/');
      const heartbeat = { ...planOf([]).heartbeat, calm: new CalmMemory() };
      await using watch = new DrivenWatch(planOf([target], { format, heartbeat, forMs: 6_000 }));
      await watch.advance(5_000);
      target.sink?.onCalm?.('GOAWAY: ENHANCE_YOUR_CALM');
      await watch.advance(1_000);
      await watch.exitCode;
      const [, line = ''] = watch.stdout.split('\n');
      if (format === 'text') assert.match(line, /calmed +https.*ENHANCE_YOUR_CALM, every 20 s from now on$/);
      else {
        assert.deepEqual(JSON.parse(line), {
          event: 'calmed',
          target: 'https://calm.example/',
          at: '2001-09-09T01:46:45.000Z',
          rttMs: null,
          reason: 'GOAWAY: ENHANCE_YOUR_CALM',
          intervalMs: 20_000,
        });
      }
    }
  });

  test('what a peer says cannot steer the terminal of whoever reads it', async () => {
    const target = new FakeTarget('tcp://a:1', new Error('-ERR \u001b[2J\u001b]0;owned\u0007\r\nsecond'));
    await using watch = new DrivenWatch(planOf([target], { count: 1 }));
    await watch.advance(2_000);
    assert.equal(await watch.exitCode, 3);
    assert.match(watch.stdout, /-ERR \?\[2J\?\]0;owned\? second\n/);
  });
});

/** A clock whose timers last no longer than those of Node.js. */
class ShortTimerClock extends ManualClock {
  override startTimer(delayMs: number, callback: () => void): ClockTimer {
    return super.startTimer(Math.min(delayMs, 2 ** 31 - 1), callback);
  }
}

describe('the end', () => {
  test('of --for comes when it was asked for, also where that is in more days than a timer lasts', async () => {
    const hourMs = 3_600_000;
    for (const hours of [1_000, 5_000]) {
      const target = new FakeTarget('tcp://a:1');
      const heartbeat = { ...planOf([]).heartbeat, intervalMs: 50 * hourMs };
      const plan = planOf([target], { forMs: hours * hourMs, heartbeat });
      await using watch = new DrivenWatch(plan, {}, new ShortTimerClock());
      await watch.advance(hours * hourMs - 1);
      assert.equal(watch.hasEnded, false);
      await watch.advance(1);
      assert.equal(await watch.exitCode, 0);
      assert.equal(watch.clock.pendingTimers, 0);
    }
  });

  test('comes after --count signals to each target, acknowledged or missed, whichever takes longest', async () => {
    const [good, bad] = [new FakeTarget('tcp://a:1'), new FakeTarget('tcp://b:1', REFUSED)];
    await using watch = new DrivenWatch(planOf([good, bad], { count: 4 }));
    await watch.advance(300_000);
    assert.equal(await watch.exitCode, 1);
    assert.deepEqual([good.signals, bad.signals], [4, 4]);
    assert.deepEqual([good.closes, bad.closes], [1, 1]);
    assert.equal(watch.clock.pendingTimers, 0);
    assert.match(watch.stdout, /^tcp:\/\/a:1 +4 +100 % +0\.50 ms +0\.50 ms +0\.50 ms +0 +–$/m);
    assert.match(watch.stdout, /^tcp:\/\/b:1 +4 +0 % +– +– +– +1 +20 s {2}down at the end$/m);
  });

  test('tells with 0 that nothing was down, with 1 that something was, with 3 that nothing was ever reached', async () => {
    const exitCodeOf = async (...answers: (object | Error)[]): Promise<number> => {
      const targets = answers.map((answer, index) => new FakeTarget(`tcp://${index}:1`, answer));
      await using watch = new DrivenWatch(planOf(targets, { forMs: 60_000 }));
      await watch.advance(60_000);
      return watch.exitCode;
    };
    assert.equal(await exitCodeOf({}, {}), 0);
    assert.equal(await exitCodeOf({}, REFUSED), 1);
    assert.equal(await exitCodeOf(REFUSED, REFUSED), 3);
  });

  test('sooner than the tolerance hides no target that is dead', async () => {
    for (const [changes, answers, code] of [
      [{ count: 1 }, [{}, REFUSED], 1],
      [{ forMs: 500 }, [{}, REFUSED], 1],
      [{ forMs: 500 }, [{}, undefined], 1],
      [{ count: 1 }, [REFUSED, REFUSED], 3],
      [{ count: 1 }, [{}, {}], 0],
    ] as const) {
      // Not by a default of the parameter: undefined is silence.
      const targets = answers.map((answer, index) => Object.assign(new FakeTarget(`tcp://${index}:1`), { answer }));
      await using watch = new DrivenWatch(planOf(targets, changes));
      await watch.advance(5_000);
      assert.equal(await watch.exitCode, code, JSON.stringify([changes, answers]));
      assert.equal(/never reached/.test(watch.stdout), code !== 0);
    }
  });

  test('with a last signal that was missed is a finding, unless a person chose the moment', async () => {
    for (const [changes, code] of [
      [{ count: 2 }, 1],
      [{ forMs: 10_500 }, 1],
      [{}, 0],
    ] as const) {
      const target = new FakeTarget('tcp://a:1');
      await using watch = new DrivenWatch(planOf([target], changes));
      await watch.advance(5_000);
      target.answer = REFUSED;
      await watch.advance(5_500);
      watch.terminal.send('SIGINT');
      assert.equal(await watch.exitCode, code, JSON.stringify(changes));
      assert.match(watch.stdout, /suspect at the end$/m);
    }
  });

  test('after --count signals leaves no time for another that is due', async () => {
    const target = Object.assign(new FakeTarget('tcp://a:1'), { answer: undefined });
    await using watch = new DrivenWatch(planOf([target], { count: 1 }));
    await watch.advance(1);
    watch.clock.advance(1_000);
    // What was missed is decided after a poll; the next signal is due at once.
    for (let turn = 0; turn < 2 && !/missed/.test(watch.stdout); turn += 1) watch.clock.turn();
    assert.match(watch.stdout, /missed/);
    await Promise.resolve();
    assert.equal(watch.clock.pendingTimers, 0);
    assert.equal(await watch.exitCode, 3);
    assert.equal(target.signals, 1);
  });

  test('one missed signal is none that was down', async () => {
    const target = new FakeTarget('tcp://a:1');
    await using watch = new DrivenWatch(planOf([target], { forMs: 60_000 }));
    await watch.advance(15_000);
    target.answer = REFUSED;
    await watch.advance(5_500);
    target.answer = {};
    await watch.advance(60_000);
    assert.equal(await watch.exitCode, 0);
    assert.match(watch.stdout, /missed {3}tcp/);
  });

  test('by Ctrl-C tells the same where it was the only one, and 130 where it broke off another', async () => {
    for (const [signal, changes, code] of [
      ['SIGINT', {}, 0],
      ['SIGTERM', {}, 0],
      ['SIGINT', { count: 100 }, 130],
      ['SIGTERM', { forMs: 1_000_000 }, 143],
    ] as const) {
      const target = new FakeTarget('tcp://a:1');
      await using watch = new DrivenWatch(planOf([target], changes));
      await watch.advance(25_000);
      assert.ok(watch.terminal.send(signal));
      await watch.advance(1_000);
      assert.equal(await watch.exitCode, code);
      assert.match(watch.stdout, /^1 target watched for 25 s$/m);
      assert.equal(target.closes, 1);
      assert.equal(watch.clock.pendingTimers, 0);
      assert.equal(watch.terminal.send(signal), false, 'nobody listens any more');
    }
  });

  test('comes when nobody reads standard output any more', async () => {
    await using watch = new DrivenWatch(planOf([new FakeTarget('tcp://a:1')], { isVerbose: true }));
    await watch.advance(5_000);
    watch.terminal.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await watch.advance(1);
    assert.equal(await watch.exitCode, 0);
  });

  test('with many targets names the worst ten', async () => {
    const targets = Array.from({ length: 100 }, (_, index) => {
      return new FakeTarget(`tcp://host-${index}:1`, index % 5 === 0 ? REFUSED : { rttMs: 1 });
    });
    await using watch = new DrivenWatch(planOf(targets, { forMs: 60_000 }));
    await watch.advance(60_000);
    assert.equal(await watch.exitCode, 1);
    const summary = watch.stdout.slice(watch.stdout.indexOf('100 targets watched')).trimEnd().split('\n');
    assert.match(
      summary[1] ?? '',
      /^\d+ signals, 77\.\d+ % acknowledged; 20 of the targets were down at some time, 20 at the end$/,
    );
    assert.equal(summary.length, 3 + 1 + 10);
  });
});

describe('--adaptive', () => {
  /** The path forgets what is silent for longer. */
  const forgetful = (limitMs: number, clockOf: () => number): FakeTarget => {
    const target = new FakeTarget('tcp://a:1');
    let lastMs = -Infinity;
    target.send = () => {
      const connection = clockOf() - lastMs > limitMs ? 'new' : 'kept';
      lastMs = clockOf();
      return Promise.resolve({ rttMs: 1, connection });
    };
    return target;
  };

  test('tells what the search came to', async () => {
    const target = forgetful(5_000, () => watch.clock.nowMs());
    const heartbeat = { ...planOf([]).heartbeat, adaptive: true };
    await using watch = new DrivenWatch(planOf([target], { heartbeat, forMs: 120_000 }));
    await watch.advance(120_000);
    assert.equal(await watch.exitCode, 0);
    const [last = ''] = watch.stdout.trimEnd().split('\n').slice(-1);
    const [, survived, died] =
      /^tcp:\/\/a:1: longest silence survived (\S+) s, lost after (\S+) s, held/.exec(last) ?? [];
    assert.ok(Number(survived) > 4.5 && Number(survived) <= 5, last);
    assert.ok(Number(died) > 5 && Number(died) < 5.5, last);
    assert.match(watch.stdout, /adapted {2}tcp:\/\/a:1 {2}longest silence survived 1\.?\d* s/);
  });

  test('claims nothing where even the shortest silence that it tries is fatal, and finds the limit below where it is told to', async () => {
    for (const [adaptive, code, words] of [
      [
        true,
        1,
        /^tcp:\/\/a:1: nothing survives the shortest silence that was tried \(lost after 1\S* s\).*--adaptive-range 200ms\.\.10\d\dms$/,
      ],
      [{ lowestMs: 100, highestMs: 2_000 }, 0, /^tcp:\/\/a:1: longest silence survived \d+ ms, .*held from now on$/],
    ] as const) {
      const target = forgetful(900, () => watch.clock.nowMs());
      const heartbeat = { ...planOf([]).heartbeat, adaptive };
      await using watch = new DrivenWatch(planOf([target], { heartbeat, forMs: 60_000 }));
      await watch.advance(60_000);
      assert.equal(await watch.exitCode, code, watch.stdout);
      const lines = watch.stdout.trimEnd().split('\n');
      assert.match(lines.at(-1) ?? '', words);
      assert.equal(/held from now on/.test(watch.stdout), code === 0);
    }
  });
});
