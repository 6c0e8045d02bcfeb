// What becomes of a signal that queues up behind other bytes: as long as the peer takes some of them it is waited for, and not for ever.
import type { Clock, ClockTimer } from '../../io/clock.ts';

/** Bytes on their way to a peer. */
export interface Way {
  /** Whether the signal still waits behind others. */
  readonly isBlocked: boolean;
  /** A number that changes whenever the peer has taken something. */
  readonly progress: number;
}

/** Whoever gave the signal to the way. */
export interface WaySink {
  onBlocked(isBlocked: boolean): void;
  /** Nothing was taken for too long: the signal is not waited for any more. */
  onStalled(stalledMs: number): void;
}

/** How often a way is looked at that is blocked. Nobody tells when the kernel has taken a part of what waits. */
const LOOK_MS = 1_000;

/** One way. It costs nothing while signals leave at once. */
export class BlockedWay {
  readonly #clock: Clock;
  readonly #way: Way;
  readonly #sink: WaySink;
  readonly #stalledMs: number;
  #timer: ClockTimer | undefined;
  #isAwaited = false;
  #isBlocked = false;
  /** NaN: nothing was seen of it since it was free. */
  #progress = Number.NaN;
  #progressAtMs = 0;

  /** `stalledMs`: how long the peer may take nothing at all of what waits. */
  constructor(clock: Clock, way: Way, stalledMs: number, sink: WaySink) {
    this.#clock = clock;
    this.#way = way;
    this.#stalledMs = stalledMs;
    this.#sink = sink;
  }

  /** A signal was given to the way. Whether it has left is seen at the end of the turn: over TLS nothing leaves before. */
  signalled(): void {
    this.#isAwaited = true;
    this.#clock.endOfTurn(() => this.#look());
  }

  /** The signal has left, or came back as an acknowledgement. */
  freed(): void {
    this.#progress = Number.NaN;
    this.givenUp();
  }

  /** The signal is not waited for any more; what is known of the way stays known. */
  givenUp(): void {
    this.#isAwaited = false;
    this.#timer?.stop();
    this.#timer = undefined;
    this.#tell(false);
  }

  #look(): void {
    if (!this.#isAwaited) return;
    if (!this.#way.isBlocked) {
      this.freed();
      return;
    }
    const nowMs = this.#clock.nowMs();
    const { progress } = this.#way;
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#progressAtMs = nowMs;
    }
    this.#tell(true);
    this.#timer?.stop();
    const stalledMs = nowMs - this.#progressAtMs;
    if (stalledMs < this.#stalledMs) {
      this.#timer = this.#clock.startTimer(Math.min(LOOK_MS, this.#stalledMs - stalledMs), () => this.#look());
      return;
    }
    this.givenUp();
    this.#sink.onStalled(stalledMs);
  }

  #tell(isBlocked: boolean): void {
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#sink.onBlocked(isBlocked);
  }
}
