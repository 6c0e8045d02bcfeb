// Signals that come back as they are, on a clock that stands still: which echo counts, and what happens behind bytes that nobody takes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PerduraError } from '#src/errors.js';
import { EchoedSignals } from '#src/heartbeat/signals/echoed-signals.js';
import type { Acknowledgement } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';

/** A way that the test drives; what is told of it stands in `log`, with the time. */
class DrivenWay {
  readonly clock = new ManualClock();
  readonly log: string[] = [];
  readonly sent: Buffer[] = [];
  #written: ((error?: Error | null) => void)[] = [];
  #controller = new AbortController();
  readonly failures: Error[] = [];
  queuedBytes = 0;
  progress = 0;
  readonly signals: EchoedSignals;

  constructor(stalledMs = 10_000) {
    this.signals = new EchoedSignals(this, this.clock, stalledMs, {
      onReceived: () => this.#note('received'),
      onSent: () => this.#note('sent'),
      onLost: (reason) => this.#note(`lost ${reason}`),
      onCalm: (reason) => this.#note(`calm ${reason}`),
      onBlocked: (isBlocked) => this.#note(isBlocked ? 'blocked' : 'free'),
    });
  }

  signal(payload: Uint8Array, written: (error?: Error | null) => void): void {
    this.sent.push(Buffer.from(payload));
    this.#written.push(written);
  }

  send(): void {
    this.#controller = new AbortController();
    this.signals.send(this.#controller.signal).then(
      ({ rttMs }: Acknowledgement) => this.#note(`ack ${rttMs}`),
      (error: Error) => {
        this.failures.push(error);
        this.#note(error.message);
      },
    );
  }

  async abort(): Promise<void> {
    this.#controller.abort(new Error('too late'));
    await new Promise(setImmediate);
  }

  /** The kernel takes what waits. */
  take(error?: Error): void {
    this.queuedBytes = 0;
    const written = this.#written;
    this.#written = [];
    for (const callback of written) callback(error);
  }

  async pass(ms: number): Promise<void> {
    this.clock.turn();
    this.clock.advance(ms);
    await new Promise(setImmediate);
  }

  #note(text: string): void {
    this.log.push(`${this.clock.nowMs()} ${text}`);
  }
}

describe('signals that come back', () => {
  test('are acknowledged by their own echo and by no other, which is a sign of life', async () => {
    const way = new DrivenWay();
    way.send();
    way.take();
    await way.pass(5);
    way.signals.echoed(Buffer.from('of somebody else'));
    way.signals.echoed(way.sent[0]!);
    await way.pass(0);
    assert.deepEqual(way.log, ['5 received', '5 ack 5']);
    way.signals.echoed(way.sent[0]!);
    assert.deepEqual(way.log.slice(2), ['5 received']);
  });

  test('that come back late do not acknowledge the next one', async () => {
    const way = new DrivenWay();
    way.send();
    way.take();
    await way.pass(100);
    const aborted = way.abort();
    way.send();
    await aborted;
    way.take();
    await way.pass(10);
    way.signals.echoed(way.sent[0]!);
    await way.pass(10);
    assert.deepEqual(way.log, ['100 too late', '110 received']);
    way.signals.echoed(way.sent[1]!);
    await way.pass(0);
    assert.deepEqual(way.log.slice(2), ['120 ack 20']);
  });

  test('of two senders on one connection never match each other', () => {
    const ways = [new DrivenWay(), new DrivenWay()];
    for (const way of ways) way.send();
    const [one, other] = ways;
    assert.notDeepEqual(one!.sent, other!.sent);
    other!.signals.echoed(one!.sent[0]!);
    assert.deepEqual(other!.log, ['0 received']);
  });

  test('fit into a control frame, however many went before', () => {
    const way = new DrivenWay();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
        for (let index = 0; index < count; index += 1) {
          way.send();
          way.take();
          void way.abort();
        }
        // RFC 6455 §5.5.
        assert.ok(way.sent.every(({ length }) => length > 0 && length <= 125));
        assert.equal(new Set(way.sent.map(String)).size, way.sent.length);
      }),
      { numRuns: 20 },
    );
  });

  test('that cannot be sent fail with the reason, a code of ours and what was thrown', async () => {
    const way = new DrivenWay();
    way.send();
    const broken = new Error('broken');
    way.take(broken);
    await way.pass(0);
    assert.deepEqual(way.log, ['0 broken']);
    way.signal = () => {
      throw new Error('not open');
    };
    way.send();
    await way.pass(0);
    assert.deepEqual(way.log.slice(1), ['0 not open']);
    for (const error of way.failures)
      assert.ok(error instanceof PerduraError && error.code === 'ERR_PERDURA_CONNECTION_LOST', String(error));
    assert.equal(way.failures[0]!.cause, broken);
  });
});

describe('a signal behind bytes that the peer has not taken', () => {
  test('is held back until it leaves, and its round trip begins then', async () => {
    const way = new DrivenWay();
    way.queuedBytes = 500;
    way.send();
    await way.pass(3_000);
    assert.deepEqual(way.log, ['0 blocked']);
    way.take();
    assert.deepEqual(way.log.slice(1), ['3000 free']);
    await way.pass(7);
    way.signals.echoed(way.sent[0]!);
    await way.pass(0);
    assert.deepEqual(way.log.slice(2), ['3007 ack 7']);
    assert.equal(way.clock.pendingTimers, 0);
  });

  test('is waited for as long as the peer takes something now and then', async () => {
    const way = new DrivenWay(10_000);
    way.queuedBytes = 1_000_000;
    way.send();
    for (let count = 0; count < 20; count += 1) {
      await way.pass(9_000);
      way.progress += 1;
    }
    assert.deepEqual(way.log, ['0 blocked']);
  });

  test('fails when nothing was taken for stalledMs, and not before; the next one then at once', async () => {
    const way = new DrivenWay(10_000);
    way.queuedBytes = 500;
    way.send();
    await way.pass(9_999);
    assert.deepEqual(way.log, ['0 blocked']);
    await way.pass(1);
    assert.deepEqual(way.log.slice(1), [
      '10000 free',
      '10000 the peer has taken nothing for 10 s of what waits for it',
    ]);
    assert.ok(way.failures[0] instanceof PerduraError);
    way.send();
    await way.pass(0);
    assert.match(way.log.at(-1)!, /^10000 the peer has taken nothing/);
    // One that still waits serves as well as another behind it.
    assert.equal(way.sent.length, 1);
    assert.equal(way.clock.pendingTimers, 0);
  });

  test('is not held against a peer for how long others waited before', async () => {
    const way = new DrivenWay(10_000);
    for (const rest of [9_000, 9_000, 9_000]) {
      way.queuedBytes = 500;
      way.send();
      await way.pass(rest);
      way.take();
      way.signals.echoed(way.sent.at(-1)!);
      await way.pass(0);
    }
    assert.deepEqual(
      way.log.filter((line) => line.includes('nothing')),
      [],
    );
  });

  test('that was given up is looked at no more', async () => {
    const way = new DrivenWay();
    way.queuedBytes = 500;
    way.send();
    await way.pass(1_500);
    await way.abort();
    await way.pass(60_000);
    assert.deepEqual(way.log, ['0 blocked', '1500 free', '1500 too late']);
    assert.equal(way.clock.pendingTimers, 0);
  });
});
