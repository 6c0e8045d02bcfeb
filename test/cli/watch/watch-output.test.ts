// Lines of a watch on a stream that is read slowly, the order in which many targets begin, and figures as they are shown.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatElapsed, formatRtt, formatShare } from '#src/cli/watch/figures.js';
import { LineOutput } from '#src/cli/watch/line-output.js';
import type { DroppedLines } from '#src/cli/watch/line-output.js';
import { AT_ONCE, StartQueue, planSpacing } from '#src/cli/watch/start-queue.js';
import { ManualClock } from '#src/testing/index.js';
import { printable } from '#src/text/index.js';

/** A pipe whose reader reads when the test says so. */
class SlowPipe extends Writable {
  text = '';
  #taken: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 8, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, callback: () => void): void {
    this.text += chunk;
    this.#taken = callback;
  }

  /** Reads everything that was written by now. */
  async read(): Promise<void> {
    while (this.#taken !== undefined) {
      const taken = this.#taken;
      this.#taken = undefined;
      taken();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('a slow reader', () => {
  test('loses acknowledgements first, in silence until it reads again, and never the order of what it gets', async () => {
    const pipe = new SlowPipe();
    const told: DroppedLines[] = [];
    const output = new LineOutput(pipe, (dropped) => told.push(dropped));
    output.write('ack 1 that fills the pipe', true);
    output.write('ack 2', true);
    output.write('down', false);
    output.write('ack 3', true);
    output.write('up', false);
    assert.deepEqual(told, []);
    await pipe.read();
    assert.equal(pipe.text, 'ack 1 that fills the pipe\ndown\nup\n');
    assert.deepEqual(told, [{ acknowledgements: 2, changes: 0 }]);
    output.write('ack 4', true);
    await pipe.read();
    assert.match(pipe.text, /up\nack 4\n$/);
    assert.equal(told.length, 1);
  });

  test('loses the oldest changes where too many wait, and is told at the end at the latest', async () => {
    const pipe = new SlowPipe();
    const told: DroppedLines[] = [];
    const output = new LineOutput(pipe, (dropped) => told.push(dropped), 3);
    output.write('first line', false);
    for (const line of ['a', 'b', 'c', 'd', 'e']) output.write(line, false);
    output.end();
    output.end();
    output.write('late', false);
    await pipe.read();
    assert.equal(pipe.text, 'first line\nc\nd\ne\n');
    assert.deepEqual(told, [{ acknowledgements: 0, changes: 2 }]);
    assert.equal(pipe.listenerCount('drain'), 0);
  });

  test('who is gone for good is written nothing', () => {
    const pipe = new SlowPipe();
    const output = new LineOutput(pipe, () => assert.fail());
    pipe.destroy();
    output.write('x', false);
    output.end();
    assert.equal(pipe.text, '');
  });
});

describe('the first signals', () => {
  /** When each item begins. Each answers after `answersMs`. */
  function begin(count: number, rampMs: number, concurrency: number, answersMs: number): number[] {
    const clock = new ManualClock();
    const begunMs: number[] = [];
    const queue = new StartQueue({
      items: Array.from({ length: count }, (_, index) => index),
      spacingMs: planSpacing(count, rampMs),
      concurrency,
      clock,
      start: (index) => {
        begunMs[index] = clock.nowMs();
        clock.startTimer(answersMs, () => queue.answered());
      },
    });
    queue.begin();
    clock.advance(200_000);
    assert.equal(clock.pendingTimers, 0);
    return begunMs;
  }

  test('of a few go out at once', () => {
    assert.deepEqual(
      begin(AT_ONCE, 15_000, 256, 1),
      Array.from({ length: AT_ONCE }, () => 0),
    );
  });

  test('of hundreds follow each other after 10 ms, of thousands within the ramp', () => {
    const hundred = begin(100, 15_000, 256, 1);
    assert.equal(hundred.at(-1), 900);
    const thousands = begin(3_010, 15_000, 256, 1);
    assert.equal(Math.round(thousands.at(-1) ?? 0), 15_000);
    for (let fromMs = 0; fromMs < 15_000; fromMs += 1_000) {
      const perSecond = thousands.filter((ms) => ms >= fromMs && ms < fromMs + 1_000).length;
      assert.ok(perSecond >= 199 && perSecond <= 201 + AT_ONCE, `${perSecond} from ${fromMs} on`);
    }
  });

  test('never outnumber the concurrency, and all of them go out, in their order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 300 }),
        (count, rampMs, concurrency, answersMs) => {
          const begunMs = begin(count, rampMs, concurrency, answersMs);
          assert.equal(begunMs.length, count);
          for (const [index, ms] of begunMs.entries()) {
            assert.ok(ms >= (begunMs[index - 1] ?? 0));
            // The one so many places before it has had its answer.
            const before = begunMs[index - concurrency];
            if (before !== undefined) assert.ok(ms >= before + answersMs - 1e-6, `${index}: ${ms}`);
          }
        },
      ),
    );
  });

  test('do not go out any more once it was stopped', () => {
    const clock = new ManualClock();
    let begun = 0;
    const options = { items: [...Array(100).keys()], spacingMs: 10, concurrency: 256, clock };
    const queue = new StartQueue({ ...options, start: () => void (begun += 1) });
    queue.begin();
    clock.advance(100);
    queue.stop();
    queue.answered();
    clock.advance(10_000);
    assert.equal(begun, AT_ONCE + 10);
    assert.equal(queue.started, begun);
  });
});

describe('figures', () => {
  test('have three digits and a unit', () => {
    assert.deepEqual([0.004, 0.42, 0.9996, 1, 12.34, 245.4, 999.6, 1_240, 61_000].map(formatRtt), [
      '0.00 ms',
      '0.42 ms',
      '1 ms',
      '1 ms',
      '12.3 ms',
      '245 ms',
      '1 s',
      '1.24 s',
      '61 s',
    ]);
    assert.deepEqual([0, 999, 59_999, 60_000, 185_000, 3_600_000, 90_000_000].map(formatElapsed), [
      '0s',
      '0s',
      '59s',
      '1m00s',
      '3m05s',
      '1h00m',
      '1d01h',
    ]);
  });

  test('say 100 % only where nothing is missing', () => {
    assert.equal(formatShare(99_999, 100_000), '99.99 %');
    assert.equal(formatShare(3, 3), '100 %');
    assert.equal(formatShare(0, 0), '–');
  });

  test('and words of peers have no control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(printable(text), /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u);
      }),
    );
    assert.equal(printable('plain – text ✓'), 'plain – text ✓');
  });
});
