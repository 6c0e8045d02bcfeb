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
  /** Take a request line without a version, of GET, as HTTP/0.9 (RFC 1945 §4.1): no fields follow, and neither do they in the answer. */
  readonly missingVersion: boolean;
  /** Take versions from 2.0 on as 1.1, as a server may that was sent one by mistake (RFC 9110 §2.5). */
  readonly laterVersions: boolean;
  /** Take a target of any form and of any bytes but controls and white space: its owner judges it. */
  readonly anyTarget: boolean;
  /** Take no Host, several, or one of any value: the owner judges them (RFC 9112 §3.2 asks for exactly one valid one). */
  readonly anyHost: boolean;
  /** Take other codings before `chunked`, without undoing them, and `chunked` twice (RFC 9112 §6.1 and §7 forbid both). */
  readonly otherCodings: boolean;
  /** Take several spaces between and behind the words of a request line, `http` in lower case, and any visible byte in a method (RFC 9112 §3). */
  readonly looseRequestLine: boolean;
  /** Take any visible byte in the names of fields, and in values all but NUL, vertical tab, form feed and line ends (RFC 9110 §5.1, §5.5). */
  readonly looseFields: boolean;
  /** Take up to ten spaces and tabs behind the size of a chunk (RFC 9112 §7.1.1 has them before an extension; old programs fill sizes up with them). */
  readonly blankChunkSizes: boolean;
}

/** No tolerance. */
export const STRICT: Leniency = {
  bareLineFeed: false,
  foldedFields: false,
  spaceBeforeColon: false,
  lengthBesideChunked: false,
  missingHost: false,
  missingReasonSpace: false,
  missingVersion: false,
  laterVersions: false,
  anyTarget: false,
  anyHost: false,
  otherCodings: false,
  looseRequestLine: false,
  looseFields: false,
  blankChunkSizes: false,
};
