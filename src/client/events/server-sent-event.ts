// What comes out of an event stream.

/** One event, as an `EventSource` of a browser dispatches it (HTML standard, §9.2.6). */
export interface ServerSentEvent {
  /** What the server called it, 'message' where it did not. */
  readonly type: string;
  /** Its lines, with LF between them. */
  readonly data: string;
  /** The id of this event, or of the one before that had one; '' where none had. */
  readonly lastEventId: string;
}
