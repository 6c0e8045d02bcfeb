// Changes on their way to one place: a bounded line, a bounded number at a time, those of one target one after the other. What is
// delivered and how is for others to say.
import { systemClock } from '../../../io/index.ts';
import type { Clock } from '../../../io/index.ts';
import { printable } from '../../../text/index.ts';
import type { Notifier, NotifyReport, WatchChange } from './notifier.ts';

/** How the line behaves. */
export interface DeliveryLimits {
  /** Changes that may wait. Default 1,000: every target of a large list may change at once. Above it the oldest is dropped. */
  readonly mostWaiting?: number;
  /** Deliveries under way. Default 4: a command takes a process, a webhook a connection, and both take others' time. */
  readonly mostUnderWay?: number;
  /** How long `close` waits for what is there. Default 10,000: as long as whoever pressed Ctrl-C will wait. */
  readonly closeWithinMs?: number;
  /** After how long `close` tells that it waits. Default 1,000: what takes no longer seems to be done at once. */
  readonly noticeAfterMs?: number;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/** What a delivery may take into account. */
export interface DeliveryMoment {
  /** Aborted when the time of `close` is up: it must end now. */
  readonly isOver: AbortSignal;
  /** Aborted when `close` is called: no time for a pause any more. */
  readonly isClosing: AbortSignal;
}

/** What is special about one place. */
export interface DeliveryPlace {
  /** How lines of it begin: `webhook https://hooks.example`. */
  readonly name: string;
  readonly tell: (line: string) => void;
  /** Delivers one change, or rejects with what is told, without secrets. */
  deliver(change: WatchChange, moment: DeliveryMoment): Promise<void>;
  /** Afterwards. */
  end?(): Promise<void> | void;
}

/** See the head of the file. */
export class Deliveries implements Notifier {
  readonly #place: DeliveryPlace;
  readonly #limits: Required<DeliveryLimits>;
  readonly #over = new AbortController();
  readonly #closing = new AbortController();
  #waiting: WatchChange[] = [];
  /** The targets of what is under way. */
  readonly #underWay = new Set<string>();
  #delivered = 0;
  #failed = 0;
  #dropped = 0;
  #isDropping = false;
  #onEmpty: (() => void) | undefined;
  #closed: Promise<NotifyReport> | undefined;

  constructor(place: DeliveryPlace, limits: DeliveryLimits = {}) {
    const { mostWaiting = 1_000, mostUnderWay = 4, closeWithinMs = 10_000, clock = systemClock } = limits;
    const { noticeAfterMs = 1_000 } = limits;
    this.#place = place;
    this.#limits = { mostWaiting, mostUnderWay, closeWithinMs, noticeAfterMs, clock };
  }

  notify(change: WatchChange): void {
    if (this.#closed !== undefined) return;
    this.#waiting.push(change);
    this.#startMore();
    if (this.#waiting.length <= this.#limits.mostWaiting) return;
    this.#waiting.shift();
    this.#dropped += 1;
    if (this.#isDropping) return;
    this.#isDropping = true;
    this.#tell(`more than ${this.#limits.mostWaiting} changes wait; the oldest are dropped`);
  }

  close(): Promise<NotifyReport> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<NotifyReport> {
    this.#closing.abort();
    if (this.#underWay.size > 0) {
      const { clock, closeWithinMs, noticeAfterMs } = this.#limits;
      const empty = new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
      const timer = clock.startTimer(closeWithinMs, () => this.#giveUp(), true);
      const notice =
        noticeAfterMs < closeWithinMs ? clock.startTimer(noticeAfterMs, () => this.#tellWaiting()) : undefined;
      await empty;
      timer.stop();
      notice?.stop();
    }
    await this.#place.end?.();
    if (this.#dropped > 0) this.#tell(`${this.#dropped} changes were dropped`);
    return { delivered: this.#delivered, failed: this.#failed, dropped: this.#dropped };
  }

  #tellWaiting(): void {
    const { closeWithinMs } = this.#limits;
    const left = this.#waiting.length + this.#underWay.size;
    if (left > 0)
      this.#tell(`still telling ${left} ${left === 1 ? 'change' : 'changes'}, for ${closeWithinMs} ms at most`);
  }

  #giveUp(): void {
    const { closeWithinMs } = this.#limits;
    this.#tell(
      `given up after ${closeWithinMs} ms, with ${this.#waiting.length + this.#underWay.size} changes not told`,
    );
    this.#failed += this.#waiting.length;
    this.#waiting = [];
    this.#over.abort(new Error('the time was up'));
  }

  #startMore(): void {
    while (this.#underWay.size < this.#limits.mostUnderWay) {
      // In order for each target: nobody wants to hear of the end before the beginning.
      const next = this.#waiting.findIndex(({ target }) => !this.#underWay.has(target));
      const [change] = next === -1 ? [] : this.#waiting.splice(next, 1);
      if (change === undefined) break;
      void this.#deliver(change);
    }
    if (this.#waiting.length === 0) this.#isDropping = false;
    if (this.#underWay.size === 0) this.#onEmpty?.();
  }

  async #deliver(change: WatchChange): Promise<void> {
    this.#underWay.add(change.target);
    try {
      await this.#place.deliver(change, { isOver: this.#over.signal, isClosing: this.#closing.signal });
      this.#delivered += 1;
    } catch (error) {
      this.#failed += 1;
      this.#tell(`${change.type} of ${change.target}: ${(error as Error).message}`);
    }
    this.#underWay.delete(change.target);
    this.#startMore();
  }

  #tell(text: string): void {
    this.#place.tell(printable(`${this.#place.name}: ${text}`));
  }
}
