// What a kept connection is for whoever keeps it: it takes one signal at a time, and says what became of it. No protocol in here.
import { PerduraError } from '../../../errors.ts';

/** A connection that takes signals. */
export interface SignalConnection {
  /** Whether it takes a signal now: it is open, silent, and the peer has not said that it will end. */
  readonly isReady: boolean;
  /** Sends one. What becomes of it is told to the owner, not before this returns. */
  signal(): void;
  /** Ends it at once; nothing more is told. Harmless where it has ended. */
  destroy(): void;
}

/** What a connection tells its owner. Nothing is told of a connection that the owner has destroyed. */
export interface SignalConnectionOwner {
  /** The signal is acknowledged. Whether another one can follow is told by `isReady`. */
  onAcknowledged(rttMs: number, detail: string): void;
  /** The same by what the peer said of its own accord, so long ago: nothing went there and back. */
  onHeard(heardMsAgo: number, detail: string): void;
  /** It was answered, but not as is wanted. */
  onRejected(error: Error): void;
  /** The connection ended before the signal was acknowledged. `mayRepeat`: sent again on another one, it cannot count twice. */
  onUnanswered(error: Error, mayRepeat: boolean): void;
  /** It ended behind the last answer, in a way that the protocol provides for. */
  onEnded(): void;
  /** It ended between signals, in a way that the protocol does not provide for. */
  onLost(reason: string): void;
  /** The peer gave a sign of life that acknowledges nothing. */
  onReceived(): void;
  /** The peer asks for fewer signals; `apartMs` where it says how far apart they should be. */
  onCalm(reason: string, apartMs: number | undefined): void;
}

/** A signal that nobody answered, because its connection ended. */
export function connectionLost(message: string, cause: Error | undefined): PerduraError {
  return new PerduraError('ERR_PERDURA_CONNECTION_LOST', message, cause === undefined ? {} : { cause });
}

/** How the kernel or TLS says that it is over; without an error it was the peer, in order. */
export function describeLoss(error: Error | undefined): string {
  if (error === undefined) return 'the server ended the connection';
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' ? 'the connection was reset' : `the connection broke: ${error.message}`;
}
