// Every option of a Session: what it means, its unit, its default and why that default. Those of a request: request-options.ts.
import { OptionError } from '../errors.ts';
import { guardTrace } from '../guard-trace.ts';
import { Headers } from '../http/headers.ts';
import type { HeadersInput } from '../http/headers.ts';
import { isFieldValue } from '../http/tokens.ts';
import { readEnvironment, systemClock } from '../io/index.ts';
import type { ConnectionOpener, Environment, LoopClock } from '../io/index.ts';
import {
  checkBoolean,
  checkBoundedNumber,
  checkChoice,
  checkFunction,
  checkMethods,
  checkNames,
  checkNumber,
  checkObject,
  checkTableSize,
  checkWholeNumber,
  describe,
  fillIn,
  givenOr,
  listNames,
} from '../option-checks.ts';
import type { SessionTraceSink } from '../trace.ts';
import type { CookieJar } from './cookies/cookies.ts';
import { REFUSED_IN_SESSIONS, checkFieldText } from './request/field-rules.ts';
import { resolveSessionHeartbeat } from './heartbeat-options.ts';
import type { ResolvedSessionHeartbeat, SessionHeartbeatOptions } from './heartbeat-options.ts';
import type { SessionLimits, SessionTimeouts } from './limits.ts';
import { PROFILES } from './profiles.ts';
import type { ProfileName } from './profiles.ts';
import { rulesOfEnvironment, rulesOfProxy } from './proxy/proxy-rules.ts';
import type { ProxyRules } from './proxy/proxy-rules.ts';

export type { HeartbeatOrigins, SessionHeartbeatOptions, SignalMethod } from './heartbeat-options.ts';
export type { SessionLimits, SessionTimeouts } from './limits.ts';
export type { CookieJar } from './cookies/cookies.ts';
export type { ProfileName } from './profiles.ts';
export type { RequestBodyInput, RequestOptions } from './request/request-options.ts';

/** What a non-idempotent request asks of a connection that was used before. */
export type NonIdempotentPolicy = 'validate' | 'fresh' | 'reuse';

/**
 * How a stale connection is found out before a non-idempotent request on it is complete: its last byte waits for one round trip,
 * or its body for `100 Continue`. 'auto' is 'lastByte' where a round trip takes 2 ms at most and the policy is 'validate'.
 */
export type HoldBack = 'auto' | 'never' | 'lastByte' | 'continue';

/** Options of TLS, given to node:tls as they are. */
export type TlsOptions = Readonly<Record<string, unknown>>;

/** Options of a Session. */
export interface SessionOptions {
  /** What relative URLs resolve against. */
  readonly baseUrl?: string | URL;
  /** Sent with every request, unless the request has the same field. */
  readonly headers?: HeadersInput;
  /**
   * Whether cookies are kept and sent: `true` is a jar of the session's own, in memory; another one can be given, such as a
   * `CookieJar` of tough-cookie. A request with a Cookie field of its own is sent with that one alone. Default false, as a client
   * that shares its session among users must not mix what servers know of them (RFC 6265).
   */
  readonly cookies?: boolean | CookieJar;
  readonly limits?: SessionLimits;
  /** How long an idle connection is kept by us; the server's hint and what was learned can only shorten it. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /**
   * Whether idle connections are kept alive by signals, and given up where those stay unanswered. Default false: it costs the servers
   * answers that nobody asked for.
   */
  readonly heartbeat?: boolean | SessionHeartbeatOptions;
  /** Age above which a connection takes no further request. Up to a tenth less, by chance, so that not all end at once. Default Infinity. */
  readonly maxAgeMs?: number;
  /** Requests on one connection, up to a tenth less by chance. Default Infinity. */
  readonly maxRequestsPerConnection?: number;
  /** Requests in flight on one connection; above 1 only safe methods without body share one. Default 1. */
  readonly pipelining?: number;
  /** Default 'validate': on a connection that can be vouched for, otherwise on a new one. */
  readonly nonIdempotent?: NonIdempotentPolicy;
  /** Default 'auto': between machines that stand beside each other, safety costs less than a tenth of a millisecond. */
  readonly holdBack?: HoldBack;
  /** How often a request may be sent again. Default 2. 0 switches re-sending off. */
  readonly maxRetries?: number;
  /** Whether a silent reused connection gets a second attempt beside it: for long-idle ones ('auto', the default), always, or never. */
  readonly hedgeStale?: 'auto' | 'always' | 'never';
  readonly timeouts?: SessionTimeouts;
  /**
   * The URL of a proxy for all requests, `http:` or `https:`, with user and password where it wants them; 'env': what the variables
   * `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say when the session is made, in lower case or in capitals. Requests
   * of http are forwarded by it, those of https go through tunnels. Default false: a library that follows the environment
   * unasked surprises whoever calls a service next door.
   */
  readonly proxy?: string | URL | false;
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
  /** For tests, and for programs that have their own: what `proxy: 'env'` reads. Default: the environment of the process. */
  readonly environment?: Environment;
  /** For tests: numbers from 0 to 1 for jitter. Default Math.random. */
  readonly random?: () => number;
}

/** SessionOptions with every default filled in. */
export interface ResolvedSessionOptions {
  readonly baseUrl: URL | undefined;
  /** Checked copy; undefined where none were given. */
  readonly headers: Headers | undefined;
  readonly cookies: false | true | CookieJar;
  readonly limits: Required<SessionLimits>;
  readonly idleTimeoutMs: number;
  readonly heartbeat: ResolvedSessionHeartbeat | false;
  readonly maxAgeMs: number;
  readonly maxRequestsPerConnection: number;
  readonly pipelining: number;
  readonly nonIdempotent: NonIdempotentPolicy;
  readonly holdBack: HoldBack;
  readonly maxRetries: number;
  readonly hedgeStale: 'auto' | 'always' | 'never';
  readonly timeouts: Required<SessionTimeouts>;
  /** False: every origin is reached directly. */
  readonly proxy: ProxyRules | false;
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

/** The defaults of everything that has a constant one. */
export const DEFAULT_SESSION_OPTIONS: {
  readonly cookies: boolean;
  readonly proxy: false;
  readonly limits: Required<SessionLimits>;
  readonly idleTimeoutMs: number;
  readonly heartbeat: false;
  readonly maxAgeMs: number;
  readonly maxRequestsPerConnection: number;
  readonly pipelining: number;
  readonly nonIdempotent: NonIdempotentPolicy;
  readonly holdBack: HoldBack;
  readonly maxRetries: number;
  readonly hedgeStale: 'auto' | 'always' | 'never';
  readonly timeouts: Required<SessionTimeouts>;
  readonly resolveIntervalMs: number;
  readonly leakAfterMs: number;
  readonly recordStacks: boolean;
} = {
  cookies: false,
  proxy: false,
  limits: {
    perOrigin: Infinity,
    perProxy: 32,
    total: 256,
    queue: Infinity,
    acquireTimeoutMs: 30_000,
    headerBytes: 65_536,
    headerFields: 200,
    bodyBytes: Infinity,
    drainBytes: 65_536,
  },
  idleTimeoutMs: 60_000,
  heartbeat: false,
  maxAgeMs: Infinity,
  maxRequestsPerConnection: Infinity,
  pipelining: 1,
  nonIdempotent: 'validate',
  holdBack: 'auto',
  maxRetries: 2,
  hedgeStale: 'auto',
  timeouts: { connectMs: 10_000, headersMs: 60_000, bodyMs: 60_000 },
  resolveIntervalMs: 30_000,
  leakAfterMs: 10_000,
  recordStacks: false,
};

/** Fills in the profile and the defaults, and refuses what makes no sense, with the option's name and what is allowed. */
export function resolveSessionOptions(options: SessionOptions = {}): ResolvedSessionOptions {
  checkObject('options', options);
  checkNames('', options, OPTION_NAMES);
  const defaults = DEFAULT_SESSION_OPTIONS;
  if (options.profile !== undefined) checkChoice('profile', options.profile, Object.keys(PROFILES));
  const profile = options.profile === undefined ? undefined : PROFILES[options.profile];
  const trace = checkFunction('trace', options.trace);
  if (options.tls !== undefined) checkObject('tls', options.tls);
  const resolved: ResolvedSessionOptions = {
    baseUrl: options.baseUrl === undefined ? undefined : toBaseUrl(options.baseUrl),
    headers: options.headers === undefined ? undefined : toSessionHeaders(options.headers),
    cookies: givenOr(options.cookies, defaults.cookies),
    limits: fillIn('limits', options.limits, { ...defaults.limits, ...profile?.limits }),
    idleTimeoutMs: givenOr(options.idleTimeoutMs, profile?.idleTimeoutMs ?? defaults.idleTimeoutMs),
    heartbeat: resolveSessionHeartbeat(givenOr(options.heartbeat, defaults.heartbeat)),
    maxAgeMs: givenOr(options.maxAgeMs, defaults.maxAgeMs),
    maxRequestsPerConnection: givenOr(options.maxRequestsPerConnection, defaults.maxRequestsPerConnection),
    pipelining: givenOr(options.pipelining, defaults.pipelining),
    nonIdempotent: givenOr(options.nonIdempotent, defaults.nonIdempotent),
    holdBack: givenOr(options.holdBack, defaults.holdBack),
    maxRetries: givenOr(options.maxRetries, defaults.maxRetries),
    hedgeStale: givenOr(options.hedgeStale, defaults.hedgeStale),
    timeouts: fillIn('timeouts', options.timeouts, defaults.timeouts),
    proxy: resolveProxy(options),
    tls: options.tls === undefined ? undefined : { ...options.tls },
    socketPath: options.socketPath,
    resolveIntervalMs: givenOr(options.resolveIntervalMs, defaults.resolveIntervalMs),
    leakAfterMs: givenOr(options.leakAfterMs, defaults.leakAfterMs),
    recordStacks: givenOr(options.recordStacks, defaults.recordStacks),
    trace: trace === undefined ? undefined : guardTrace(trace),
    clock: givenOr(options.clock, systemClock),
    opener: options.opener,
    random: checkFunction('random', options.random) ?? Math.random,
  };
  check(resolved);
  return resolved;
}

function check(options: ResolvedSessionOptions): void {
  const { limits, timeouts, socketPath, opener } = options;
  checkCookies(options.cookies, options.headers);
  for (const [name, value] of Object.entries(limits)) {
    const checkLimit = CHECKS_OF_LIMITS[name] ?? checkWholeNumber;
    checkLimit(`limits.${name}`, value, LOWEST_LIMITS[name] ?? 0);
  }
  for (const [name, value] of Object.entries(timeouts)) checkNumber(`timeouts.${name}`, value, 1);
  checkNumber(
    'idleTimeoutMs',
    options.idleTimeoutMs,
    1,
    'to use each connection once, set maxRequestsPerConnection: 1',
  );
  checkNumber('maxAgeMs', options.maxAgeMs, 1);
  checkNumber('resolveIntervalMs', options.resolveIntervalMs, 1);
  checkNumber('leakAfterMs', options.leakAfterMs, 1);
  checkWholeNumber('maxRequestsPerConnection', options.maxRequestsPerConnection, 1);
  checkWholeNumber('pipelining', options.pipelining, 1);
  // Each attempt loads a server that may be in trouble already, so nobody may ask for endless ones.
  checkBoundedNumber('maxRetries', options.maxRetries, 0, 100);
  checkChoice('nonIdempotent', options.nonIdempotent, ['validate', 'fresh', 'reuse']);
  checkChoice('holdBack', options.holdBack, ['auto', 'never', 'lastByte', 'continue']);
  checkChoice('hedgeStale', options.hedgeStale, ['auto', 'always', 'never']);
  checkBoolean('recordStacks', options.recordStacks);
  checkMethods('clock', options.clock, 'LoopClock', ['nowMs', 'wallMs', 'startTimer', 'afterPoll', 'watchPolls']);
  if (opener !== undefined) checkMethods('opener', opener, 'ConnectionOpener', ['open', 'resolve']);
  if (socketPath === undefined) return;
  if (typeof socketPath !== 'string' || socketPath === '' || socketPath.includes('\0')) {
    throw new OptionError('socketPath', `is ${describe(socketPath)}, it must be the path of a unix socket`);
  }
}

function resolveProxy({ proxy, environment, socketPath, opener }: SessionOptions): ProxyRules | false {
  if (environment !== undefined) checkObject('environment', environment);
  if (proxy === undefined || proxy === false) return false;
  if (typeof proxy !== 'string' && !(proxy instanceof URL)) {
    throw new OptionError('proxy', `is ${describe(proxy)}, it must be 'env', the URL of a proxy, or false`);
  }
  if (socketPath !== undefined) throw new OptionError('proxy', 'cannot be used with socketPath: give only one of them');
  const rules = proxy === 'env' ? rulesOfEnvironment(environment ?? readEnvironment()) : rulesOfProxy(proxy);
  if (rules !== undefined && opener !== undefined) checkMethods('opener', opener, 'ConnectionOpener', ['secure']);
  return rules ?? false;
}

function checkCookies(cookies: unknown, headers: Headers | undefined): void {
  if (cookies === false) return;
  if (cookies !== true) {
    if (typeof cookies !== 'object') throw new OptionError('cookies', `is ${describe(cookies)}, ${COOKIE_VALUES}`);
    checkMethods('cookies', cookies, 'CookieJar', ['getCookieString', 'setCookie']);
  }
  if (headers?.has('cookie') === true) {
    throw new OptionError('headers.cookie', 'would be sent instead of all cookies of the jar: put it into the jar');
  }
}

const COOKIE_VALUES = 'it must be true, false or a CookieJar';

/** What a session cannot work without. */
const LOWEST_LIMITS: Readonly<Record<string, number>> = {
  perOrigin: 1,
  perProxy: 1,
  total: 1,
  acquireTimeoutMs: 1,
  headerBytes: 64,
  headerFields: 1,
};

/** Those that are no plain counts: tables that are allocated, and a duration. */
const CHECKS_OF_LIMITS: Readonly<Record<string, typeof checkWholeNumber>> = {
  headerBytes: checkTableSize,
  headerFields: checkTableSize,
  acquireTimeoutMs: checkNumber,
};

const OPTION_NAMES: readonly string[] = [
  'baseUrl',
  'headers',
  'profile',
  'tls',
  'socketPath',
  'trace',
  'clock',
  'opener',
  'environment',
  'random',
  ...listNames(DEFAULT_SESSION_OPTIONS),
];

/** A copy: a URL can be changed by whoever has it. */
function toBaseUrl(given: string | URL): URL {
  const text = String(given);
  if (!URL.canParse(text)) {
    throw new OptionError('baseUrl', "is no absolute URL, it must be one such as 'https://api.example.com'");
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OptionError('baseUrl', `has the scheme '${url.protocol}', it must be http: or https:`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new OptionError('baseUrl', 'has a user or a password in it: use headers.authorization');
  }
  return url;
}

/** A copy that can be sent: the Fetch standard lets control characters pass that RFC 9110 §5.5 does not. */
function toSessionHeaders(given: HeadersInput): Headers {
  const headers = readHeaders(given);
  const list = headers.flatList();
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]!;
    const refusal = REFUSED_IN_SESSIONS.get(name);
    if (refusal !== undefined) throw new OptionError(`headers.${name}`, `cannot be set: ${refusal}`);
    if (!isFieldValue(list[at + 1]!)) throw new OptionError(`headers.${name}`, 'has a control character in its value');
  }
  return headers;
}

function readHeaders(given: HeadersInput): Headers {
  checkFieldValues(given);
  try {
    return new Headers(given);
  } catch (error) {
    throw new OptionError('headers', error instanceof Error ? error.message : String(error));
  }
}

/** In an object of fields, what is no text is a variable that was not set, not a wish to send `undefined`. */
function checkFieldValues(given: HeadersInput): void {
  if (typeof given !== 'object' || given === null || Symbol.iterator in given) return;
  for (const [name, value] of Object.entries(given)) checkFieldText(name, value);
}
