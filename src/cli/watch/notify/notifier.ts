// What `perdura watch` tells whoever wants to know of a change, and what a way of telling looks like from there.
import type { HeartbeatEventOf } from '../../../heartbeat/index.ts';

/** A target went down, came back, or the program slept. */
export type WatchChange = HeartbeatEventOf<'down' | 'up' | 'resumed'>;

/** What became of the changes that a notifier was told of. */
export interface NotifyReport {
  readonly delivered: number;
  /** Given up: the command failed, the webhook refused for good, or the time was up. */
  readonly failed: number;
  /** Thrown away unsent, the oldest first, because too many waited. */
  readonly dropped: number;
}

/** One way to tell of changes. */
export interface Notifier {
  /** Returns at once and never throws: what it starts runs beside the heartbeats. */
  notify(change: WatchChange): void;
  /** Waits for what is under way, but not for ever, and takes no further change. Called again, it returns the same promise. */
  close(): Promise<NotifyReport>;
}

/** What every notifier is given. */
export interface NotifyTools {
  /** Prints a line for people; lines of a notifier begin with its name. */
  readonly tell: (line: string) => void;
}
