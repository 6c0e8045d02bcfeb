// The engine on a clock that stands still until it is moved: when signals go out, what is told when, and what is not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CalmMemory, Heartbeat, OptionError } from '#src/heartbeat/index.js';
import type { HeartbeatEvent, Probe } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';
import { stolenStderr } from '../../support/stolen-stderr.ts';
import { DrivenHeartbeat } from './driven-heartbeat.ts';

describe('a heartbeat', () => {
  test('sends at once, and again an interval after each acknowledgement', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(50);
    await driven.ack();
    await driven.advance(1_000);
    assert.deepEqual(driven.takeLog(), ['1 send', '50 ack', '1050 send']);
    await driven.ack();
    await driven.advance(999);
    assert.equal(driven.isAwaited, false);
    await driven.advance(1);
    assert.equal(driven.isAwaited, true);
  });

  test('counts the interval from when the peer was heard, where that was before the signal', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack({ isUnmeasured: true, heardMsAgo: 0 });
    await driven.advance(1_000);
    await driven.ack({ isUnmeasured: true, heardMsAgo: 300 });
    await driven.advance(699);
    assert.deepEqual(driven.takeLog(), ['1 send', '1 ack', '1001 send', '1001 ack']);
    await driven.advance(1);
    assert.deepEqual(driven.takeLog(), ['1701 send']);
    await driven.ack({ isUnmeasured: true, heardMsAgo: 5_000 });
    await driven.advance(1);
    assert.deepEqual(driven.takeLog(), ['1701 ack', '1702 send']);
    driven.heartbeat.on('ack', () => driven.heartbeat.stop());
    await driven.ack({ heardMsAgo: 500 });
    assert.equal(driven.clock.pendingTimers, 0);
  });

  test('tells down after interval + timeout × tolerance where nobody answers, and up with the first answer', async () => {
    const driven = new DrivenHeartbeat({ tolerance: 3 });
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    await driven.advance(1_000 + 3 * 200 + 2);
    assert.deepEqual(driven.takeLog().slice(2), [
      '1001 send',
      '1201 missed 1',
      '1201 given up',
      '1202 send',
      '1402 missed 2',
      '1402 given up',
      '1403 send',
      '1603 missed 3',
      '1603 down 3',
      '1603 given up',
    ]);
    assert.equal(driven.heartbeat.state, 'down');
    await driven.advance(1_000);
    assert.deepEqual(driven.takeLog(), ['2603 send']);
    await driven.ack();
    assert.deepEqual(driven.takeLog(), ['2603 ack', '2603 up']);
    assert.deepEqual(
      driven.events.filter(({ type }) => type === 'up').map((event) => 'downMs' in event && event.downMs),
      [1_000],
    );
  });

  test('asks a peer that refuses at once no more often than one that says nothing', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.fail('refused');
    await driven.advance(199);
    assert.deepEqual(driven.takeLog(), ['1 send', '1 missed 1']);
    await driven.advance(1);
    await driven.fail('refused');
    assert.deepEqual(driven.takeLog(), ['201 send', '201 missed 2', '201 down 2']);
    const down = driven.events.at(-1)!;
    assert.equal(down.reason, 'refused');
    assert.ok(down.type === 'down' && down.error instanceof Error);
  });

  test('is postponed by whatever the peer says, for as long as it says something', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    for (let piece = 0; piece < 20; piece += 1) {
      await driven.advance(900);
      driven.sink.onReceived();
    }
    assert.equal(driven.heartbeat.stats().sent, 1);
    await driven.advance(1_000);
    assert.equal(driven.heartbeat.stats().sent, 2);
  });

  test('is not postponed by what we send, as it proves nothing, unless it shall only keep the path', async () => {
    for (const [postponedBy, sent] of [
      ['received', 3],
      ['any', 1],
    ] as const) {
      const driven = new DrivenHeartbeat({ postponedBy });
      driven.heartbeat.start();
      await driven.advance(1);
      await driven.ack();
      for (let piece = 0; piece < 5; piece += 1) {
        await driven.advance(500);
        driven.sink.onSent();
        if (driven.isAwaited) await driven.ack();
      }
      assert.equal(driven.heartbeat.stats().sent, sent, postponedBy);
    }
  });

  test('waits longer for an acknowledgement while the peer says other things, and forgives what it missed', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(201);
    assert.equal(driven.heartbeat.state, 'suspect');
    await driven.advance(100);
    driven.sink.onReceived();
    assert.equal(driven.heartbeat.state, 'awaitingAck');
    await driven.advance(150);
    driven.sink.onReceived();
    await driven.advance(150);
    await driven.ack();
    assert.deepEqual(driven.takeLog().slice(3), ['202 send', '601 ack']);
  });

  test('sends at once where the connection was lost, and not before its time while misses are counted', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    await driven.advance(300);
    driven.sink.onLost('connection reset');
    await driven.advance(1);
    assert.deepEqual(driven.takeLog().slice(2), ['302 send']);
    await driven.fail('refused');
    driven.sink.onLost('once more');
    await driven.advance(100);
    assert.equal(driven.isAwaited, false);
  });

  test('does not ask a peer that ends each connection behind its answer without a pause', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    for (let connection = 0; connection < 50; connection += 1) {
      await driven.ack({ connection: 'new' });
      driven.sink.onLost('ended');
      await driven.advance(200);
    }
    assert.equal(driven.heartbeat.stats().sent, 51);
    assert.deepEqual(driven.takeLog().slice(0, 5), ['1 send', '1 ack', '201 send', '201 ack', '401 send']);
  });

  test('sends nothing while the way to the peer is blocked, and counts nothing against it', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    driven.sink.onBlocked(true);
    await driven.advance(10_000);
    assert.equal(driven.heartbeat.state, 'suspended');
    await driven.ack();
    await driven.advance(10_000);
    assert.deepEqual(driven.takeLog(), ['1 send', '10001 ack']);
    driven.sink.onBlocked(false);
    await driven.advance(1_000);
    assert.deepEqual(driven.takeLog(), ['21001 send']);
    // Blocked with a signal under way, then free: its time begins anew.
    driven.sink.onBlocked(true);
    await driven.advance(5_000);
    driven.sink.onBlocked(false);
    await driven.advance(199);
    assert.deepEqual(driven.takeLog(), []);
    await driven.advance(1);
    assert.deepEqual(driven.takeLog(), ['26201 missed 1', '26201 given up']);
  });

  test('goes on where the connection that was blocked is lost', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    driven.sink.onBlocked(true);
    await driven.advance(1_000);
    await driven.fail('reset');
    await driven.advance(1);
    assert.deepEqual(driven.takeLog(), ['1 send', '1001 missed 1', '1002 send']);
  });

  test('sends only while work is under way, where it is told to', async () => {
    const driven = new DrivenHeartbeat({ whileIdle: false });
    driven.heartbeat.start();
    await driven.advance(5_000);
    assert.deepEqual(driven.takeLog(), []);
    assert.equal(driven.heartbeat.state, 'suspended');
    driven.heartbeat.setActive(true);
    await driven.advance(1_000);
    await driven.ack();
    driven.heartbeat.setActive(false);
    await driven.advance(5_000);
    assert.deepEqual(driven.takeLog(), ['6000 send', '6000 ack']);
  });

  test('can be held back and let go by hand', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    driven.heartbeat.suspend();
    await driven.advance(5_000);
    assert.deepEqual(driven.takeLog(), []);
    driven.heartbeat.unsuspend();
    driven.heartbeat.beatNow();
    await driven.advance(1);
    assert.deepEqual(driven.takeLog(), ['5001 send']);
  });

  test('is stopped, by a timer or an AbortSignal, also where its probe cannot be closed, which is told on standard error', async () => {
    for (const adaptive of [false, true]) {
      const clock = new ManualClock();
      const controller = new AbortController();
      const probe: Probe = {
        target: 'peer',
        send: () => new Promise(() => {}),
        close: () => {
          throw new Error('it was never open');
        },
      };
      const heartbeat = new Heartbeat({ probe, clock, adaptive, signal: controller.signal, timeoutMs: 200 }).start();
      const events = heartbeat[Symbol.asyncIterator]();
      const printed = await stolenStderr(async () => {
        // Adaptive closes it by itself, before the last signal that counts.
        clock.advance(1);
        clock.advance(200);
        for (let turn = 0; turn < 4; turn += 1) clock.turn();
        controller.abort();
        for (let event = await events.next(); event.done !== true; event = await events.next());
      });
      assert.deepEqual(printed, Array(adaptive ? 2 : 1).fill('perdura: close() of the probe failed:'));
    }
  });

  test('leaves nothing behind when it is stopped, and can begin anew', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    driven.heartbeat.stop();
    driven.heartbeat.stop();
    await driven.advance(10_000);
    assert.deepEqual(driven.takeLog(), ['1 send', '1 given up', '1 close']);
    assert.equal(driven.clock.pendingTimers, 0);
    assert.equal(driven.heartbeat.state, 'idle');
    driven.heartbeat.start();
    await driven.advance(1);
    assert.deepEqual(driven.takeLog(), ['10002 send']);
  });

  test('is stopped by its AbortSignal, and does not begin with one that is aborted', async () => {
    const controller = new AbortController();
    const driven = new DrivenHeartbeat({ signal: controller.signal });
    driven.heartbeat.start();
    await driven.advance(1);
    controller.abort();
    assert.equal(driven.heartbeat.state, 'idle');
    assert.equal(driven.heartbeat.start().state, 'idle');
  });

  test('is not disturbed by a listener that throws or that stops it', async () => {
    const driven = new DrivenHeartbeat();
    const printed: unknown[] = [];
    const { error } = console;
    console.error = (...values: unknown[]): void => void printed.push(values);
    try {
      driven.heartbeat.on('ack', () => {
        throw new Error('a defect');
      });
      driven.heartbeat.on('ack', () => driven.heartbeat.stop());
      driven.heartbeat.start();
      await driven.advance(1);
      await driven.ack();
      await driven.advance(5_000);
    } finally {
      console.error = error;
    }
    assert.equal(printed.length, 1);
    assert.deepEqual(driven.takeLog(), ['1 send', '1 ack', '1 close']);
  });

  test('takes a probe that throws at once for a miss', async () => {
    const clock = new ManualClock();
    const heartbeat = new Heartbeat({
      clock,
      tolerance: 1,
      probe: () => {
        throw new Error('no such thing');
      },
    });
    const reasons: (string | undefined)[] = [];
    heartbeat.on('down', ({ reason }) => void reasons.push(reason));
    heartbeat.start();
    clock.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(reasons, ['no such thing']);
    heartbeat.stop();
  });

  test('takes a function that promises nothing for an acknowledgement when it comes back', async () => {
    const clock = new ManualClock();
    const heartbeat = new Heartbeat({ clock, probe: (() => {}) as never });
    heartbeat.start();
    clock.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(heartbeat.stats().acknowledged, 1);
    heartbeat.stop();
  });

  test('measures itself where a probe tells a round trip that is none', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    for (const rttMs of [Number.NaN, -5]) {
      await driven.advance(1);
      await driven.advance(10);
      await driven.ack({ rttMs });
      await driven.advance(999);
    }
    assert.deepEqual(
      driven.events.map((event) => event.rttMs),
      [10, 10],
    );
  });

  test('says how a connection was lost when the next one is there', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack({ connection: 'new' });
    driven.sink.onLost('the peer reset it');
    await driven.advance(200);
    await driven.ack({ connection: 'new' });
    await driven.advance(1_000);
    await driven.ack();
    assert.deepEqual(
      driven.events.map(({ reason }) => reason),
      [undefined, 'the peer reset it', undefined],
    );
  });

  test('does not share its probe with another, nor listens for what is never told', () => {
    const probe = { target: 'peer', send: (): Promise<void> => Promise.resolve() };
    const first = new Heartbeat({ probe }).start();
    assert.throws(() => new Heartbeat({ probe }).start(), {
      message: /belongs to another heartbeat: make one for each/,
    });
    first.stop();
    first.start().stop();
    assert.throws(() => first.on('dwon' as never, () => {}), OptionError);
    assert.throws(() => first.on('down', undefined as never), OptionError);
  });
});

describe('time that the program did not see', () => {
  test('a machine that slept resumes: nothing is missed, and the peer is asked at once', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    await driven.advance(500);
    driven.clock.jumpWall(3_600_000);
    await driven.advance(502);
    assert.deepEqual(driven.takeLog().slice(2), ['1001 resumed', '1002 send']);
    const resumed = driven.events.at(-1)!;
    assert.ok(resumed.type === 'resumed' && resumed.sleptMs >= 3_599_000);
  });

  test('a signal that was under way is sent anew, and what was suspect is no longer', async () => {
    const driven = new DrivenHeartbeat({ tolerance: 3 });
    driven.heartbeat.start();
    await driven.advance(210);
    assert.equal(driven.heartbeat.state, 'suspect');
    driven.clock.jumpWall(60_000);
    await driven.advance(200);
    assert.deepEqual(driven.takeLog().slice(2), [
      '201 given up',
      '202 send',
      '402 given up',
      '402 send',
      '402 resumed',
    ]);
    assert.equal(driven.heartbeat.state, 'awaitingAck');
    await driven.ack();
    assert.equal(driven.heartbeat.stats().downs, 0);
  });

  test('a process that was stopped for longer than the interval resumes as well', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    driven.clock.stall(5_000);
    await driven.advance(2);
    assert.deepEqual(driven.takeLog().slice(2), ['5001 resumed', '5002 send']);
  });

  test('an acknowledgement that arrived while the loop was busy is seen before its deadline is held against it', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    driven.clock.stall(300);
    // The timer is due, the socket is readable: Node.js runs timers first.
    driven.clock.advance(0);
    await driven.ack();
    await driven.advance(10);
    assert.deepEqual(driven.takeLog(), ['1 send', '301 ack']);
  });

  test('what the program was busy for is given to the peer once more, once', async () => {
    const driven = new DrivenHeartbeat({ timeoutMs: 500 });
    driven.heartbeat.start();
    await driven.advance(1);
    driven.clock.stall(800);
    await driven.advance(250);
    assert.deepEqual(driven.takeLog(), ['1 send']);
    await driven.advance(50);
    assert.deepEqual(driven.takeLog(), ['1101 missed 1', '1101 given up']);
  });

  test('a wall clock that is set back says nothing', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    driven.clock.jumpWall(-3_600_000);
    await driven.advance(1_000);
    assert.deepEqual(driven.takeLog().slice(2), ['1001 send']);
  });
});

describe('intervals', () => {
  test('are shortened by jitter, never lengthened', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (jitter, chance) => {
          const driven = new DrivenHeartbeat({ jitter, random: () => chance });
          driven.heartbeat.start();
          await driven.advance(1);
          await driven.ack();
          const nextInMs = driven.heartbeat.stats().nextInMs!;
          assert.ok(Math.abs(nextInMs - 1_000 * (1 - jitter * chance)) < 1e-6);
          driven.heartbeat.stop();
        },
      ),
    );
  });

  test('are doubled where the peer asks for calm, which every heartbeat of that peer remembers', async () => {
    const calm = new CalmMemory();
    const driven = new DrivenHeartbeat({ calm, maxIntervalMs: 3_000 });
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    driven.sink.onCalm('too_many_pings');
    assert.equal(driven.heartbeat.intervalMs, 2_000);
    await driven.advance(1_999);
    assert.deepEqual(driven.takeLog().slice(2), ['1 calmed']);
    await driven.advance(1);
    assert.equal(driven.isAwaited, true);
    driven.sink.onCalm('too_many_pings');
    assert.equal(driven.heartbeat.intervalMs, 3_000, 'at most maxIntervalMs');
    assert.equal(new DrivenHeartbeat({ calm }).heartbeat.intervalMs, 3_000);
    assert.equal(new DrivenHeartbeat().heartbeat.intervalMs, 1_000);
  });
});

describe('what is told', () => {
  test('carries the time, the target, the round trip and what was answered', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(26);
    await driven.ack({ detail: 'PONG', connection: 'new' });
    assert.deepEqual(driven.events, [
      {
        type: 'ack',
        at: new Date(driven.clock.wallMs()),
        target: 'peer',
        missed: 0,
        rttMs: 25,
        reason: undefined,
        connection: 'new',
        detail: 'PONG',
      },
    ]);
  });

  test('is counted: sent, acknowledged, missed, down, round trips', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    for (const rttMs of [10, 20, 30, 40]) {
      await driven.ack({ rttMs });
      await driven.advance(1_000);
    }
    await driven.advance(402);
    const { sent, acknowledged, missed, missedInAll, downs, state, rtt } = driven.heartbeat.stats();
    assert.deepEqual([sent, acknowledged, missed, missedInAll, downs, state], [6, 4, 2, 2, 1, 'down']);
    assert.deepEqual([rtt.count, rtt.lastMs, rtt.minMs, rtt.p50Ms, rtt.p99Ms], [4, 40, 10, 20, 40]);
  });

  test('has no round trip where nothing went there and back', async () => {
    const driven = new DrivenHeartbeat();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack({ rttMs: 7 });
    await driven.advance(1_000);
    await driven.ack({ isUnmeasured: true });
    assert.deepEqual(
      driven.events.map(({ type, rttMs }) => [type, rttMs]),
      [
        ['ack', 7],
        ['ack', undefined],
      ],
    );
    assert.equal(driven.heartbeat.stats().rtt.count, 1);
  });

  test('can be read as an async iterable, which ends with the heartbeat', async () => {
    const driven = new DrivenHeartbeat();
    const read: string[] = [];
    const reading = (async () => {
      for await (const { type } of driven.heartbeat) read.push(type);
    })();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    await driven.advance(1_500);
    driven.heartbeat.stop();
    await reading;
    assert.deepEqual(read, ['ack', 'missed', 'missed', 'down']);
  });

  test('is dropped for a slow reader where it is an acknowledgement, never where it is a change', async () => {
    const driven = new DrivenHeartbeat({ tolerance: 1 });
    const events = driven.heartbeat[Symbol.asyncIterator]();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.fail('refused');
    for (let count = 0; count < 1_500; count += 1) {
      await driven.advance(1_000);
      if (driven.isAwaited) await driven.ack();
    }
    driven.heartbeat.stop();
    const read: HeartbeatEvent[] = [];
    for await (const event of events) read.push(event);
    assert.equal(read.length, 1_024);
    assert.deepEqual(
      read.filter(({ type }) => type !== 'ack').map(({ type }) => type),
      ['missed', 'down', 'up'],
    );
  });

  test('is not kept for who has left', async () => {
    const driven = new DrivenHeartbeat();
    const events = driven.heartbeat[Symbol.asyncIterator]();
    await events.return!();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.ack();
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });
});
