// Upper bounds of what one message may make us keep or look at.

/** Bounds of the parser, in bytes unless the name says otherwise. */
export interface WireLimits {
  /** One head, from the first byte of its start line to the end of its empty line; also one trailer section. */
  readonly headerBytes: number;
  /** Field lines in one head or trailer section. */
  readonly headerFields: number;
  /** The request target. */
  readonly targetBytes: number;
  /** The request line without its end. Looked at where heads are read by lines. */
  readonly requestLineBytes: number;
  /** One field line without its end. Looked at where heads are read by lines. */
  readonly fieldLineBytes: number;
  /** Empty lines before a request line. Looked at where heads are read by lines. */
  readonly emptyLines: number;
  /** One message body, transfer coding removed. */
  readonly bodyBytes: number;
  /** All chunk extensions of one message: they carry nothing, so many of them are an attack (Go's CVE-2023-39326). */
  readonly chunkExtensionBytes: number;
}

/** Defaults with their precedents. */
export const DEFAULT_WIRE_LIMITS: WireLimits = {
  headerBytes: 16_384, // Node.js --max-http-header-size
  headerFields: 100, // Apache LimitRequestFields
  targetBytes: 8_190, // Apache LimitRequestLine
  requestLineBytes: Infinity, // the head as a whole is bounded
  fieldLineBytes: Infinity,
  emptyLines: Infinity,
  bodyBytes: Infinity, // the application knows
  chunkExtensionBytes: 16_384, // Go: 16 KiB of overhead
};
