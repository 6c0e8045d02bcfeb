// One persistent connection of HTTP/1.1 that carries the requests of a heartbeat, one at a time (RFC 9112 §9.3).
import { PerduraError } from '../../../errors.ts';
import type { Clock, Transport, TransportSink } from '../../../io/index.ts';
import { WireConfiguration, WireConnection } from '../../../wire/index.ts';
import type { ProtocolError, RequestHead, ResponseHead, WireSink } from '../../../wire/index.ts';
import { decideCalm } from './http-calm.ts';
import type { SignalRequest } from './http1-options.ts';
import { connectionLost, describeLoss } from './signal-connection.ts';
import type { SignalConnection, SignalConnectionOwner } from './signal-connection.ts';

/** Any server's answer is a sign of life, also one with more fields than a client should take: only memory is guarded. */
const CONFIGURATION = new WireConfiguration({ headerBytes: 262_144, headerFields: 1_000 });

/** Nobody is asked to wait so often before an answer; as the inspector has it. */
const MOST_INTERIM = 1_000;

const REQUEST_TIMEOUT = 408;

/** A server's word, in the moment before it ends an idle connection, that it has waited for long enough. */
const TIMEOUT_NOTICE = /^HTTP\/1\.[01] 408[ \r]/;

/** Nothing is under way; an answer is awaited; the rest of its body is read for nobody; it has ended. */
type State = 'idle' | 'awaiting' | 'draining' | 'over';

/** See the head of the file. */
export class Http1SignalConnection implements SignalConnection, TransportSink, WireSink {
  readonly #owner: SignalConnectionOwner;
  readonly #transport: Transport;
  readonly #request: SignalRequest;
  readonly #clock: Clock;
  readonly #wire: WireConnection;
  #state: State = 'idle';
  #requests = 0;
  #sentMs = 0;
  /** Whether a byte of the answer has come. */
  #isAnswering = false;
  #interim = 0;
  #bodyBytes = 0;

  constructor(owner: SignalConnectionOwner, transport: Transport, request: SignalRequest, clock: Clock) {
    this.#owner = owner;
    this.#transport = transport;
    this.#request = request;
    this.#clock = clock;
    this.#wire = new WireConnection('client', CONFIGURATION, this, transport);
    transport.attach(this);
    transport.setIdle(true);
  }

  get isReady(): boolean {
    return this.#state === 'idle' && this.#wire.persistence === 'persistent' && this.#transport.failure === undefined;
  }

  get #hasEnded(): boolean {
    return this.#state === 'over';
  }

  signal(): void {
    const { method, target, fieldLines, framing } = this.#request;
    this.#state = 'awaiting';
    this.#requests += 1;
    this.#isAnswering = false;
    this.#interim = 0;
    this.#bodyBytes = 0;
    this.#transport.setIdle(false);
    this.#sentMs = this.#clock.nowMs();
    this.#wire.sendRequest(method, target, fieldLines, framing, false, framing.kind === 'none' ? undefined : '');
  }

  destroy(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#transport.destroy();
  }

  onTransportData(bytes: Buffer): void {
    if (this.#state === 'over') return;
    if (this.#state === 'idle') return this.#onUnasked(bytes);
    this.#isAnswering = true;
    this.#wire.receive(bytes);
    const { bodyRemainingBytes } = this.#wire;
    // A rest of known length that is not worth it need not even begin.
    if (bodyRemainingBytes < Infinity) this.#checkBody(bodyRemainingBytes);
  }

  onTransportEnd(): void {
    // It may be how the body ends.
    if (this.#state === 'awaiting' || this.#state === 'draining') this.#wire.receiveEnd();
    this.#ended(undefined);
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    this.#ended(error);
  }

  onHead(head: RequestHead | ResponseHead): void {
    if (head.kind === 'request' || this.#state !== 'awaiting') return;
    const { status, lines } = head;
    // The notice of the idle timeout crossed our request, which was not looked at.
    if (status === REQUEST_TIMEOUT && this.#requests > 1 && this.#wire.persistence !== 'persistent') {
      return this.#unanswered('the server ended the idle connection with 408', undefined, this.#request.mayRepeat);
    }
    this.#state = 'draining';
    const rttMs = this.#clock.nowMs() - this.#sentMs;
    const calm = decideCalm(status, lines.get('retry-after'), this.#clock.wallMs());
    if (calm !== undefined) this.#owner.onCalm(calm.reason, calm.retryAfterMs);
    // Whoever was told may have stopped the heartbeat.
    if (this.#hasEnded) return;
    const { expected } = this.#request;
    if (expected === undefined || expected.matches(status)) this.#owner.onAcknowledged(rttMs, String(status));
    else
      this.#owner.onRejected(new PerduraError('ERR_PERDURA_PROTOCOL', `answered ${status}, expected ${expected.text}`));
  }

  onInterim(): void {
    if (this.#state !== 'awaiting') return;
    this.#interim += 1;
    if (this.#interim <= MOST_INTERIM) this.#owner.onReceived();
    else this.#unanswered(`more than ${MOST_INTERIM} answers of 1xx before the final one`, undefined, false);
  }

  onBody(bytes: Buffer): void {
    this.#bodyBytes += bytes.length;
    this.#checkBody(0);
  }

  onTrailers(): void {}

  onEnd(): void {
    if (this.#state !== 'draining') return;
    if (this.#wire.persistence !== 'persistent') return this.#leave();
    this.#state = 'idle';
    this.#transport.setIdle(true);
  }

  onError(error: ProtocolError): void {
    if (this.#state === 'awaiting') this.#unanswered(explain(error), error, false);
    // What came behind the head of an answer is of no interest.
    else this.#leave();
  }

  #onUnasked(bytes: Buffer): void {
    // Whatever it is, it would pass for the answer to the next request.
    if (TIMEOUT_NOTICE.test(bytes.toString('latin1', 0, 16))) this.#leave();
    else this.#lost('the server sent bytes that nobody had asked for');
  }

  #checkBody(remainingBytes: number): void {
    if (this.#state === 'draining' && this.#bodyBytes + remainingBytes > this.#request.drainBytes) this.#leave();
  }

  #ended(error: Error | undefined): void {
    switch (this.#state) {
      case 'awaiting': {
        // Over HTTP/1 a server may end an idle connection at any time (RFC 9112 §9.5), so also while a request is on its way.
        const mayRepeat = this.#request.mayRepeat && this.#requests > 1 && !this.#isAnswering;
        return this.#unanswered(`${describeLoss(error)} and did not answer`, error, mayRepeat);
      }
      case 'idle':
        return error === undefined ? this.#leave() : this.#lost(describeLoss(error));
      default:
        return this.#leave();
    }
  }

  #unanswered(message: string, cause: Error | undefined, mayRepeat: boolean): void {
    this.destroy();
    this.#owner.onUnanswered(connectionLost(message, cause), mayRepeat);
  }

  #leave(): void {
    if (this.#state === 'over') return;
    this.destroy();
    this.#owner.onEnded();
  }

  #lost(reason: string): void {
    this.destroy();
    this.#owner.onLost(reason);
  }
}

function explain(error: ProtocolError): string {
  if (error.fault === 'unexpectedEnd') return 'the connection ended within the head of the answer';
  return `the answer is not HTTP/1.1 as it should be: ${error.message}`;
}
