// A call of `fetch` (Fetch standard, "new Request(input, init)") understood: method, URL, fields and body. Of the members of `init`, those that ask
// a browser for something (mode, credentials, cache, referrer, keepalive, priority, window, duplex) say nothing to a client
// without pages, cookies and caches, and are ignored, as the standard's dictionaries ignore what they do not know.
import { OptionError } from '../../errors.ts';
import type { HeadersInput } from '../../http/headers.ts';
import type { RedirectMode } from './redirect.ts';
import { NOTHING, encodeBody } from './request-body.ts';
import type { EncodedBody } from './request-body.ts';
import { FETCH_METHODS, toMethod } from './request-method.ts';
import { checkCallOptions } from './request-options.ts';
import type { RequestBodyInput, RequestOptions } from './request-options.ts';

/** What the second argument of `fetch` may say: the standard's members, and what a session can do besides. */
export interface FetchInit
  extends Omit<RequestInit, 'body' | 'headers'>, Pick<RequestOptions, 'idempotent' | 'timeouts' | 'onInterim'> {
  readonly headers?: RequestOptions['headers'] | RequestInit['headers'];
  readonly body?: RequestBodyInput;
}

/** A call of `fetch`, understood. Fields and URL are as they were given. */
export interface FetchCall {
  readonly method: string;
  readonly url: string;
  readonly headers: HeadersInput | undefined;
  readonly body: EncodedBody;
  readonly idempotent: boolean | undefined;
  readonly redirect: RedirectMode;
  readonly signal: AbortSignal | undefined;
  readonly timeouts: RequestOptions['timeouts'];
  readonly onInterim: RequestOptions['onInterim'];
}

/** Read once: on globalThis it is a getter. */
const StandardRequest = globalThis.Request;

const NO_INIT: FetchInit = {};

/** Throws an OptionError for what the standard has a TypeError for. */
export function readFetchCall(input: string | URL | Request, init?: FetchInit | null): FetchCall {
  const members = init ?? NO_INIT;
  if (typeof members !== 'object') throw new OptionError('init', `is ${typeof init}, it must be an object`);
  const { idempotent, timeouts, onInterim } = members;
  const given = typeof input !== 'string' && input instanceof StandardRequest ? input : undefined;
  // null takes the signal of a Request away again.
  const signal = (members.signal === undefined ? given?.signal : members.signal) ?? undefined;
  checkCallOptions(idempotent, signal, timeouts, onInterim);
  // What browsers verify, and nobody here would, is not ignored.
  if (members.integrity !== undefined && members.integrity !== '') {
    throw new OptionError('integrity', 'is not supported: check the body that you receive');
  }
  const method = toFetchMethod(members.method ?? given?.method ?? 'GET');
  return {
    method,
    url: given === undefined ? toUrl(input) : given.url,
    headers: (members.headers ?? given?.headers) as HeadersInput | undefined,
    body: readBody(members, given, method),
    idempotent,
    redirect: toRedirectMode(members.redirect ?? given?.redirect),
    signal,
    timeouts,
    onInterim,
  };
}

/** Anything but a Request is made text, as `URL` and `Location` objects are. */
function toUrl(input: unknown): string {
  if (typeof input === 'string') return input;
  if (typeof input === 'symbol') throw new OptionError('url', 'is a symbol, it must be text or a URL');
  return String(input);
}

function toFetchMethod(given: unknown): string {
  const method = toMethod(given, FETCH_METHODS);
  if (/^TRAC[EK]$/i.test(method)) throw new OptionError('method', `is ${method}, which fetch() does not allow`);
  return method;
}

function readBody(init: FetchInit, given: Request | undefined, method: string): EncodedBody {
  const body = readBodyInput(init, given);
  if (body === null) return NOTHING;
  if (method === 'GET' || method === 'HEAD') throw new OptionError('body', `cannot be sent with ${method}`);
  return encodeBody(body);
}

function readBodyInput(init: FetchInit, given: Request | undefined): RequestBodyInput {
  const body: unknown = init.body;
  if (body === undefined || body === null) {
    if (given === undefined || given.body === null) return null;
    if (given.bodyUsed) throw new OptionError('body', 'of the Request was read already');
    return given.body;
  }
  if (typeof body === 'number' || typeof body === 'boolean' || typeof body === 'bigint') return String(body);
  // The standard takes a copy of bytes.
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  return body as RequestBodyInput;
}

function toRedirectMode(mode: unknown): RedirectMode {
  if (mode === undefined) return 'follow';
  if (mode === 'follow' || mode === 'error' || mode === 'manual') return mode;
  throw new OptionError('redirect', "must be 'follow', 'error' or 'manual'");
}
