// One timer that is moved far more often than it fires.
import type { Clock, ClockTimer } from '../../io/clock.ts';

/** Moved to a later time it is left alone, and started anew for the rest when it fires: each piece of a busy stream moves it. */
export class MovableTimer {
  readonly #clock: Clock;
  readonly #holdsProcess: boolean;
  readonly #onDue: (lateMs: number) => void;
  #timer: ClockTimer | undefined;
  #timerMs = Infinity;
  #dueMs = Infinity;

  /** `onDue` is told by how much it is late. */
  constructor(clock: Clock, holdsProcess: boolean, onDue: (lateMs: number) => void) {
    this.#clock = clock;
    this.#holdsProcess = holdsProcess;
    this.#onDue = onDue;
  }

  /** When it is due, on the clock's monotonic scale; Infinity where it is not armed. */
  get dueMs(): number {
    return this.#dueMs;
  }

  get isArmed(): boolean {
    return this.#timer !== undefined;
  }

  /** Sets it to `dueMs`, wherever it stands. */
  arm(dueMs: number): void {
    this.#dueMs = dueMs;
    if (this.#timer !== undefined && this.#timerMs <= dueMs) return;
    this.#timer?.stop();
    this.#timerMs = dueMs;
    this.#timer = this.#clock.startTimer(dueMs - this.#clock.nowMs(), this.#onTimer, this.#holdsProcess);
  }

  /** Moves it, where it is armed. A time before the one that it was started for takes effect when that has come. */
  postpone(dueMs: number): void {
    if (this.#timer !== undefined) this.#dueMs = dueMs;
  }

  disarm(): void {
    this.#timer?.stop();
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#dueMs) return this.arm(this.#dueMs);
    this.#onDue(nowMs - Math.max(this.#dueMs, this.#timerMs));
  };
}
