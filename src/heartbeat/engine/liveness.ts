// The other half of a heartbeat, for streams on which only the peer sends: nothing is asked, so all there is to go by is how long it was silent.
import type { LoopClock } from '../../io/clock.ts';
import { ClockWatch } from './clock-watch.ts';
import { MovableTimer } from './movable-timer.ts';

/** Who is told by a {@link LivenessWatch}. */
export interface LivenessSink {
  /** Nothing was received for so long. Told once; the watch has stopped. */
  onStale(silentMs: number): void;
  /** The program did not run for longer than the deadline: that says nothing of the peer, and the deadline begins anew. */
  onResumed?(sleptMs: number): void;
}

/** Watches over one stream. */
export class LivenessWatch {
  readonly #clock: LoopClock;
  readonly #sink: LivenessSink;
  readonly #sleep: ClockWatch;
  readonly #timer: MovableTimer;
  #deadlineMs: number;
  #heardAtMs = 0;
  #state: 'stopped' | 'watching' | 'suspended' = 'stopped';

  /** `deadlineMs`: the longest silence; Infinity: any. */
  constructor(clock: LoopClock, deadlineMs: number, sink: LivenessSink) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#sink = sink;
    this.#sleep = new ClockWatch(clock);
    this.#timer = new MovableTimer(clock, false, (lateMs) => this.#onDue(lateMs));
  }

  /** The longest silence. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** A change counts from what was heard last. */
  set deadlineMs(deadlineMs: number) {
    if (deadlineMs === this.#deadlineMs) return;
    this.#deadlineMs = deadlineMs;
    if (this.#state === 'watching') this.#arm();
  }

  /** For how long nothing was received. */
  get silentMs(): number {
    return this.#clock.nowMs() - this.#heardAtMs;
  }

  /** Begins, or begins anew. */
  start(): void {
    this.#state = 'watching';
    this.#sleep.sleptMs();
    this.#heardAtMs = this.#clock.nowMs();
    this.#arm();
  }

  /** Bytes of the peer arrived, whatever they say. */
  received(): void {
    this.#heardAtMs = this.#clock.nowMs();
    if (this.#state === 'watching') this.#timer.postpone(this.#heardAtMs + this.#deadlineMs);
  }

  /** Nobody reads, so nothing can be heard: no silence counts until `unsuspend()`. */
  suspend(): void {
    if (this.#state !== 'watching') return;
    this.#state = 'suspended';
    this.#timer.disarm();
  }

  unsuspend(): void {
    if (this.#state === 'suspended') this.start();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#timer.disarm();
  }

  #arm(): void {
    if (this.#deadlineMs === Infinity) this.#timer.disarm();
    else this.#timer.arm(this.#heardAtMs + this.#deadlineMs);
  }

  #onDue(lateMs: number): void {
    const sleptMs = this.#sleep.sleptMs(lateMs);
    if (sleptMs > this.#deadlineMs) {
      this.#sink.onResumed?.(sleptMs);
      return this.start();
    }
    const heardAtMs = this.#heardAtMs;
    // Timers come before sockets in a turn of the loop: where the program was busy, what arrived meanwhile is seen first.
    this.#clock.afterPoll(() => {
      if (this.#state !== 'watching' || this.#timer.isArmed) return;
      if (this.#heardAtMs !== heardAtMs) return this.#arm();
      this.#state = 'stopped';
      this.#sink.onStale(this.silentMs);
    });
  }
}
