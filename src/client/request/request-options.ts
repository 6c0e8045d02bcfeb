// What one request may say: its body, and everything beyond its URL. How it becomes bytes is in encode-request.ts.
import { OptionError } from '../../errors.ts';
import type { Headers, HeadersInput } from '../../http/headers.ts';
import { checkBoolean, checkFunction, checkNames, checkNumber, checkObject } from '../../option-checks.ts';
import type { SessionTimeouts } from '../limits.ts';

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
  | (() => AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string> | Uint8Array | Blob)
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

/** Throws an OptionError for what is no option of a request, or cannot be its value. Method, fields and body are not looked at. */
export function checkRequestOptions(options: RequestOptions): void {
  checkCallOptions(options.idempotent, options.signal, options.timeouts, options.onInterim);
  for (const name of Object.keys(options)) if (!NAMES.has(name)) checkNames('', options, [...NAMES]);
}

/** Checks what `fetch` knows as well. Nearly always all of it is undefined, so that is asked for first. */
export function checkCallOptions(idempotent: unknown, signal: unknown, timeouts: unknown, onInterim: unknown): void {
  if (idempotent !== undefined) checkBoolean('idempotent', idempotent);
  if (signal !== undefined) checkSignal(signal);
  if (timeouts !== undefined) checkTimeouts(timeouts);
  if (onInterim !== undefined) checkFunction('onInterim', onInterim);
}

function checkSignal(signal: unknown): void {
  // By what is used of it: polyfills and other realms have their own classes.
  if (typeof signal === 'object' && signal !== null && 'aborted' in signal && 'addEventListener' in signal) return;
  throw new OptionError('signal', 'is not an AbortSignal');
}

function checkTimeouts(timeouts: unknown): void {
  checkObject('timeouts', timeouts);
  checkNames('timeouts', timeouts, ['timeouts.headersMs', 'timeouts.bodyMs']);
  for (const [name, value] of Object.entries(timeouts)) {
    if (value !== undefined) checkNumber(`timeouts.${name}`, value, 1);
  }
}

/** With `url`, because a request is given as one object. */
const NAMES: ReadonlySet<string> = new Set([
  'url',
  'method',
  'headers',
  'body',
  'idempotent',
  'signal',
  'timeouts',
  'onInterim',
]);
