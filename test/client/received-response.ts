// A response from its bytes as a session would make it: read by the wire, its body fed by a connection that pauses and resumes.
import assert from 'node:assert/strict';
import { decode } from '#src/client/response/decoded-body.js';
import { decideDecoding } from '#src/client/response/decompression.js';
import { ResponseBody } from '#src/client/response/response-body.js';
import type { BodyOwner } from '#src/client/response/response-body.js';
import { FetchResponse } from '#src/client/response/response.js';
import { createSessionResponse } from '#src/client/response/session-response.js';
import type { SessionResponse } from '#src/client/response/session-response.js';
import { Headers } from '#src/http/headers.js';
import { NO_BODY, WireConfiguration, WireConnection } from '#src/wire/index.js';
import type { Exchange, FieldLines, RequestHead, ResponseHead, WireSink } from '#src/wire/index.js';

const configuration = new WireConfiguration();

/** The connection of one exchange. */
class OneExchange implements WireSink, BodyOwner {
  readonly #wire: WireConnection;
  #body: ResponseBody | undefined;
  #trailers: Headers | undefined;
  response: SessionResponse | undefined;

  constructor(method: string) {
    this.#wire = new WireConnection('client', configuration, this, { write: () => true });
    this.#wire.sendRequest(method, '/', 'Host: a\r\n', NO_BODY, false);
  }

  receive(bytes: Buffer): void {
    this.#wire.receive(bytes);
  }

  end(): void {
    this.#wire.receiveEnd();
  }

  onHead(head: RequestHead | ResponseHead): void {
    assert.equal(head.kind, 'response');
    if (head.kind !== 'response') return;
    this.#body = new ResponseBody(this);
    const codings = decideDecoding(head.lines.get('content-encoding') ?? null);
    const body = typeof codings === 'string' ? this.#body : decode(this.#body, codings);
    this.response = createSessionResponse(head, body, { id: 7, reused: false, request: 1 });
  }

  onInterim(): void {}

  onBody(bytes: Buffer): void {
    this.#body!.push(bytes);
  }

  onTrailers(lines: FieldLines): void {
    this.#trailers = Headers.fromList(lines.loadFields());
  }

  onEnd(): void {
    this.#body!.finish(this.#trailers);
  }

  onError(error: Error, _exchange: Exchange | undefined): void {
    this.#body?.fail(error);
  }

  pauseBody(): void {
    this.#wire.pause();
  }

  resumeBody(): void {
    this.#wire.resume();
  }

  abandonBody(): void {}
}

/** The bytes in these pieces, then FIN. */
export function receiveSessionResponse(pieces: readonly Buffer[], method = 'GET'): SessionResponse {
  const exchange = new OneExchange(method);
  for (const piece of pieces) exchange.receive(piece);
  exchange.end();
  assert.ok(exchange.response !== undefined, 'no response in these bytes');
  return exchange.response;
}

export function receiveResponse(
  pieces: readonly Buffer[],
  request: { url: string; method: string },
  redirected = false,
): FetchResponse {
  return new FetchResponse(receiveSessionResponse(pieces, request.method), request, redirected);
}
