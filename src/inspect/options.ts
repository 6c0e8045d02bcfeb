// Every option of an inspection: what it means, its unit, its default and why that default.
import { OptionError } from '../errors.ts';
import { Headers } from '../http/index.ts';
import type { HeadersInput } from '../http/index.ts';
import { systemClock } from '../io/index.ts';
import type { LoopClock, Lookup } from '../io/index.ts';
import {
  checkBoolean,
  checkBoundedNumber,
  checkFunction,
  checkMethods,
  checkNames,
  checkNumber,
  checkObject,
  describe,
} from '../option-checks.ts';
import { resolveBehind } from './behind-hop.ts';
import type { BehindHop } from './behind-hop.ts';
import { CHECK_IDS } from './check-ids.ts';
import type { CheckId } from './check-ids.ts';
import type { ProgressEvent } from './progress.ts';

/** Options of {@link inspect}. */
export interface InspectOptions {
  /**
   * How long an idle, a silent and a half-asked connection is watched, all at the same time. Default 75,000: longer than the 60 s
   * of the common load balancers, and the default of nginx. What is still open then is reported as such.
   */
  readonly maxWaitMs?: number;
  /**
   * Most requests on one connection, to find the limit of the server. Default 1,000, the default limit of nginx. There may be fewer of
   * them where the server is slow or far away: see `requestsTried`.
   */
  readonly maxRequests?: number;
  /** Only these checks. The first one, `first-answer`, always runs. */
  readonly only?: readonly CheckId[];
  /** All but these checks. */
  readonly skip?: readonly CheckId[];
  /** Name of the hop in front of the server, such as a load balancer (`perdura advise --list`), or its idle timeout in milliseconds. */
  readonly behind?: string | number;
  /**
   * Softer: 200 ms between requests and between connections, at most 50 requests on one connection, no malformed ones, no large bodies,
   * and HTTP/2 only where TLS offers it. Default false.
   */
  readonly gentle?: boolean;
  /** Look at every address of the name, one after the other. Default false: the one that answers first. */
  readonly allAddresses?: boolean;
  /** Sent with every request, e.g. credentials. Their values never stand in the report where they may be secret. */
  readonly headers?: HeadersInput;
  /** How long one answer is waited for. Default 10,000. */
  readonly responseTimeoutMs?: number;
  /** How long a connection may take to open: look-up, TCP and TLS. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Options of tls.connect() of node:tls, e.g. `ca`, `rejectUnauthorized`. */
  readonly tls?: Readonly<Record<string, unknown>>;
  /** Is told what will be done, what is being waited for, and what came out. What it throws ends the inspection with that error. */
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Ends the inspection early: what was measured so far is reported, with `complete: false`. */
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly clock?: LoopClock;
  /** For tests. Default: the resolver of the machine. */
  readonly lookup?: Lookup;
}

/** Options with their defaults filled in. */
export interface ResolvedInspectOptions {
  readonly maxWaitMs: number;
  readonly maxRequests: number;
  readonly only: readonly CheckId[] | undefined;
  readonly skip: readonly CheckId[];
  readonly behind: BehindHop | undefined;
  readonly gentle: boolean;
  readonly allAddresses: boolean;
  readonly headers: Headers;
  readonly responseTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly tls: Readonly<Record<string, unknown>> | undefined;
  readonly onProgress: ((event: ProgressEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  readonly clock: LoopClock;
  readonly lookup: Lookup | undefined;
}

export const DEFAULT_INSPECT_OPTIONS: {
  readonly maxWaitMs: number;
  readonly maxRequests: number;
  readonly gentle: boolean;
  readonly allAddresses: boolean;
  readonly responseTimeoutMs: number;
  readonly connectTimeoutMs: number;
} = {
  maxWaitMs: 75_000,
  maxRequests: 1_000,
  gentle: false,
  allAddresses: false,
  responseTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
};

/** With `gentle`. */
const GENTLE_MAX_REQUESTS = 50;

/** A day: whoever waits longer has forgotten that he does. */
const LONGEST_WAIT_MS = 86_400_000;

/** More would be a load test, for which there are other programs. */
const MOST_REQUESTS = 100_000;

/** Fields that the checks themselves send. */
const OWN_FIELDS: readonly string[] = [
  'connection',
  'host',
  'content-length',
  'transfer-encoding',
  'expect',
  'keep-alive',
];

/** Fills in the defaults and refuses what makes no sense, with the option's name and what is allowed. */
export function resolveInspectOptions(options: InspectOptions = {}): ResolvedInspectOptions {
  checkObject('options', options);
  checkNames('', options, OPTION_NAMES);
  const defaults = DEFAULT_INSPECT_OPTIONS;
  const gentle = options.gentle ?? defaults.gentle;
  checkBoolean('gentle', gentle);
  const allAddresses = options.allAddresses ?? defaults.allAddresses;
  checkBoolean('allAddresses', allAddresses);
  const maxWaitMs = options.maxWaitMs ?? defaults.maxWaitMs;
  checkBoundedNumber('maxWaitMs', maxWaitMs, 1, LONGEST_WAIT_MS, 'it is milliseconds');
  const maxRequests = options.maxRequests ?? defaults.maxRequests;
  checkBoundedNumber('maxRequests', maxRequests, 1, MOST_REQUESTS, 'a load test needs another program');
  const responseTimeoutMs = options.responseTimeoutMs ?? defaults.responseTimeoutMs;
  checkNumber('responseTimeoutMs', responseTimeoutMs, 1);
  const connectTimeoutMs = options.connectTimeoutMs ?? defaults.connectTimeoutMs;
  checkNumber('connectTimeoutMs', connectTimeoutMs, 1);
  const clock = options.clock ?? systemClock;
  checkMethods('clock', clock, 'Clock', ['nowMs', 'startTimer']);
  checkIds('only', options.only);
  checkIds('skip', options.skip);
  return {
    maxWaitMs,
    maxRequests: gentle ? Math.min(maxRequests, GENTLE_MAX_REQUESTS) : maxRequests,
    only: options.only,
    skip: options.skip ?? [],
    behind: resolveBehind(options.behind),
    gentle,
    allAddresses,
    headers: resolveHeaders(options.headers),
    responseTimeoutMs,
    connectTimeoutMs,
    tls: options.tls,
    onProgress: checkFunction('onProgress', options.onProgress),
    signal: options.signal,
    clock,
    lookup: options.lookup,
  };
}

function checkIds(name: string, ids: unknown): void {
  if (ids === undefined) return;
  if (!Array.isArray(ids)) throw new OptionError(name, `is ${describe(ids)}, it must be a list of names of checks`);
  const unknown = ids.find((id) => !CHECK_IDS.includes(id as CheckId));
  if (unknown === undefined) return;
  throw new OptionError(name, `has ${describe(unknown)} in it, which is no check; there are ${CHECK_IDS.join(', ')}`);
}

function resolveHeaders(given: HeadersInput | undefined): Headers {
  let headers: Headers;
  try {
    headers = new Headers(given);
  } catch (error) {
    throw new OptionError('headers', `cannot be sent: ${(error as Error).message}`);
  }
  const own = OWN_FIELDS.find((name) => headers.has(name));
  if (own === undefined) return headers;
  throw new OptionError(`headers.${own}`, 'is what the checks themselves vary; leave it out');
}

const OPTION_NAMES: readonly string[] = [
  'only',
  'skip',
  'behind',
  'headers',
  'tls',
  'onProgress',
  'signal',
  'clock',
  'lookup',
  ...Object.keys(DEFAULT_INSPECT_OPTIONS),
];
