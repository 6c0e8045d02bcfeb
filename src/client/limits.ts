// The bounds of a session: how many connections, how many bytes, how long. Types with their units, defaults and why.

/** Upper bounds of connections and waiting requests. `Infinity` means no limit. */
export interface SessionLimits {
  /** Connections to one origin; those to a proxy that forwards do not count. Default Infinity: a service that calls another one must not queue by surprise; browsers use 6. */
  readonly perOrigin?: number;
  /** Connections through one proxy, tunnels to all origins and others together. Default 32, as Chromium and Firefox. */
  readonly perProxy?: number;
  /** Connections in total. Default 256, as Chromium. */
  readonly total?: number;
  /** Requests that wait for a connection. Above it a request fails at once. Default Infinity. */
  readonly queue?: number;
  /** How long a request may wait for a connection. Default 30,000. */
  readonly acquireTimeoutMs?: number;
  /** Bytes of one response head. Default 65,536: servers send more than clients do; cookies and policies grow. */
  readonly headerBytes?: number;
  /** Field lines of one response head. Default 200. */
  readonly headerFields?: number;
  /** Bytes of one response body as received. Default Infinity. */
  readonly bodyBytes?: number;
  /** Unread rest of a response body that is read and thrown away so that the connection persists. Default 65,536. */
  readonly drainBytes?: number;
}

/** Deadlines of the phases of a request in milliseconds. `Infinity` switches one off. */
export interface SessionTimeouts {
  /** From the decision to open a connection until it can be used, TLS included. Default 10,000. */
  readonly connectMs?: number;
  /** From the moment the request was sent until the final response head. Default 60,000. */
  readonly headersMs?: number;
  /** Longest pause within a body, down or up. Default 60,000. */
  readonly bodyMs?: number;
}
