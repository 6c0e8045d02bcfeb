// Every option of serve(): what it means, its unit, its default and why that default.
import { OptionError } from '../errors.ts';
import { guardTrace } from '../guard-trace.ts';
import { OwnResources, systemClock } from '../io/index.ts';
import type { Clock, ProcessResources, TlsContextOptions } from '../io/index.ts';
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkMethods,
  checkNames,
  checkNumber,
  checkWholeNumber,
  describe,
  listNames,
} from '../option-checks.ts';
import type { TraceSink } from '../trace.ts';
import type { Answer, AnswerHandler, FetchHandler, HandlerContext } from './handler.ts';
import { DEFAULT_KEEP_ALIVE_TIMEOUT_MS, defaultGraceMs } from './connection/keep-alive-policy.ts';
import type { DerivedValue } from './derived-value.ts';
import type { RefuseHandler } from './exchange/refusal.ts';
import { DEFAULT_ACCEPT, resolveAccept } from './options/accept.ts';
import type { AcceptOptions } from './options/accept.ts';
import type { Behind } from './options/behind.ts';
import { deriveFromPath } from './options/derive-from-path.ts';
import { DEFAULT_DRAIN, resolveDrain } from './options/drain.ts';
import { resolveServerHeartbeat } from './options/heartbeat.ts';
import type { ResolvedServerHeartbeat, ServerHeartbeatOptions } from './options/heartbeat.ts';
import { resolveHealth } from './options/health.ts';
import type { HealthOptions, ResolvedHealthOptions } from './options/health.ts';
import { DEFAULT_HTTP2, resolveHttp2 } from './options/http2.ts';
import type { Http2Options, ResolvedHttp2Options } from './options/http2.ts';
import { DEFAULT_LIMITS, resolveLimits } from './options/limits.ts';
import type { ServerLimits } from './options/limits.ts';
import { DEFAULT_TIMEOUTS, resolveTimeouts } from './options/timeouts.ts';
import type { ServerTimeouts } from './options/timeouts.ts';
import { resolveTls } from './options/tls.ts';
import { resolveTrust } from './options/trust.ts';
import type { ResolvedTrust, TrustOptions } from './options/trust.ts';
import type { TlsOptions } from './options/tls.ts';
import { guardReporter, reportError, reportWarning } from './report-error.ts';
import type { CloseOptions, Server } from './server.ts';
import type { ServerWarning } from './warning.ts';

/** How an idle connection that served at least one request is ended when its keep-alive timeout is over. */
export type IdleClose = 'fin' | '408';

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Answers in the style of Fetch. Exactly one of `fetch` and `handler` is needed. */
  readonly fetch?: FetchHandler;
  /** Answers with plain objects. */
  readonly handler?: AnswerHandler;
  /** Default 8080. 0 takes any free port; read it from `server.port`. */
  readonly port?: number;
  /** Default 127.0.0.1: to be reachable from elsewhere is a decision. */
  readonly hostname?: string;
  /**
   * Takes the listening socket of a server over, with those who wait for it: `port` and `hostname` are not looked at. For options that cannot
   * change while a server runs; close the other one afterwards, and no connection is lost. Default: a socket of its own.
   */
  readonly takeOver?: Server;
  /** Whether connections persist at all (Apache's KeepAlive). Default true. */
  readonly keepAlive?: boolean;
  /** Answers per connection, exactly; the last one says so (Apache's MaxKeepAliveRequests). Default Infinity. */
  readonly maxKeepAliveRequests?: number;
  /** Advertised idle time (Apache's KeepAliveTimeout). Default 65,000: longer than the 60 s of common load balancers, so that they close first. */
  readonly keepAliveTimeoutMs?: number;
  /** How much longer than advertised it really waits. Default max(1,000, 5 % of `keepAliveTimeoutMs`). */
  readonly keepAliveGraceMs?: number;
  /** Default 'fin': most clients hand a 408 that meets a request in flight to their caller (docs/decisions/). */
  readonly idleClose?: IdleClose;
  /** Age above which a connection's next response is its last. Default Infinity. */
  readonly maxAgeMs?: number;
  /**
   * Whether HTTP/2 is spoken too: by prior knowledge where there is no TLS, else by ALPN. `false`: HTTP/1 only. Default true, with the
   * defaults of {@link Http2Options}.
   */
  readonly http2?: boolean | Http2Options;
  /**
   * Whether clients are asked if they still live while answers take long: by PING in HTTP/2, by keepalive of the kernel. `true`: with
   * the defaults of {@link ServerHeartbeatOptions}. Default false, as everywhere: it wakes telephones up, and who sends
   * something finds out by `timeouts.writeMs`.
   */
  readonly heartbeat?: boolean | ServerHeartbeatOptions;
  readonly limits?: ServerLimits;
  readonly timeouts?: ServerTimeouts;
  /** Speak TLS, with these certificates. Default: plain TCP. */
  readonly tls?: TlsOptions;
  /** Proxies in front whose word is taken for where connections and requests come from. Default: nobody's. */
  readonly trust?: TrustOptions;
  /**
   * What is in front of the server: a name of the table of hops (`perdura advise --list`), an idle timeout in milliseconds, or a list
   * of those, the outermost first. Timeouts that are not given are derived from it, and what contradicts it is warned of. Default: nothing.
   */
  readonly behind?: Behind;
  /** Paths on which the server itself answers whether it is ready and alive. Default: none. */
  readonly health?: HealthOptions;
  /** What `server.close()` does where it is not told otherwise. Default: 30 s in all, no lame duck of its own; `behind` may derive more. */
  readonly drain?: CloseOptions;
  /** What is taken although RFC 9112 forbids it. Default: nothing. HTTP/1 only. */
  readonly accept?: AcceptOptions;
  /**
   * Whether the server itself answers what no handler has to know of: CONNECT, TRACE, `OPTIONS *`, and expectations other than 100-continue.
   * Default true. HTTP/1 only.
   */
  readonly builtinAnswers?: boolean;
  /**
   * Answers in the server's place where a request is broken, too large or late: 400, 408, 413, 414, 431, 501, 505. Undefined ends the connection
   * without a word. Default: a short text. HTTP/1 only.
   */
  readonly refuse?: RefuseHandler;
  /** Told at start of settings that contradict each other. Default: console.warn. */
  readonly onWarning?: (warning: ServerWarning) => void;
  /** Told of every connection and exchange; costs nothing where it is not given. */
  readonly trace?: TraceSink;
  /** Told what a handler threw (the peer only sees a 500). Default: console.error. */
  readonly onError?: (error: unknown, request: Request) => void;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock;
  /** What the process uses of its descriptors and its memory; for tests. Default: this process's own. */
  readonly resources?: ProcessResources;
}

/** ServeOptions with every default filled in. */
export interface ResolvedServeOptions {
  /** `fetch` or `handler`; what it returns tells which style it is. */
  readonly answer: {
    call(request: Request, context: HandlerContext): Response | Answer | Promise<Response | Answer>;
  };
  readonly port: number;
  readonly hostname: string;
  readonly takeOver: Server | undefined;
  readonly keepAlive: boolean;
  readonly maxKeepAliveRequests: number;
  readonly keepAliveTimeoutMs: number;
  readonly keepAliveGraceMs: number;
  readonly idleClose: IdleClose;
  readonly maxAgeMs: number;
  /** Undefined where only HTTP/1 is spoken. */
  readonly http2: ResolvedHttp2Options | undefined;
  /** Undefined where clients are not asked. */
  readonly heartbeat: ResolvedServerHeartbeat | undefined;
  readonly limits: Required<ServerLimits>;
  readonly timeouts: Required<ServerTimeouts>;
  /** Undefined: plain TCP. */
  readonly tls: TlsContextOptions | undefined;
  /** Undefined: nobody is trusted. */
  readonly trust: ResolvedTrust | undefined;
  readonly health: ResolvedHealthOptions | undefined;
  readonly drain: Required<CloseOptions>;
  readonly accept: Required<AcceptOptions>;
  readonly builtinAnswers: boolean;
  /** Undefined: the server answers by itself. */
  readonly refuse: RefuseHandler | undefined;
  /** What was derived from `behind`. */
  readonly derived: readonly DerivedValue[];
  readonly warnings: readonly ServerWarning[];
  readonly onWarning: (warning: ServerWarning) => void;
  readonly trace: TraceSink | undefined;
  readonly onError: (error: unknown, request: Request) => void;
  readonly clock: Clock;
  readonly resources: ProcessResources;
}

/** The defaults of everything that has a constant one. */
export const DEFAULT_SERVE_OPTIONS: {
  readonly port: number;
  readonly hostname: string;
  readonly keepAlive: boolean;
  readonly maxKeepAliveRequests: number;
  readonly keepAliveTimeoutMs: number;
  readonly idleClose: IdleClose;
  readonly maxAgeMs: number;
  readonly http2: ResolvedHttp2Options;
  readonly drain: Required<CloseOptions>;
  readonly limits: Required<ServerLimits>;
  readonly timeouts: Required<ServerTimeouts>;
  readonly accept: Required<AcceptOptions>;
  readonly builtinAnswers: boolean;
} = {
  port: 8080,
  hostname: '127.0.0.1',
  keepAlive: true,
  maxKeepAliveRequests: Infinity,
  keepAliveTimeoutMs: DEFAULT_KEEP_ALIVE_TIMEOUT_MS,
  idleClose: 'fin',
  maxAgeMs: Infinity,
  http2: DEFAULT_HTTP2,
  drain: DEFAULT_DRAIN,
  limits: DEFAULT_LIMITS,
  timeouts: DEFAULT_TIMEOUTS,
  accept: DEFAULT_ACCEPT,
  builtinAnswers: true,
};

/** Fills in the defaults and refuses what makes no sense, with the option's name and what is allowed. */
export function resolveServeOptions(options: ServeOptions): ResolvedServeOptions {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError('fetch', 'serve() needs an object of options, with `fetch` or `handler` in it');
  }
  const { fetch, handler } = options;
  const call = fetch ?? handler;
  if (call === undefined || (fetch !== undefined && handler !== undefined)) {
    throw new OptionError('fetch', 'exactly one of `fetch` and `handler` must be given');
  }
  if (typeof call !== 'function') {
    throw new OptionError(fetch === undefined ? 'handler' : 'fetch', `is ${typeof call}, it must be a function`);
  }
  checkNames('', options, OPTION_NAMES);
  const defaults = DEFAULT_SERVE_OPTIONS;
  const trace = checkFunction('trace', options.trace);
  const health = resolveHealth(options.health);
  // Before anything is derived from it. Apache's 0 means "off", which here has a name of its own.
  if (options.keepAliveTimeoutMs !== undefined && options.keepAliveTimeoutMs !== null) {
    checkNumber(
      'keepAliveTimeoutMs',
      options.keepAliveTimeoutMs,
      1,
      'to switch persistent connections off, use keepAlive: false',
    );
  }
  const path = deriveFromPath(options);
  const keepAliveTimeoutMs = options.keepAliveTimeoutMs ?? path.keepAliveTimeoutMs ?? defaults.keepAliveTimeoutMs;
  const resolved: ResolvedServeOptions = {
    answer: { call },
    port: options.port ?? defaults.port,
    hostname: options.hostname ?? options.takeOver?.hostname ?? defaults.hostname,
    takeOver: options.takeOver,
    keepAlive: options.keepAlive ?? defaults.keepAlive,
    maxKeepAliveRequests: options.maxKeepAliveRequests ?? defaults.maxKeepAliveRequests,
    keepAliveTimeoutMs,
    keepAliveGraceMs: options.keepAliveGraceMs ?? defaultGraceMs(keepAliveTimeoutMs),
    idleClose: options.idleClose ?? defaults.idleClose,
    maxAgeMs: options.maxAgeMs ?? defaults.maxAgeMs,
    http2: resolveHttp2(options.http2),
    heartbeat: resolveServerHeartbeat(options.heartbeat),
    limits: resolveLimits(options.limits),
    tls: options.tls === undefined ? undefined : resolveTls(options.tls),
    trust: resolveTrust(options.trust),
    health,
    drain: resolveDrain(options.drain, {
      ...DEFAULT_DRAIN,
      ...(path.drainMs === undefined ? {} : { drainMs: path.drainMs }),
      ...(path.lameDuckMs === undefined ? {} : { lameDuckMs: path.lameDuckMs }),
    }),
    accept: resolveAccept(options.accept),
    builtinAnswers: options.builtinAnswers ?? defaults.builtinAnswers,
    refuse: checkFunction('refuse', options.refuse),
    derived: path.values,
    warnings: path.warnings,
    timeouts: resolveTimeouts(options.timeouts, path.silentMs),
    onWarning: checkFunction('onWarning', options.onWarning) ?? reportWarning,
    trace: trace === undefined ? undefined : guardTrace(trace),
    onError: guardReporter(checkFunction('onError', options.onError) ?? reportError),
    clock: options.clock ?? systemClock,
    resources: options.resources ?? new OwnResources(),
  };
  check(resolved);
  return resolved;
}

function check(options: ResolvedServeOptions): void {
  const { port, hostname, keepAlive, idleClose, clock } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new OptionError('port', `is ${describe(port)}, it must be a whole number from 0 to 65535`);
  }
  if (typeof hostname !== 'string' || hostname === '') {
    throw new OptionError('hostname', "is empty or no text, it must be a name or an address, e.g. '127.0.0.1'");
  }
  checkBoolean('keepAlive', keepAlive);
  checkBoolean('builtinAnswers', options.builtinAnswers);
  if (options.heartbeat === undefined) checkMethods('clock', clock, 'Clock', ['nowMs']);
  else checkMethods('clock', clock, 'LoopClock', ['nowMs', 'afterPoll']);
  checkMethods('resources', options.resources, 'ProcessResources', ['countDescriptors', 'residentBytes']);
  checkChoice('idleClose', idleClose, ['fin', '408']);
  checkWholeNumber('maxKeepAliveRequests', options.maxKeepAliveRequests, 1);
  checkNumber('keepAliveGraceMs', options.keepAliveGraceMs, 0);
  checkNumber('maxAgeMs', options.maxAgeMs, 0);
}

const OPTION_NAMES: readonly string[] = [
  'fetch',
  'handler',
  'takeOver',
  'refuse',
  'trace',
  'onError',
  'onWarning',
  'clock',
  'resources',
  'tls',
  'trust',
  'behind',
  'health',
  'heartbeat',
  'keepAliveGraceMs',
  ...listNames(DEFAULT_SERVE_OPTIONS),
];
