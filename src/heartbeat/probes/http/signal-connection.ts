// What a kept connection is for whoever keeps it: it takes one signal at a time, and says what became of it. No protocol in here.

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
