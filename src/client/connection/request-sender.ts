// The sending side of a connection: the requests in flight on it, how far the last one has got, and what that means when it is lost.
import type { LossKind } from '../../errors.ts';
import type { Clock, Transport } from '../../io/index.ts';
import type { WireConnection } from '../../wire/index.ts';
import type { ExchangeConnection, ExchangeRequest, Loss } from '../exchange-parties.ts';
import type { HoldBack } from '../options.ts';
import { takesPipelined } from './pipeline.ts';
import { RequestOutput } from './request-output.ts';
import { sendRequest } from './send-request.ts';
import type { Upload, UploadOwner } from './upload.ts';

/** How a connection ended, as far as its requests are concerned. */
export interface LossCircumstances {
  readonly kind: LossKind;
  readonly connection: ExchangeConnection;
  /** Bytes that came of the response that is next. */
  readonly responseBytes: number;
  /** The response that ended it had `Connection: close`. */
  readonly saysClose: boolean;
  readonly error: unknown;
}

/** See the head of the file. */
export class RequestSender {
  readonly output: RequestOutput;
  readonly #owner: UploadOwner;
  /** Requests without a complete response, in the order in which they were sent. */
  readonly #inFlight: ExchangeRequest[] = [];
  #upload: Upload | undefined;

  constructor(owner: UploadOwner, transport: Transport, gathers: boolean) {
    this.#owner = owner;
    this.output = new RequestOutput(transport, gathers);
  }

  /** The request whose response is next. */
  get first(): ExchangeRequest | undefined {
    return this.#inFlight[0];
  }

  get inFlight(): number {
    return this.#inFlight.length;
  }

  /** Whether the body of the last request is not complete. */
  get isUploading(): boolean {
    return this.#upload !== undefined && !this.#upload.complete;
  }

  /** Whether one more safe request may go out behind those in flight; `requests` were sent on the connection in all. */
  takesPipelined(limit: number, requests: number): boolean {
    const { length } = this.#inFlight;
    const lastMethod = this.#inFlight[length - 1]?.outgoing.method ?? '';
    return !this.isUploading && takesPipelined({ limit, inFlight: length, requests, lastMethod });
  }

  /** Whether nothing in flight has left yet, so that nothing can be an answer. */
  get isUnsent(): boolean {
    return this.output.unsentRequests === this.#inFlight.length;
  }

  /** Sends the request; `holdBack` says how the rest of it waits for a sign that the connection is alive. */
  send(request: ExchangeRequest, wire: WireConnection, holdBack: Exclude<HoldBack, 'auto'>, clock: Clock): void {
    this.#inFlight.push(request);
    this.output.begin(holdBack === 'lastByte');
    const awaitContinue = holdBack === 'continue' ? clock : undefined;
    this.#upload = sendRequest(request.outgoing, wire, this.output, this.#owner, awaitContinue);
  }

  /** The transport takes more. */
  drained(): void {
    this.output.writable = true;
    this.#upload?.drained();
  }

  /** The server answered 100. */
  proceed(): void {
    this.#upload?.proceed();
  }

  /** The response begins. */
  answered(status: number): void {
    // RFC 9110 §7.5: whoever answers with an error, or points elsewhere, does not want the rest of the request.
    if (status >= 300) this.#upload?.stop();
    // Who answers is alive. A byte that stays behind would become the first one of the next request.
    this.output.release();
  }

  /** The response to the first request is complete. Returns it, and whether all of it had been sent. */
  retire(): { readonly request: ExchangeRequest; readonly isComplete: boolean } {
    const request = this.#inFlight.shift()!;
    const isComplete = !this.isUploading;
    this.#upload?.stop();
    this.#upload = undefined;
    return { request, isComplete };
  }

  /** The caller's side gives everything up. */
  failAll(error: Error): void {
    for (const request of this.#inFlight) request.fail(error);
  }

  /** The connection is lost: everything in flight, with what is known of each. */
  lose(circumstances: LossCircumstances): { readonly request: ExchangeRequest; readonly loss: Loss }[] {
    const losses = this.#inFlight.map((request, index) => ({ request, loss: this.recordLoss(circumstances, index) }));
    this.forget();
    return losses;
  }

  /** Nobody waits for what is in flight. */
  forget(): void {
    this.output.drop();
    this.#inFlight.length = 0;
    this.#upload?.stop();
  }

  /** What is known of a request in flight if its connection is lost now. */
  recordLoss({ kind, connection, responseBytes, saysClose, error }: LossCircumstances, index: number): Loss {
    const isLast = index === this.#inFlight.length - 1;
    const isUnsent = index >= this.#inFlight.length - this.output.unsentRequests;
    return {
      kind,
      connection,
      // A connection that was opened ahead of need can be as stale as one that was used.
      reused: connection.requests > this.#inFlight.length || connection.idledMs > 0,
      idleMs: connection.idledMs,
      bytesSent: isLast ? this.output.bytesSent : 0,
      nothingAccepted: isLast && this.output.refused,
      requestComplete: !isUnsent && (!isLast || (!this.output.isHolding && this.#upload?.sent !== false)),
      responseBytes: index === 0 ? responseBytes : 0,
      pipelinedBehind: index > 0,
      saysClose,
      bodyTaken: isLast && this.#upload?.taken === true,
      error,
    };
  }
}
