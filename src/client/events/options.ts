// Every option of `session.events()`: what it means, its unit, its default and why that default.
import { OptionError } from '../../errors.ts';
import { guardTrace } from '../../guard-trace.ts';
import type { HeadersInput } from '../../http/headers.ts';
import { isIdempotentMethod } from '../../http/methods.ts';
import {
  checkBoolean,
  checkBoundedNumber,
  checkFunction,
  checkNames,
  checkNumber,
  checkObject,
  checkWholeNumber,
  describe,
  givenOr,
  listNames,
} from '../../option-checks.ts';
import { checkCallOptions } from '../request/request-options.ts';
import type { RequestBodyInput, RequestOptions } from '../request/request-options.ts';
import type { EventsState } from './state.ts';

/** Options of {@link Session.events}. */
export interface EventsOptions extends Pick<RequestOptions, 'headers' | 'idempotent' | 'signal'> {
  /** Default GET, the only one that browsers have. */
  readonly method?: string;
  /** With another method. To come back, it must be one that can be sent again: bytes, a text, a function. */
  readonly body?: RequestBodyInput;
  /** How long the head of an answer may take. Default: the session's. Pauses in the stream are the affair of `livenessMs`. */
  readonly timeouts?: { readonly headersMs?: number };
  /** Begins behind this event. Default '': wherever the server begins. */
  readonly lastEventId?: string;
  /**
   * Whether the stream is opened again when it ends, with the id of the last event. Default: where the request is idempotent, by its
   * method or by the option. Without it the stream's end is the end, and a loss is an error.
   */
  readonly reconnect?: boolean;
  /**
   * How long to wait before coming back, until the server says it: less than 500, or than this where it is less, is not taken from it. Default
   * 3,000: browsers take 3 to 5 s.
   */
  readonly retryMs?: number;
  /**
   * How long the wait may become when attempts fail one after the other. A stream that is lost sooner than was waited for it has failed, too,
   * and one that is ended so without an event. Default 60,000.
   */
  readonly maxRetryMs?: number;
  /** By what share a wait may be longer, by chance, so that not all clients come back at once. Default 0.5. */
  readonly jitter?: number;
  /** Attempts in a row that may fail before the iteration does. Default Infinity, as browsers. */
  readonly maxFailures?: number;
  /**
   * The longest silence; after it the connection counts as dead and the stream is opened again. Comments end a silence, too. Default: learned,
   * two and a half of the intervals that the server tells or shows, at least 5,000; 300,000 where it does neither.
   */
  readonly livenessMs?: number;
  /** The longest line, and the most data of one event. Default 4,194,304: as large as a message of gRPC may be by default. */
  readonly maxEventBytes?: number;
  /** Told when the stream opens, falls silent, is to be opened again, and is over. */
  readonly onState?: (state: EventsState) => void;
}

/** EventsOptions with every default filled in. */
export interface ResolvedEventsOptions {
  readonly method: string;
  readonly headers: HeadersInput | undefined;
  readonly body: RequestBodyInput;
  readonly idempotent: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  readonly headersMs: number | undefined;
  readonly lastEventId: string;
  readonly reconnect: boolean;
  readonly retryMs: number;
  readonly maxRetryMs: number;
  readonly jitter: number;
  readonly maxFailures: number;
  /** Undefined: learned. */
  readonly livenessMs: number | undefined;
  readonly maxEventBytes: number;
  readonly onState: ((state: EventsState) => void) | undefined;
}

/** The defaults of everything that has a constant one. */
export const DEFAULT_EVENTS_OPTIONS: {
  readonly method: string;
  readonly lastEventId: string;
  readonly retryMs: number;
  readonly maxRetryMs: number;
  readonly jitter: number;
  readonly maxFailures: number;
  readonly maxEventBytes: number;
} = {
  method: 'GET',
  lastEventId: '',
  retryMs: 3_000,
  maxRetryMs: 60_000,
  jitter: 0.5,
  maxFailures: Infinity,
  maxEventBytes: 4_194_304,
};

const OPTION_NAMES: readonly string[] = [
  'headers',
  'body',
  'idempotent',
  'signal',
  'timeouts',
  'reconnect',
  'livenessMs',
  'onState',
  ...listNames(DEFAULT_EVENTS_OPTIONS),
];

/** A day: whoever shall not come back for longer should not listen. */
const LONGEST_RETRY_MS = 86_400_000;

/** Fills in the defaults. @throws OptionError with the option's name and what is allowed. */
export function resolveEventsOptions(options: EventsOptions = {}): ResolvedEventsOptions {
  checkObject('options', options);
  checkNames('', options, OPTION_NAMES);
  const { headers, body = null, idempotent, signal, timeouts, livenessMs } = options;
  const defaults = DEFAULT_EVENTS_OPTIONS;
  const method = givenOr(options.method, defaults.method);
  if (typeof method !== 'string') throw new OptionError('method', `is ${describe(method)}, it must be a text`);
  const onState = checkFunction('onState', options.onState);
  checkTimeouts(timeouts);
  checkCallOptions(idempotent, signal, timeouts, undefined);
  const resolved: ResolvedEventsOptions = {
    method,
    headers,
    body,
    idempotent,
    signal,
    headersMs: timeouts?.headersMs,
    lastEventId: givenOr(options.lastEventId, defaults.lastEventId),
    reconnect: givenOr(options.reconnect, idempotent ?? isIdempotentMethod(method.toUpperCase())),
    retryMs: givenOr(options.retryMs, defaults.retryMs),
    maxRetryMs: givenOr(options.maxRetryMs, defaults.maxRetryMs),
    jitter: givenOr(options.jitter, defaults.jitter),
    maxFailures: givenOr(options.maxFailures, defaults.maxFailures),
    livenessMs,
    maxEventBytes: givenOr(options.maxEventBytes, defaults.maxEventBytes),
    onState: onState === undefined ? undefined : guardTrace(onState, 'onState'),
  };
  check(resolved);
  return resolved;
}

function check(options: ResolvedEventsOptions): void {
  const { lastEventId, livenessMs } = options;
  if (typeof lastEventId !== 'string') {
    throw new OptionError('lastEventId', `is ${describe(lastEventId)}, it must be a text`);
  }
  checkBoolean('reconnect', options.reconnect);
  checkBoundedNumber('retryMs', options.retryMs, 0, LONGEST_RETRY_MS);
  checkBoundedNumber('maxRetryMs', options.maxRetryMs, 0, LONGEST_RETRY_MS);
  checkNumber('jitter', options.jitter, 0);
  if (options.jitter === Infinity) throw new OptionError('jitter', 'is Infinity, it must be finite');
  checkWholeNumber('maxFailures', options.maxFailures, 1);
  checkWholeNumber('maxEventBytes', options.maxEventBytes, 1);
  if (livenessMs !== undefined) checkNumber('livenessMs', livenessMs, 1);
}

/** `bodyMs` would be a second watchdog beside `livenessMs`, that knows nothing of streams. */
function checkTimeouts(timeouts: unknown): void {
  if (timeouts === undefined) return;
  checkObject('timeouts', timeouts);
  if ('bodyMs' in timeouts)
    throw new OptionError('timeouts.bodyMs', 'says nothing of a stream of events: use livenessMs');
}
