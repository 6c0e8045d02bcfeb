// Requests without fields and body of their own. All those for one URL are alike, so the GET of each URL is encoded once.
import { isIdempotentMethod } from '../../http/methods.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { NO_BODY, fitLength } from './request-body.ts';
import type { RequestTarget } from './request-target.ts';

/** The bare requests of one way of calling. */
export class BareRequests {
  readonly #defaultLines: string;
  /** They live as long as their URLs are remembered. */
  readonly #gets = new WeakMap<RequestTarget, OutgoingRequest>();

  /** `defaultLines` are what the session sends with every request. */
  constructor(defaultLines: string) {
    this.#defaultLines = defaultLines;
  }

  /** `idempotent` is what the caller says of it; undefined where he says nothing. */
  encode(method: string, target: RequestTarget, idempotent: boolean | undefined): OutgoingRequest {
    if (method !== 'GET' || idempotent === false) return this.#encodeAnew(method, target, idempotent);
    let request = this.#gets.get(target);
    if (request === undefined) {
      request = this.#encodeAnew(method, target, idempotent);
      this.#gets.set(target, request);
    }
    return request;
  }

  #encodeAnew(method: string, target: RequestTarget, idempotent: boolean | undefined): OutgoingRequest {
    return {
      method,
      origin: target.origin,
      target: target.target,
      url: target.url,
      fieldLines: target.hostLine + this.#defaultLines,
      body: fitLength(NO_BODY, undefined, method),
      idempotent: idempotent ?? isIdempotentMethod(method),
      close: false,
    };
  }
}
