// The tolerances of the parser, each one named and off by default: what is lenient here may be a smuggled request elsewhere.

/** Deviations from RFC 9112 that a peer may be allowed, one flag each. */
export interface Leniency {
  /** Take a line feed without a carriage return as the end of a line (RFC 9112 §2.2 allows it, peers that differ are attacked through it). */
  readonly bareLineFeed: boolean;
  /** Take a folded field line (RFC 9112 §5.2) as one value with a space at each fold. */
  readonly foldedFields: boolean;
  /** Take white space between a field's name and its colon (RFC 9112 §5.1). */
  readonly spaceBeforeColon: boolean;
  /** Take Content-Length beside Transfer-Encoding: chunked decides, and the connection closes (RFC 9112 §6.3). */
  readonly lengthBesideChunked: boolean;
  /** Take an HTTP/1.1 request without Host (RFC 9112 §3.2). */
  readonly missingHost: boolean;
  /** Take a status line that ends right after the status code (RFC 9112 §4 asks for a space). */
  readonly missingReasonSpace: boolean;
}

/** No tolerance. */
export const STRICT: Leniency = {
  bareLineFeed: false,
  foldedFields: false,
  spaceBeforeColon: false,
  lengthBesideChunked: false,
  missingHost: false,
  missingReasonSpace: false,
};
