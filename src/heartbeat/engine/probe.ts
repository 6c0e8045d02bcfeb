// What a heartbeat needs of a connection: a way to send one signal that asks for nothing but an acknowledgement.

/** What the peer's answer to one signal tells. */
export interface Acknowledgement {
  /** The round trip as the probe measured it, without the opening of a connection. Default: the time from `send` to its end. */
  readonly rttMs?: number;
  /**
   * How long ago the peer said what acknowledges the signal, where it speaks by itself and was heard before it was asked: the next signal is
   * due an interval behind that, so that a silence is noticed as soon as any other. Default 0.
   */
  readonly heardMsAgo?: number;
  /** Nothing went there and back, such as where the kernel watches the connection: no round trip is noted. Default false. */
  readonly isUnmeasured?: boolean;
  /**
   * 'new' where a connection had to be opened for this signal: there was none, or the one before was lost while it was silent.
   * Default 'kept'.
   */
  readonly connection?: 'kept' | 'new';
  /**
   * With 'new': for how long the connection before had been silent when it ended, where that was seen: 0 where the peer ended it right
   * after its answer. Default: until this signal. Without it the adaptive search takes a peer that ends each connection after so many
   * answers for a path that forgets.
   */
  readonly endedAfterMs?: number;
  /** What was answered, in a word or two for people: `PONG`, `204`. */
  readonly detail?: string;
}

/** What a probe tells its heartbeat between signals. May be called at any time; after `close` it does nothing. */
export interface ProbeSink {
  /** Bytes of the peer arrived that acknowledge no signal: the peer lives. */
  onReceived(): void;
  /** Bytes other than a signal were sent to the peer. */
  onSent(): void;
  /** The connection ended as it should not have: the next signal goes out at once. Not for ends that the protocol provides for. */
  onLost(reason: string): void;
  /** The peer asks for fewer signals: ENHANCE_YOUR_CALM, a policy close. The interval is doubled, and that is remembered. */
  onCalm(reason: string): void;
  /** Bytes to the peer queue up, so that a signal would only queue up behind them; false when they no longer do. */
  onBlocked(isBlocked: boolean): void;
}

/** One peer that can be asked for a sign of life. A heartbeat sends one signal at a time. */
export interface Probe {
  /** What is probed, for people: `http://127.0.0.1:8080/`. No passwords. */
  readonly target: string;
  /** False where each signal is a connection of its own, so that none is ever silent. Default true. */
  readonly keepsConnection?: boolean;
  /** Under what name it is remembered that the peer wants fewer signals. Default: the target. */
  readonly origin?: string;
  /**
   * For how long in all nobody has read what the peer says, such as while the application has paused its connection. An
   * acknowledgement may lie there unread: what of this falls into the wait for it is added to its deadline. Default: 0 at all times.
   */
  readonly unheardMs?: number;
  /** Called once, before the first signal. */
  attach?(sink: ProbeSink): void;
  /**
   * Sends one signal and resolves when it is acknowledged, opening a connection first where there is none. Rejects where no
   * acknowledgement can come. `signal` is aborted when the deadline passes: then it rejects, and what cannot tell a late
   * acknowledgement from that of the next signal gives its connection up.
   */
  send(signal: AbortSignal): Promise<Acknowledgement | void>;
  /**
   * Gives the connection up. `send` is called again only where the heartbeat is started anew, or is adaptive and wants to know whether
   * it was the connection or the peer that did not answer: then over a new one.
   */
  close?(): void;
}

/** A probe as a plain function: resolves when the signal is acknowledged. */
export type ProbeFunction = (signal: AbortSignal) => Promise<Acknowledgement | void>;

/** A function as a probe, named as the function is; a probe as it is. */
export function toProbe(given: Probe | ProbeFunction): Probe {
  if (typeof given !== 'function') return given;
  // Also for one that promises nothing, which acknowledges by coming back.
  return { target: given.name === '' ? 'probe' : given.name, send: async (signal) => given(signal) };
}
