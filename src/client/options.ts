// Every option of a Session and of a request: what it means, its unit, its default and why that default.
import type { HeadersInput } from '../http/headers.ts';
import type { Headers } from '../http/headers.ts';
import type { ConnectionOpener, LoopClock } from '../io/index.ts';
import type { SessionTraceSink } from '../trace.ts';

/** Upper bounds of connections and waiting requests. `Infinity` means no limit. */
export interface SessionLimits {
  /** Connections to one origin. Default Infinity: a service that calls another one must not queue by surprise; browsers use 6. */
  readonly perOrigin?: number;
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

/** What a non-idempotent request asks of a connection that was used before. */
export type NonIdempotentPolicy = 'validate' | 'fresh' | 'reuse';

/** How a stale connection is found out before a non-idempotent request on it is complete. */
export type HoldBack = 'never' | 'lastByte' | 'continue';

/** Named sets of limits, as well-known clients have them. */
export type ProfileName = 'chrome' | 'firefox' | 'ie7' | 'ie8' | 'requests' | 'node';

/** Options of TLS, given to node:tls as they are. */
export type TlsOptions = Readonly<Record<string, unknown>>;

/** Options of a Session. */
export interface SessionOptions {
  /** What relative URLs resolve against. */
  readonly baseUrl?: string | URL;
  /** Sent with every request, unless the request has the same field. */
  readonly headers?: HeadersInput;
  readonly limits?: SessionLimits;
  /** How long an idle connection is kept by us; the server's hint and what was learned can only shorten it. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Age above which a connection takes no further request. Up to a tenth less, by chance, so that not all end at once. Default Infinity. */
  readonly maxAgeMs?: number;
  /** Requests on one connection, up to a tenth less by chance. Default Infinity. */
  readonly maxRequestsPerConnection?: number;
  /** Requests in flight on one connection; above 1 only safe methods without body share one. Default 1. */
  readonly pipelining?: number;
  /** Default 'validate': on a connection that can be vouched for, otherwise on a new one. */
  readonly nonIdempotent?: NonIdempotentPolicy;
  /** Default 'never': `validate` costs nothing; this costs a round trip on each reused connection. */
  readonly holdBack?: HoldBack;
  /** How often a request may be sent again. Default 2. 0 switches re-sending off. */
  readonly maxRetries?: number;
  /** Whether a silent reused connection gets a second attempt beside it: for long-idle ones ('auto', the default), always, or never. */
  readonly hedgeStale?: 'auto' | 'always' | 'never';
  readonly timeouts?: SessionTimeouts;
  /** Limits and times of a well-known client, for what is not given otherwise. */
  readonly profile?: ProfileName;
  readonly tls?: TlsOptions;
  /** Path of a unix socket through which all requests go. */
  readonly socketPath?: string;
  /** How often the addresses of names with open connections are looked up anew. Default 30,000; Infinity switches it off. */
  readonly resolveIntervalMs?: number;
  /** How long an unread response may hold its connection before the trace tells. Default 10,000. */
  readonly leakAfterMs?: number;
  /** Whether each request records where it was made, for the leak detector. Costs microseconds. Default false. */
  readonly recordStacks?: boolean;
  /** Told of everything that happens to connections; costs nothing where it is not given. */
  readonly trace?: SessionTraceSink;
  /** For tests. Default: the machine's clock. */
  readonly clock?: LoopClock;
  /** For tests and special transports. Default: sockets of node:net and node:tls. */
  readonly opener?: ConnectionOpener;
  /** For tests: numbers from 0 to 1 for jitter. Default Math.random. */
  readonly random?: () => number;
}

/** SessionOptions with every default filled in. */
export interface ResolvedSessionOptions {
  readonly baseUrl: URL | undefined;
  /** Checked copy; undefined where none were given. */
  readonly headers: Headers | undefined;
  readonly limits: Required<SessionLimits>;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  readonly maxRequestsPerConnection: number;
  readonly pipelining: number;
  readonly nonIdempotent: NonIdempotentPolicy;
  readonly holdBack: HoldBack;
  readonly maxRetries: number;
  readonly hedgeStale: 'auto' | 'always' | 'never';
  readonly timeouts: Required<SessionTimeouts>;
  readonly tls: TlsOptions | undefined;
  readonly socketPath: string | undefined;
  readonly resolveIntervalMs: number;
  readonly leakAfterMs: number;
  readonly recordStacks: boolean;
  readonly trace: SessionTraceSink | undefined;
  readonly clock: LoopClock;
  readonly opener: ConnectionOpener | undefined;
  readonly random: () => number;
}

/** What a request body may be given as. */
export type RequestBodyInput =
  | string
  | Uint8Array
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  /** Called for every attempt, so that the body can be sent again. */
  | (() => AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>)
  | null;

/** What one request may say beyond its URL. */
export interface RequestOptions {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: HeadersInput;
  readonly body?: RequestBodyInput;
  /** The server recognises a repetition, so it may be sent again. Default: by method, or by an Idempotency-Key field. */
  readonly idempotent?: boolean;
  readonly signal?: AbortSignal;
  /** For this request instead of the session's. */
  readonly timeouts?: Pick<SessionTimeouts, 'headersMs' | 'bodyMs'>;
  /** Told of 1xx responses, e.g. 103 Early Hints. */
  readonly onInterim?: (status: number, headers: Headers) => void;
}
