// One signal on one connection of HTTP/1: a request that carries nothing and that no caller made. It is never sent again, and waits
// for no connection. With HTTP/2 a PING will take its place (RFC 9113 §6.7): the connection decides how it asks, nothing else here.
import type { ResponseHead } from '../../wire/index.ts';
import type { ExchangeConnection, ExchangeRequest, Loss } from '../exchange-parties.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';
import type { ResponseBody } from '../response/response-body.ts';

/** Who is told of the answer. */
export interface SignalOwner {
  onAcknowledged(status: number): void;
}

/** See the head of the file. */
export class HeartbeatSignal implements ExchangeRequest {
  readonly outgoing: OutgoingRequest;
  readonly needsNew = false;
  readonly repeatable = true;
  /** Its own deadline is the one of the acknowledgement. */
  readonly headersTimeoutMs: number = Infinity;
  readonly bodyTimeoutMs: number = Infinity;
  /** The status of the answer, where it has come. */
  status: number | undefined;
  settled = false;
  readonly #owner: SignalOwner;

  constructor(owner: SignalOwner, outgoing: OutgoingRequest) {
    this.#owner = owner;
    this.outgoing = outgoing;
  }

  /** The head is the answer; whatever it brings along is for nobody. */
  onHead(_connection: ExchangeConnection, head: ResponseHead, body: ResponseBody): void {
    this.status = head.status;
    this.#owner.onAcknowledged(head.status);
    void body.dump();
  }

  onComplete(): void {
    this.settled = true;
  }

  onLost(): void {
    this.settled = true;
  }

  onTruncated(): void {
    this.settled = true;
  }

  fail(): void {
    this.settled = true;
  }

  /** The server's idle timeout crossed the signal: no answer to it, but the end of the connection (RFC 9110 §15.5.9). */
  resendsAfter408({ saysClose }: Loss): boolean {
    return saysClose;
  }

  holdBackOn(): 'never' {
    return 'never';
  }

  hedgeDelayMs(): number {
    return Infinity;
  }

  start(): void {}

  onQueued(): void {}

  onConnectFailed(): void {}

  onSent(): void {}

  onInterim(): void {}

  onLeaked(): void {}

  hedge(): void {}
}
