// The deadlines of requests and answers on connections that carry many of them at once. One set of lists for each server.
import { Deadline } from '../../io/index.ts';
import type { Clock, DeadlineList, DeadlineSchedule } from '../../io/index.ts';
import type { ServerTimeouts } from '../options/timeouts.ts';

/** Whoever is under a deadline of a stream. What a deadline is computed from is asked of it. */
export interface DeadlinedStream {
  /** Bytes of the request's body that arrived. */
  readonly receivedBytes: number;
  /** Bytes of the answer's body that have left. */
  readonly takenBytes: number;
  /** The rest of the request's body is late. */
  onBodyDue(): void;
  /** The client has not taken the answer in time. */
  onWriteDue(): void;
}

/** See the head of the file. */
export class StreamDeadlines {
  readonly clock: Clock;
  readonly timeouts: Required<ServerTimeouts>;
  readonly body: DeadlineList<DeadlinedStream>;
  readonly write: DeadlineList<DeadlinedStream>;

  constructor(clock: Clock, schedule: DeadlineSchedule, timeouts: Required<ServerTimeouts>) {
    this.clock = clock;
    this.timeouts = timeouts;
    this.body = schedule.addList((stream) => stream.onBodyDue());
    this.write = schedule.addList((stream) => stream.onWriteDue());
  }
}

/** The one deadline that a stream is under, if it is. */
export class StreamDeadline extends Deadline<DeadlinedStream> {
  readonly #lists: StreamDeadlines;
  #sinceMs = 0;
  #takenBytes = 0;

  constructor(stream: DeadlinedStream, lists: StreamDeadlines) {
    super(stream);
    this.#lists = lists;
  }

  /** Begins anew: `body` waits for the rest of the request, `write` for the client to take what was written, undefined for nothing. */
  enter(phase: 'body' | 'write' | undefined): void {
    const { clock, timeouts, body, write } = this.#lists;
    if (phase === undefined) {
      this.clear();
    } else if (phase === 'body') {
      this.#sinceMs = clock.nowMs();
      body.set(this, this.#bodyDueMs());
    } else {
      this.#takenBytes = this.owner.takenBytes;
      write.set(this, clock.nowMs() + timeouts.writeMs);
    }
  }

  /** Whether something happened meanwhile that moves it. To move it at once would cost more. */
  extend(phase: 'body' | 'write'): boolean {
    if (phase === 'write') {
      if (this.owner.takenBytes <= this.#takenBytes) return false;
      this.enter('write');
      return true;
    }
    const dueMs = this.#bodyDueMs();
    if (dueMs <= this.#lists.clock.nowMs()) return false;
    this.#lists.body.set(this, dueMs);
    return true;
  }

  /** Each byte earns its share of a second (Apache's MinRate). */
  #bodyDueMs(): number {
    const { bodyMs, bodyMaxMs, bodyMinRateBytesPerSecond } = this.#lists.timeouts;
    const earnedMs = bodyMs + (this.owner.receivedBytes / bodyMinRateBytesPerSecond) * 1000;
    return this.#sinceMs + Math.min(earnedMs, bodyMaxMs);
  }
}
