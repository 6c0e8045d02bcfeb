// When the next signal goes out: what was asked for, what the search has come to, what the peer puts up with, and a little chance.
import type { NextSignal } from './machine.ts';
import type { ResolvedHeartbeatOptions } from './options.ts';
import type { PathLearning } from './path-learning.ts';

/** See the head of the file. */
export class Rhythm {
  readonly #options: ResolvedHeartbeatOptions;
  readonly #origin: string;
  readonly #learning: PathLearning | undefined;
  #lastSentMs = -Infinity;
  /** The interval that the last signal kept to, 0 where there was none, and that which the next one keeps to. */
  #lastKeptMs = 0;
  #nextKeepsMs = 0;

  constructor(options: ResolvedHeartbeatOptions, learning: PathLearning | undefined) {
    this.#options = options;
    this.#origin = options.probe.origin ?? options.probe.target;
    this.#learning = learning;
  }

  /** The interval in force, without jitter. */
  get intervalMs(): number {
    const wantedMs = this.#learning?.intervalMs ?? this.#options.intervalMs;
    return Math.max(wantedMs, this.#options.calm.intervalMs(this.#origin));
  }

  delayMs(next: NextSignal, nowMs: number): number {
    switch (next) {
      case 'first':
        return this.#options.initialDelayMs;
      case 'interval':
        return this.nextDelayMs();
      case 'retry':
        // Who refuses at once is asked as often as who says nothing: down means the same for both.
        return Math.max(0, this.#lastSentMs + this.#options.timeoutMs - nowMs);
      case 'now':
        return 0;
    }
  }

  /** Jitter only shortens: an interval that was chosen below an idle timeout stays below it. */
  nextDelayMs(): number {
    const { jitter, random } = this.#options;
    this.#nextKeepsMs = this.intervalMs;
    return this.#learning === undefined ? this.#nextKeepsMs * (1 - jitter * random()) : this.#nextKeepsMs;
  }

  signalled(nowMs: number): void {
    this.#lastSentMs = nowMs;
    this.#lastKeptMs = this.#nextKeepsMs;
  }

  /** The peer asked for fewer signals. Others may have been told the same already: what was too short is what this one kept to. */
  calm(): void {
    const { calm, maxIntervalMs } = this.#options;
    calm.calm(this.#origin, this.#lastKeptMs === 0 ? this.intervalMs : this.#lastKeptMs, maxIntervalMs);
  }
}
