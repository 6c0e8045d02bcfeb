// A request of HTTP/1 as it was on the wire, for handlers that answer to the byte. Types only.

/** One end of a connection. */
export interface Endpoint {
  /** IPv4 in dots, or IPv6 without brackets; empty where the connection has no address. */
  readonly address: string;
  /** 0 where it is not known. */
  readonly port: number;
}

/** Text has one character for each byte (latin1). Of a request whose head was not complete, the parts that did not come are empty. */
export interface RawRequest {
  /** The same object for all requests of a connection, and nobody else's: for what is remembered of it. */
  readonly connectionKey: object;
  /** 1 for the first request on its connection. */
  readonly requestNumber: number;
  /** Wall clock, milliseconds since 1970, of the beginning of the request's head. */
  readonly startedAtMs: number;
  /** As it was sent, without its line end. */
  readonly requestLine: string;
  readonly method: string;
  readonly target: string;
  /** As it was sent, such as `HTTP/1.1`; empty where the request line has none (HTTP/0.9). */
  readonly version: string;
  /** 0 for HTTP/1.0 and HTTP/0.9, 1 and more for what is treated as HTTP/1.1. */
  readonly minorVersion: number;
  /** Every field line in order: names as sent and values in turn. */
  readonly fields: readonly string[];
  /** Whether the head announces a body that is not empty. */
  readonly hasBody: boolean;
  readonly local: Endpoint;
  /** Who is at the other end, or whom the PROXY protocol named. */
  readonly remote: Endpoint;
  readonly secure: boolean;
  /**
   * Reads the body and throws it away; resolves at its end. `100 Continue` is sent where the client waits for it. Above `maxBytes` (default:
   * no limit) it stops, and gives false.
   *
   * @throws AbortedError or BodyError where it breaks off; TypeError where somebody else reads it.
   */
  discardBody(maxBytes?: number): Promise<boolean>;
}
