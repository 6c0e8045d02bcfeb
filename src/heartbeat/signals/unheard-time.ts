// For how long nobody has read what a peer says, such as while the application has paused its connection: what the peer answers lies in the
// kernel then, and its silence means nothing.
import type { Clock } from '../../io/clock.ts';

/** See the head of the file. */
export class UnheardTime {
  readonly #clock: Clock;
  readonly #isUnheard: () => boolean;
  #totalMs = 0;
  /** When it was looked at last, and what was seen. */
  #lookedAtMs: number;
  #wasUnheard: boolean;

  /** `isUnheard`: how it is just now. */
  constructor(clock: Clock, isUnheard: () => boolean) {
    this.#clock = clock;
    this.#isUnheard = isUnheard;
    this.#lookedAtMs = clock.nowMs();
    this.#wasUnheard = isUnheard();
  }

  /** It began or ended this moment. */
  changed(): void {
    this.#look(this.#wasUnheard);
  }

  /** In all. Where nobody has told of a change it may have been at any time since the last look: in doubt for the peer. */
  get totalMs(): number {
    this.#look(this.#wasUnheard || this.#isUnheard());
    return this.#totalMs;
  }

  #look(isCounted: boolean): void {
    const nowMs = this.#clock.nowMs();
    if (isCounted) this.#totalMs += nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    this.#wasUnheard = this.#isUnheard();
  }
}
