// A heartbeat in figures.
import type { HeartbeatState } from './machine.ts';
import type { AdaptiveStats } from './path-learning.ts';
import type { RoundTripStats } from './round-trips.ts';

/** See {@link Heartbeat.stats}. */
export interface HeartbeatStats {
  readonly state: HeartbeatState;
  /** For how long the peer has been believed well, suspect or down. */
  readonly sinceMs: number;
  /** Signals that went out. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Signals that were missed, in all. */
  readonly missedInAll: number;
  /** Signals in a row that were missed by now. */
  readonly missed: number;
  /** How often the peer went down. */
  readonly downs: number;
  /** The interval in force, without jitter. */
  readonly intervalMs: number;
  /** Time to the next signal; undefined where none is planned. */
  readonly nextInMs: number | undefined;
  readonly rtt: RoundTripStats;
  /** What the search for the longest interval has come to; undefined unless `adaptive`. */
  readonly adaptive: AdaptiveStats | undefined;
}
