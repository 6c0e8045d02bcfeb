// What a scanner of message heads found, and how whoever reads messages goes on with it. Types only.

/** What is scanned: a request head, a response head, or the trailer section of a chunked body. */
export type HeadKind = 'request' | 'response' | 'trailers';

/** Where the field lines of a head stand. Offsets count from the start of the head; the next head overwrites them. */
export interface ScannedFields {
  /** For each field line start and end of its name, start and end of its value; valid up to `fieldCount`. */
  readonly offsets: Int32Array;
  readonly fieldCount: number;
  /** The offsets of a head that was scanned before, once more, in a table of its own. */
  locate(kind: HeadKind, bytes: Buffer, start: number): Int32Array;
}

/** The same for a request, with its start line. */
export interface ScannedRequest extends ScannedFields {
  readonly methodStart: number;
  readonly methodEnd: number;
  readonly targetStart: number;
  readonly targetEnd: number;
  /** 0 for HTTP/1.0 and for HTTP/0.9, which says no version. */
  readonly minorVersion: number;
}

/** The same for a response. */
export interface ScannedResponse extends ScannedFields {
  readonly status: number;
  readonly minorVersion: number;
  readonly reasonStart: number;
  readonly reasonEnd: number;
}

/** What was read of a head that is broken, or was given up before its end. Text has one character for each byte. */
export interface PartialHead {
  /** Without its line end; undefined where it is not complete. */
  readonly requestLine: string | undefined;
  /** Names as sent and values in turn: those of the whole field lines before the one that is broken. */
  readonly fields: readonly string[];
  /** Bytes that were looked at: to the end of the broken line, or all that came. */
  readonly receivedBytes: number;
}
