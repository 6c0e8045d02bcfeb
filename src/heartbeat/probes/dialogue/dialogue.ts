// What is said on a connection of a protocol in which one asks and the other answers: what is sent, and how an answer is read.
// Data and pure functions; dialogue-run.ts follows it.

/** What the bytes at the start of what was received are; a reader gives undefined where it needs more of them. */
export type Reply =
  /** What was asked for. `next`: what is said then; without it an opening is over. */
  | {
      readonly kind: 'accepted';
      readonly lengthBytes: number;
      readonly detail?: string;
      readonly next?: Turn | undefined;
    }
  /** The peer announces the end of the connection: a new one may do. */
  | { readonly kind: 'closing'; readonly reason: string }
  /** An answer, but none that acknowledges: to ask again would not help. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads one reply. Pure, and called again with more bytes as long as it gives undefined. */
export type ReplyReader = (received: Buffer) => Reply | undefined;

/** Something that is said, and what is to come back. */
export interface Turn {
  /** Missing where the peer speaks first. */
  readonly send?: Uint8Array | string;
  readonly read: ReplyReader;
}

/** One protocol, as far as a heartbeat needs it. Strings are latin1: one character, one byte. */
export interface Dialogue {
  /** What it speaks, for errors: `SMTP`. */
  readonly protocol: string;
  /** What comes before the first signal of a connection: a greeting, a log-in. Each turn names the next when its reply is read. */
  readonly opening?: Turn | undefined;
  /** The signal; `count` is its number on this connection, from 1. */
  signal(count: number): Turn;
  /**
   * Reads what the peer says while it is not asked; undefined where it needs more. Default: nothing may be said then, because what comes
   * late cannot be told from the answer to the next signal.
   */
  readonly readUnasked?: ReplyReader;
  /** The readers find their answer among what was said unasked, so that an unfinished piece of that may stand before it. */
  readonly skipsUnasked?: boolean;
  /** What is said before the connection is ended by us. */
  readonly farewell?: string;
}
