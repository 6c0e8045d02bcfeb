// From a call of the user to what goes on the wire, for `request` and for `fetch`. The usual GET must cost next to nothing: its URL
// was parsed before, its lines are ready, and nothing else is looked at twice.
import { OptionError } from '../../errors.ts';
import type { Headers } from '../../http/headers.ts';
import { isIdempotentMethod } from '../../http/methods.ts';
import { BareRequests } from './bare-requests.ts';
import { readFetchCall } from './fetch-call.ts';
import type { FetchCall, FetchInit } from './fetch-call.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { NOTHING, encodeBody, fitLength } from './request-body.ts';
import type { EncodedBody } from './request-body.ts';
import { FieldEncoder, RequestFields } from './request-fields.ts';
import { REQUEST_METHODS, toMethod } from './request-method.ts';
import { checkRequestOptions } from './request-options.ts';
import type { RequestOptions } from './request-options.ts';
import { TargetResolver } from './request-target.ts';
import type { RequestTarget } from './request-target.ts';
import { USER_AGENT } from './user-agent.ts';

/** What an encoder needs of its session. */
export interface EncoderOptions {
  readonly baseUrl: URL | undefined;
  /** Checked already. */
  readonly headers: Headers | undefined;
  /** The content codings that `fetch` can undo, as Accept-Encoding says them; undefined: the field is not sent. */
  readonly acceptEncoding: string | undefined;
}

/** A call of `fetch`, ready to be sent. */
export interface EncodedFetch {
  readonly request: OutgoingRequest;
  /** What it says about the exchange rather than about the request. */
  readonly call: FetchCall;
}

/** What both ways of calling come down to. */
interface EncodableRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly fields: RequestFields | undefined;
  readonly body: EncodedBody;
  /** What the caller says of it; undefined where he says nothing. */
  readonly idempotent: boolean | undefined;
}

/** Encodes the requests of one session. */
export class RequestEncoder {
  readonly #targets: TargetResolver;
  /** For `request`: the session's fields and nothing else. */
  readonly #plain: FieldEncoder;
  /** For `fetch`: with those that the Fetch standard has every client send. */
  readonly #fetch: FieldEncoder;
  readonly #plainBare: BareRequests;
  readonly #fetchBare: BareRequests;
  /** Whether `fetch` says by itself what it can decode. */
  readonly #addsAcceptEncoding: boolean;

  constructor(options: EncoderOptions) {
    const sessionFields = options.headers?.flatList() ?? [];
    this.#addsAcceptEncoding = options.acceptEncoding !== undefined && options.headers?.has('accept-encoding') !== true;
    this.#targets = new TargetResolver(options.baseUrl);
    this.#plain = new FieldEncoder(sessionFields);
    this.#fetch = new FieldEncoder([...sessionFields, ...listFetchDefaults(sessionFields, options.acceptEncoding)]);
    this.#plainBare = new BareRequests(this.#plain.defaultLines);
    this.#fetchBare = new BareRequests(this.#fetch.defaultLines);
  }

  /**
   * A call of `request`. A GET or HEAD may have a body, although no server has to make anything of it (RFC 9110 §9.3.1).
   * Throws an OptionError that names the option or field.
   */
  encode(url: string | URL, options: RequestOptions): OutgoingRequest {
    checkRequestOptions(options);
    const { headers, body, idempotent } = options;
    const method = options.method === undefined ? 'GET' : toMethod(options.method, REQUEST_METHODS);
    const target = url === '*' && method === 'OPTIONS' ? this.#targets.asterisk() : this.#targets.resolve(url);
    if (headers === undefined && (body === undefined || body === null)) {
      if (target.authorization === undefined) return this.#plainBare.encode(method, target, idempotent);
    }
    const encodedBody = body === undefined || body === null ? NOTHING : encodeBody(body);
    // RFC 9110 §9.3.8.
    if (method === 'TRACE' && encodedBody !== NOTHING) throw new OptionError('body', 'cannot be sent with TRACE');
    const fields = headers === undefined ? undefined : this.#plain.encode(headers, false);
    if (encodedBody.typeIsFixed && fields?.has('content-type') === true) {
      throw new OptionError(
        'headers.content-type',
        'is said by the form itself, with its boundary: leave the field out',
      );
    }
    return encodeWith(this.#plain, { method, target, fields, body: encodedBody, idempotent });
  }

  /** A call of `fetch`. Throws TypeError, as the standard has it, with the OptionError that says more as its cause. */
  encodeFetch(input: string | URL | Request, init?: FetchInit): EncodedFetch {
    try {
      const call = readFetchCall(input, init);
      return { request: this.#encodeCall(call), call };
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      throw new TypeError(error.message, { cause: error });
    }
  }

  /** Where a URL leads. Throws an OptionError `url`. */
  resolve(url: string | URL): RequestTarget {
    return this.#targets.resolve(url);
  }

  #encodeCall(call: FetchCall): OutgoingRequest {
    const { method, url, body, idempotent } = call;
    const target = this.#targets.resolve(url);
    // Fetch standard, "new Request(input, init)".
    if (target.authorization !== undefined) {
      throw new OptionError('url', 'has a user or a password in it, which fetch() refuses: use headers.authorization');
    }
    if (call.headers === undefined && method === 'GET') return this.#fetchBare.encode(method, target, idempotent);
    const fields = call.headers === undefined ? undefined : this.#fetch.encode(call.headers, true);
    // Fetch standard, HTTP-network-or-cache fetch: a part of coded content cannot be decoded.
    if (this.#addsAcceptEncoding && fields?.has('range') === true && !fields.has('accept-encoding')) {
      fields.add('accept-encoding', 'identity');
    }
    return encodeWith(this.#fetch, { method, target, fields, body, idempotent });
  }
}

function encodeWith(encoder: FieldEncoder, request: EncodableRequest): OutgoingRequest {
  const { method, target, body } = request;
  const fields = request.fields ?? new RequestFields();
  if (target.authorization !== undefined && !fields.has('authorization')) {
    fields.add('authorization', target.authorization);
  }
  if (body.contentType !== undefined && !fields.has('content-type')) {
    // A media type of the session is meant for bodies that do not know better.
    if (body.typeIsFixed || !encoder.hasDefault('content-type')) fields.add('content-type', body.contentType);
  }
  const hostLine = fields.host === undefined ? target.hostLine : `Host: ${fields.host}\r\n`;
  return {
    method,
    origin: target.origin,
    target: target.target,
    url: target.url,
    fieldLines: hostLine + encoder.remainingDefaults(fields) + fields.lines,
    body: fitLength(body.body, fields.contentLength, method),
    idempotent: request.idempotent ?? (isIdempotentMethod(method) || fields.hasRepetitionKey),
    close: fields.close,
  };
}

/** Fetch standard, main fetch and HTTP-network-or-cache fetch. Accept-Language is a matter of people, so nothing is said for them. */
function listFetchDefaults(sessionFields: readonly string[], acceptEncoding: string | undefined): string[] {
  const defaults = new Map([
    ['accept', '*/*'],
    ['user-agent', USER_AGENT],
  ]);
  if (acceptEncoding !== undefined) defaults.set('accept-encoding', acceptEncoding);
  for (let at = 0; at < sessionFields.length; at += 2) defaults.delete(sessionFields[at]!);
  return [...defaults].flat();
}
