// What is told of a stream of events beside its events.
import type { ResponseConnection } from '../response/session-response.ts';

/** What every state tells. */
interface AnyState<Type extends string> {
  readonly type: Type;
  /** What the stream goes on behind; '' where no event had an id. */
  readonly lastEventId: string;
}

/** The server answered with a stream. */
export interface OpenState extends AnyState<'open'> {
  /** Where redirects led to. */
  readonly url: string;
  readonly connection: ResponseConnection;
  /** How often the stream was opened, this time included. */
  readonly openings: number;
}

/** Nothing came for too long: the connection is given up. 'reconnecting', or 'over', follows. */
export interface StaleState extends AnyState<'stale'> {
  readonly silentMs: number;
  /** The silence that was allowed. */
  readonly livenessMs: number;
}

/** The stream ended, or could not be opened, and is opened again after a wait. */
export interface ReconnectingState extends AnyState<'reconnecting'> {
  readonly delayMs: number;
  /** Attempts in a row that came to nothing; 0 where a stream was open for longer than was waited for it, or was ended behind an event. */
  readonly failures: number;
  /** In words, without a full stop. */
  readonly reason: string;
  /** Undefined where the server ended the stream in good order, or answered. */
  readonly error: Error | undefined;
}

/** No further event will come. */
export interface OverState extends AnyState<'over'> {
  /**
   * 'noContent': the server answered 204, which asks the client to stay away; 'ended': it ended a stream that is not opened again; 'closed': we
   * closed it, or the session; 'aborted': its signal did; 'failed': with the error that the iteration has thrown.
   */
  readonly because: 'noContent' | 'ended' | 'closed' | 'aborted' | 'failed';
  readonly error: unknown;
}

/** Everything that `onState` is told. */
export type EventsState = OpenState | StaleState | ReconnectingState | OverState;
