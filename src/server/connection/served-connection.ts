// A connection as those see it who look after all of them: deadlines, shedding, draining. Types only.
import type { CloseReason } from '../../http/close-reason.ts';
import type { ConnectionInfo, ConnectionState } from '../../trace.ts';

/** One connection of a server. */
export interface ServedConnection {
  /** Counts up from 1 within one server. */
  readonly id: number;
  /** Since when it is idle, on the monotonic clock; meaningless while it is not. */
  readonly idleAtMs: number;
  /** Until when this idle connection was promised to be kept; 0 where nothing was promised. */
  readonly promisedUntilMs: number;
  /** `opened` until the first request. */
  readonly state: ConnectionState;
  info(): ConnectionInfo;
  /** Its deadline is due. */
  onDeadline(): void;
  /** The server begins to shut down: tells the peer to bring no more work, where the protocol can (GOAWAY). What is under way goes on. */
  announceDraining(): void;
  /** Ends it in an orderly way if it is doing nothing; returns whether it did. */
  closeIdle(reason: CloseReason): boolean;
  /** Ends it at once. */
  destroy(reason: CloseReason): void;
}
