// One call of `fetch`: its requests from redirect to redirect, and the Response that its caller gets.
import { RedirectError } from '../errors.ts';
import type { ResponseHead } from '../wire/index.ts';
import { decode } from './response/decoded-body.ts';
import { decideDecoding } from './response/decompression.ts';
import { deliverResponse } from './response/deliver-response.ts';
import type { EncodedFetch, RequestEncoder } from './request/encode-request.ts';
import type { FetchInit } from './request/fetch-call.ts';
import type { ExchangeConnection } from './exchange-parties.ts';
import type { OutgoingRequest } from './request/outgoing-request.ts';
import type { Delivery, PendingRequest, RequestContext } from './pending-request.ts';
import { REDIRECT_REFUSALS, decideRedirect, isRedirectStatus } from './request/redirect.ts';
import { redirectRequest } from './request/redirect-request.ts';
import { FetchResponse } from './response/response.ts';
import type { ResponseBody } from './response/response-body.ts';

/** What a call asks of its session. */
export interface FetchSender {
  send(outgoing: OutgoingRequest, context: RequestContext, deliver: Delivery): Promise<unknown>;
  /** A redirect is about to be followed: a session that is being closed waits for that. */
  beginRedirect(): void;
  /** It is followed, or cannot be. */
  endRedirect(): void;
}

/** See the head of the file. */
export class FetchRun {
  readonly #encoder: RequestEncoder;
  readonly #sender: FetchSender;
  readonly #encoded: EncodedFetch;
  readonly #deliver: Delivery;
  /** What was sent last, as it was encoded: what the session adds to it is not for the request that a redirect leads to. */
  #outgoing: OutgoingRequest;
  #redirects = 0;

  /** Throws TypeError where the call cannot be understood. */
  constructor(
    encoder: RequestEncoder,
    sender: FetchSender,
    input: string | URL | Request,
    init: FetchInit | undefined,
  ) {
    this.#encoder = encoder;
    this.#sender = sender;
    this.#encoded = encoder.encodeFetch(input, init);
    this.#outgoing = this.#encoded.request;
    this.#deliver = (request, head, body, connection) => this.#receive(request, head, body, connection);
  }

  /** What is asked for, or what a redirect led to. */
  get url(): string {
    return this.#outgoing.url;
  }

  start(): Promise<FetchResponse> {
    return this.#sender.send(this.#outgoing, this.#encoded.call, this.#deliver) as Promise<FetchResponse>;
  }

  /** A response: the answer to the call, or a step on the way to it. */
  #receive(
    request: PendingRequest,
    head: ResponseHead,
    body: ResponseBody,
    connection: ExchangeConnection,
  ): FetchResponse | Promise<FetchResponse> {
    const next = isRedirectStatus(head.status) ? this.#follow(head, body) : undefined;
    if (next !== undefined) return next;
    const coding = head.lines.get('content-encoding');
    const codings = coding === undefined ? 'identity' : decideDecoding(coding);
    // What cannot be decoded is delivered as it came, and Content-Encoding says what it is.
    const decoded = typeof codings === 'string' ? body : decode(body, codings);
    const response = deliverResponse(request, head, decoded, connection);
    return new FetchResponse(response, request.outgoing, this.#redirects > 0);
  }

  /** Undefined where the redirect is the answer. */
  #follow(head: ResponseHead, body: ResponseBody): Promise<FetchResponse> | undefined {
    const outgoing = this.#outgoing;
    const decision = decideRedirect({
      status: head.status,
      location: head.lines.get('location'),
      method: outgoing.method,
      url: outgoing.url,
      body: describeBody(outgoing),
      mode: this.#encoded.call.redirect,
      redirects: this.#redirects,
    });
    if (decision.action === 'stop') return undefined;
    this.#sender.beginRedirect();
    // Behind the reading of its bytes, so that its connection is free for the next request.
    return Promise.resolve().then(async () => {
      try {
        await body.dump();
        if (decision.action === 'error') {
          throw new RedirectError(
            `cannot follow the redirect from ${outgoing.url}: ${REDIRECT_REFUSALS[decision.reason]}`,
          );
        }
        this.#redirects += 1;
        this.#outgoing = redirectRequest(outgoing, decision, this.#encoder.resolve(decision.url));
        return await this.start();
      } finally {
        this.#sender.endRedirect();
      }
    });
  }
}

function describeBody({ body }: OutgoingRequest): 'none' | 'replayable' | 'oneShot' {
  if (body.kind === 'none') return 'none';
  return body.kind === 'whole' || body.source.replayable ? 'replayable' : 'oneShot';
}
