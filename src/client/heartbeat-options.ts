// The heartbeat of a session: which idle connections are kept alive by signals, how often, with what, and for how long.
// Every option with its unit, its default and why that default.
import { OptionError } from '../errors.ts';
import { callGuarded } from '../guard-trace.ts';
import { DEFAULT_HEARTBEAT_OPTIONS } from '../heartbeat/engine/options.ts';
import { parseOrigin } from '../http/origin.ts';
import type { Origin } from '../http/origin.ts';
import {
  checkChoice,
  checkNames,
  checkNumber,
  checkObject,
  checkWholeNumber,
  describe,
  givenOr,
  listNames,
} from '../option-checks.ts';

/** Methods that ask for nothing but an answer (RFC 9110 §9.2.1). */
export type SignalMethod = 'OPTIONS' | 'HEAD' | 'GET';

/** Which origins get signals: all, those in a list, or those for which a function says true. */
export type HeartbeatOrigins = 'all' | readonly string[] | ((origin: Origin) => boolean);

/** Options of the heartbeat of a session. */
export interface SessionHeartbeatOptions {
  /**
   * Idle time after which a signal goes out, up to a tenth less by chance; where the server announces or shows a shorter idle
   * timeout, or `idleTimeoutMs` is shorter, half of that. Default 15,000, as Heartbeat has it: well within the 60 s of most balancers.
   */
  readonly intervalMs?: number;
  /** How long an acknowledgement may take before the connection is given up. Default 5,000, as Heartbeat has it. */
  readonly timeoutMs?: number;
  /**
   * Default 'all' that the session has connections to. Proxies that forward get none. A function is asked once for each; where it throws,
   * which is told on standard error, the origin gets none.
   */
  readonly origins?: HeartbeatOrigins;
  /** How many idle connections of an origin are kept, those in use counted. Default 1: the next request finds one; the others age. */
  readonly connectionsPerOrigin?: number;
  /** How long an origin is kept without any request of a caller. Default 300,000: as Chromium keeps a socket that was used. */
  readonly maxIdleMs?: number;
  /**
   * What the signal asks for: `*`, the server as a whole (RFC 9110 §9.3.7), or a path. Default `*`, and `/` at origins whose
   * servers end the connection over it, as older nginx does.
   */
  readonly target?: string;
  /** Default OPTIONS for `*`, HEAD for a path. */
  readonly method?: SignalMethod;
}

/** What a signal asks for. */
export interface SignalKind {
  readonly method: SignalMethod;
  readonly target: string;
}

/** SessionHeartbeatOptions with every default filled in. */
export interface ResolvedSessionHeartbeat {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly includes: (origin: Origin) => boolean;
  readonly connectionsPerOrigin: number;
  readonly maxIdleMs: number;
  /** The next one is for origins whose servers end connections over those before. */
  readonly kinds: readonly SignalKind[];
}

/** The defaults of everything that has a constant one. */
export const DEFAULT_SESSION_HEARTBEAT: {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly origins: 'all';
  readonly connectionsPerOrigin: number;
  readonly maxIdleMs: number;
  readonly target: string;
  readonly method: SignalMethod;
} = {
  intervalMs: DEFAULT_HEARTBEAT_OPTIONS.intervalMs,
  timeoutMs: DEFAULT_HEARTBEAT_OPTIONS.timeoutMs,
  origins: 'all',
  connectionsPerOrigin: 1,
  maxIdleMs: 300_000,
  target: '*',
  method: 'OPTIONS',
};

/** False where there is to be none. @throws OptionError with the option's name and what is allowed. */
export function resolveSessionHeartbeat(given: unknown): ResolvedSessionHeartbeat | false {
  if (given === false) return false;
  const options: SessionHeartbeatOptions = given === true ? {} : toOptions(given);
  const defaults = DEFAULT_SESSION_HEARTBEAT;
  const intervalMs = givenOr(options.intervalMs, defaults.intervalMs);
  const timeoutMs = givenOr(options.timeoutMs, defaults.timeoutMs);
  const connectionsPerOrigin = givenOr(options.connectionsPerOrigin, defaults.connectionsPerOrigin);
  const maxIdleMs = givenOr(options.maxIdleMs, defaults.maxIdleMs);
  checkFinite('heartbeat.intervalMs', intervalMs);
  checkFinite('heartbeat.timeoutMs', timeoutMs);
  checkWholeNumber('heartbeat.connectionsPerOrigin', connectionsPerOrigin, 1);
  checkNumber('heartbeat.maxIdleMs', maxIdleMs, 1);
  const includes = toFilter(givenOr(options.origins, defaults.origins));
  return { intervalMs, timeoutMs, includes, connectionsPerOrigin, maxIdleMs, kinds: toKinds(options) };
}

function toOptions(given: unknown): SessionHeartbeatOptions {
  if (typeof given !== 'object' || given === null) {
    throw new OptionError('heartbeat', `is ${describe(given)}, it must be true, false or an object of options`);
  }
  checkObject('heartbeat', given);
  checkNames('heartbeat', given, listNames(DEFAULT_SESSION_HEARTBEAT, 'heartbeat.'));
  return given;
}

/** What is never sent, or never missed, would be no heartbeat. */
function checkFinite(name: string, value: number): void {
  checkNumber(name, value, 1);
  if (value === Infinity)
    throw new OptionError(name, 'is Infinity, it must be finite: without signals, heartbeat: false');
}

function toFilter(origins: HeartbeatOrigins): (origin: Origin) => boolean {
  if (origins === 'all') return () => true;
  if (typeof origins === 'function') {
    return (origin) => callGuarded('heartbeat.origins', false, () => origins(origin));
  }
  if (!Array.isArray(origins)) {
    throw new OptionError(
      'heartbeat.origins',
      `is ${describe(origins)}, it must be 'all', a list of origins, or a function`,
    );
  }
  const named = new Set(origins.map(toOrigin));
  return (origin) => named.has(origin);
}

function toOrigin(given: unknown): Origin {
  const origin = typeof given === 'string' ? parseOrigin(given)?.origin : undefined;
  if (origin !== undefined) return origin;
  throw new OptionError(
    'heartbeat.origins',
    `has ${describe(given)} in it, which is no origin, such as 'https://api.example.com'`,
  );
}

function toKinds({ target, method }: SessionHeartbeatOptions): readonly SignalKind[] {
  if (method !== undefined) checkChoice('heartbeat.method', method, ['OPTIONS', 'HEAD', 'GET']);
  if (target === undefined) {
    const path: SignalKind = { method: method ?? 'HEAD', target: '/' };
    return method === undefined || method === 'OPTIONS' ? [{ method: 'OPTIONS', target: '*' }, path] : [path];
  }
  // RFC 9112 §3.2.1: visible characters, and fragments are never sent.
  if (target !== '*' && !(typeof target === 'string' && /^\/[!-~]*$/.test(target) && !target.includes('#'))) {
    throw new OptionError('heartbeat.target', `is ${describe(target)}, it must be '*' or a path such as '/health'`);
  }
  // RFC 9112 §3.2.4.
  if (target === '*' && (method ?? 'OPTIONS') !== 'OPTIONS') {
    throw new OptionError('heartbeat.target', `is '*', which only OPTIONS can ask for: give a path with ${method}`);
  }
  return [{ method: method ?? (target === '*' ? 'OPTIONS' : 'HEAD'), target }];
}
