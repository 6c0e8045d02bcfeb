// What became of the latest signals to a target, and how that is drawn in a few characters.

/** Signals that are remembered: as many as the table has room for. */
export const TRAIL_LENGTH = 20;

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** For terminals that know no more. */
const PLAIN = ['_', '.', '-', '~', '=', '+', '^', '#'];

/** See the head of the file. */
export class SignalTrail {
  readonly #recent = new Float32Array(TRAIL_LENGTH);
  #count = 0;

  /** A round trip in milliseconds, NaN where it was not measured, Infinity where the signal was missed. */
  add(rttMs: number): void {
    this.#recent[this.#count % TRAIL_LENGTH] = rttMs;
    this.#count += 1;
  }

  /** The latest, oldest first. */
  recent(): number[] {
    const known = Math.min(this.#count, TRAIL_LENGTH);
    return Array.from({ length: known }, (_, index) => {
      return this.#recent[(this.#count - known + index) % TRAIL_LENGTH]!;
    });
  }
}

/**
 * Round trips as a line of blocks. The lowest block is the shortest of them and each further one a doubling: so what jitters by a
 * third looks flat, and what takes ten times as long does not. Missed signals are crosses.
 */
export function formatSparkline(rttMs: readonly number[], isUnicode: boolean): string {
  const measured = rttMs.filter((value) => Number.isFinite(value));
  // A loopback of some microseconds doubles by chance.
  const lowestMs = Math.max(Math.min(...measured), 0.05);
  const steps = isUnicode ? BLOCKS : PLAIN;
  return rttMs
    .map((value) => {
      if (value === Infinity) return isUnicode ? '×' : 'x';
      if (Number.isNaN(value)) return ' ';
      const doublings = Math.max(0, Math.floor(Math.log2(value / lowestMs)));
      return steps[Math.min(doublings, steps.length - 1)]!;
    })
    .join('');
}
