// What a heartbeat tells, typed by its name.
import type { SearchPhase } from './interval-search.ts';

/** What every event tells. */
interface AnyEvent<Type extends string> {
  readonly type: Type;
  /** When, by the wall clock. */
  readonly at: Date;
  /** What is probed. */
  readonly target: string;
  /** Signals in a row that were not acknowledged, this one included. */
  readonly missed: number;
  /** The round trip; undefined where none was measured. */
  readonly rttMs: number | undefined;
  /** In words, without a full stop; undefined where there is nothing to explain. */
  readonly reason: string | undefined;
}

/** A signal was acknowledged. */
export interface AckEvent extends AnyEvent<'ack'> {
  /** Whether the connection is the one of the signal before. Where it is not, `reason` says how that one ended, if that is known. */
  readonly connection: 'kept' | 'new';
  /** What was answered, in a word or two. */
  readonly detail: string | undefined;
}

/** A signal was not acknowledged in time, or could not be sent. */
export interface MissedEvent extends AnyEvent<'missed'> {
  /** What failed; undefined where nothing did and the time ran out. */
  readonly error: Error | undefined;
}

/** So many signals in a row were missed that the peer counts as gone. */
export interface DownEvent extends AnyEvent<'down'> {
  readonly error: Error | undefined;
}

/** A peer that was down gave a sign of life. */
export interface UpEvent extends AnyEvent<'up'> {
  /** How long it was down. */
  readonly downMs: number;
}

/** The machine slept, or the process did not run, for longer than the interval: nothing that was missed meanwhile counts. */
export interface ResumedEvent extends AnyEvent<'resumed'> {
  /** For how long, about. */
  readonly sleptMs: number;
}

/** The peer asked for fewer signals. */
export interface CalmedEvent extends AnyEvent<'calmed'> {
  readonly intervalMs: number;
}

/** The adaptive search took another interval, or knows more about the one it has. */
export interface AdaptedEvent extends AnyEvent<'adapted'> {
  readonly intervalMs: number;
  /** Longest silence that a connection survived. */
  readonly survivedMs: number;
  /** Shortest silence that it did not survive; Infinity where none is known. */
  readonly diedMs: number;
  /** Where the search is: `checking` and `looking` are short breaks of `holding`. */
  readonly phase: SearchPhase;
  /** Whether the search is over. */
  readonly isHolding: boolean;
}

/** Their names. */
export const HEARTBEAT_EVENT_TYPES: readonly HeartbeatEventType[] = [
  'ack',
  'missed',
  'down',
  'up',
  'resumed',
  'calmed',
  'adapted',
];

/** Everything that a heartbeat tells. */
export type HeartbeatEvent = AckEvent | MissedEvent | DownEvent | UpEvent | ResumedEvent | CalmedEvent | AdaptedEvent;

export type HeartbeatEventType = HeartbeatEvent['type'];

/** The event of a name. */
export type HeartbeatEventOf<Type extends HeartbeatEventType> = Extract<HeartbeatEvent, { readonly type: Type }>;
