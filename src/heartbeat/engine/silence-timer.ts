// Tells when nothing was sent for an interval, again and again: for signs of life that nobody acknowledges. A comment in an event stream has no
// answer, so there is nothing that could be missed, no state and no round trip: of the heartbeat's engine only its timer is of use.
import type { Clock } from '../../io/clock.ts';
import { MovableTimer } from './movable-timer.ts';

/** What a {@link SilenceTimer} needs. */
export interface SilenceTimerOptions {
  readonly clock: Clock;
  /** Infinity: never. */
  readonly intervalMs: number;
  /** By what share of it an interval may be shorter, by chance: all clients of one broadcast were sent something at the same time. */
  readonly jitter: number;
  readonly random: () => number;
}

/** See the head of the file. It does not keep the process alive: a connection that is open does. */
export class SilenceTimer {
  readonly #options: SilenceTimerOptions;
  readonly #onSilent: () => void;
  readonly #timer: MovableTimer;
  #isRunning = false;

  constructor(options: SilenceTimerOptions, onSilent: () => void) {
    this.#options = options;
    this.#onSilent = onSilent;
    this.#timer = new MovableTimer(options.clock, false, () => this.#onDue());
  }

  /** The first interval begins now. */
  start(): void {
    if (this.#isRunning || this.#options.intervalMs === Infinity) return;
    this.#isRunning = true;
    this.#timer.arm(this.#nextMs());
  }

  /** Something else was sent: the interval begins anew. */
  sent(): void {
    this.#timer.postpone(this.#nextMs());
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer.disarm();
  }

  #onDue(): void {
    this.#onSilent();
    if (this.#isRunning) this.#timer.arm(this.#nextMs());
  }

  /** Jitter only shortens: an interval that was chosen below an idle timeout stays below it. */
  #nextMs(): number {
    const { clock, intervalMs, jitter, random } = this.#options;
    return clock.nowMs() + intervalMs * (1 - jitter * random());
  }
}
