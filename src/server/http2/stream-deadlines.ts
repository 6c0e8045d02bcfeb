// The deadlines of requests and answers on connections that carry many of them at once. One set of lists for each server.
import type { Clock, DeadlineList, DeadlineSchedule } from '../../io/index.ts';

/** Whoever is under a deadline of a stream; under one at a time. */
export interface DeadlinedStream {
  /** The rest of the request's body is late. */
  onBodyDue(): void;
  /** The client has not taken the answer in time. */
  onWriteDue(): void;
}

/** See the head of the file. */
export class StreamDeadlines {
  readonly clock: Clock;
  readonly body: DeadlineList<DeadlinedStream>;
  readonly write: DeadlineList<DeadlinedStream>;

  constructor(clock: Clock, schedule: DeadlineSchedule) {
    this.clock = clock;
    this.body = schedule.addList((stream) => stream.onBodyDue());
    this.write = schedule.addList((stream) => stream.onWriteDue());
  }
}
