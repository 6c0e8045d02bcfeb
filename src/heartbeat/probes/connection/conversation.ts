// What is said on one connection of a probe, from its opening to its end: bytes in, what is to be done out. Without the connection.

/** What is to be done, in this order. After 'closing' and 'refused' nothing more is said on the connection. */
export type ConversationEvent =
  | { readonly kind: 'write'; readonly data: Uint8Array | string }
  /** TLS is to begin on the connection; `secured` is called once it has. */
  | { readonly kind: 'secure' }
  /** What takes time, such as the hash of a password: what is to be done then. Must not reject. */
  | { readonly kind: 'later'; readonly events: Promise<readonly ConversationEvent[]> }
  /** The opening is over: signals may be sent. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'acknowledged'; readonly detail: string | undefined }
  /** The peer said something that answers nothing. */
  | { readonly kind: 'unasked' }
  /** The peer announces the end of the connection: a new one may do. */
  | { readonly kind: 'closing'; readonly reason: string }
  /** An answer, but none that acknowledges: to ask again would not help. */
  | { readonly kind: 'refused'; readonly reason: string };

/** See the head of the file. */
export interface Conversation {
  /** What is spoken, for errors: `SMTP`. */
  readonly protocol: string;
  /** What is said before we end the connection. Latin1: one character, one byte. */
  readonly farewell?: string | undefined;
  /** The connection is open. */
  begin(): readonly ConversationEvent[];
  /** Sends the next signal; once it is ready, and the one before is acknowledged. */
  ask(): readonly ConversationEvent[];
  receive(bytes: Buffer): readonly ConversationEvent[];
  /** TLS has begun, as an event asked for. */
  secured?(): readonly ConversationEvent[];
  /** What it may mean that the connection ends now without a word; undefined where it means nothing in particular. */
  explainEnd?(): string | undefined;
}
