// A connection on which a server tells events (HTML standard, §9.2) and nobody asks anything but for the first. What comes is not understood: each
// byte is a sign of life, comments as well.
import { PerduraError } from '../../../errors.ts';
import type { Clock, Transport, TransportSink } from '../../../io/index.ts';
import { NO_BODY, WireConfiguration, WireConnection } from '../../../wire/index.ts';
import type { ProtocolError, RequestHead, ResponseHead, WireSink } from '../../../wire/index.ts';
import { decideCalm } from './http-calm.ts';
import type { SignalRequest } from './http1-options.ts';
import { connectionLost, describeLoss } from './signal-connection.ts';
import type { SignalConnection, SignalConnectionOwner } from './signal-connection.ts';

const MEDIA_TYPE = 'text/event-stream';

const CONFIGURATION = new WireConfiguration({});

/** Nothing was asked for; the head of the answer is awaited; events come; it has ended. */
type State = 'new' | 'asking' | 'streaming' | 'over';

/** See the head of the file. The first signal asks for the stream, those behind it look whether anything came since the one before. */
export class SseStream implements SignalConnection, TransportSink, WireSink {
  readonly #owner: SignalConnectionOwner;
  readonly #transport: Transport;
  readonly #request: SignalRequest;
  readonly #clock: Clock;
  readonly #wire: WireConnection;
  #state: State = 'new';
  #sentMs = 0;
  /** What came since the last signal, and when the last of it. */
  #receivedBytes = 0;
  #receivedMs = 0;
  /** Whether a signal waits for the next byte. */
  #isAwaiting = false;

  constructor(owner: SignalConnectionOwner, transport: Transport, request: SignalRequest, clock: Clock) {
    this.#owner = owner;
    this.#transport = transport;
    this.#request = request;
    this.#clock = clock;
    this.#wire = new WireConnection('client', CONFIGURATION, this, transport);
    transport.attach(this);
  }

  get isReady(): boolean {
    const isOpen = this.#state === 'new' || this.#state === 'streaming';
    return isOpen && this.#transport.failure === undefined;
  }

  signal(): void {
    if (this.#state === 'new') return this.#ask();
    this.#isAwaiting = true;
    this.#transport.setIdle(false);
    if (this.#receivedBytes > 0) this.#clock.endOfTurn(() => this.#acknowledge());
  }

  destroy(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#transport.destroy();
  }

  onTransportData(bytes: Buffer): void {
    if (this.#state === 'over') return;
    this.#receivedBytes += bytes.length;
    this.#receivedMs = this.#clock.nowMs();
    this.#wire.receive(bytes);
    if (this.#isAwaiting) this.#acknowledge();
  }

  onTransportEnd(): void {
    // It may be how the stream ends.
    if (this.#state === 'asking' || this.#state === 'streaming') this.#wire.receiveEnd();
    this.#broke(describeLoss(undefined));
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    this.#broke(describeLoss(error), error);
  }

  onHead(head: RequestHead | ResponseHead): void {
    if (head.kind === 'request' || this.#state !== 'asking') return;
    const { status, lines } = head;
    const type = (lines.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
    const calm = decideCalm(status, lines.get('retry-after'), this.#clock.wallMs());
    if (calm !== undefined) this.#owner.onCalm(calm.reason, calm.retryAfterMs);
    if (status !== 200 || type !== MEDIA_TYPE) {
      this.destroy();
      const given = status === 200 ? `the content-type ${type === '' ? 'nobody knows' : type}` : String(status);
      return this.#owner.onRejected(
        new PerduraError('ERR_PERDURA_PROTOCOL', `answered ${given}, expected a 200 of ${MEDIA_TYPE}`),
      );
    }
    this.#state = 'streaming';
    this.#receivedBytes = 0;
    this.#transport.setIdle(true);
    this.#owner.onAcknowledged(this.#clock.nowMs() - this.#sentMs, String(status));
  }

  onInterim(): void {
    this.#owner.onReceived();
  }

  onBody(): void {}

  onTrailers(): void {}

  /** A server may end a stream when it likes, and be asked for another. */
  onEnd(): void {
    if (this.#state !== 'streaming') return;
    this.destroy();
    if (this.#isAwaiting) this.#owner.onUnanswered(connectionLost('the server ended the stream', undefined), true);
    else this.#owner.onEnded();
  }

  onError(error: ProtocolError): void {
    const isCutOff = error.fault === 'unexpectedEnd';
    const what = isCutOff ? 'the stream was cut off' : `the answer is not HTTP/1.1 as it should be: ${error.message}`;
    this.#broke(what, error);
  }

  #ask(): void {
    const { method, target, fieldLines } = this.#request;
    this.#state = 'asking';
    this.#transport.setIdle(false);
    this.#sentMs = this.#clock.nowMs();
    this.#wire.sendRequest(method, target, fieldLines, NO_BODY, false, undefined);
  }

  #acknowledge(): void {
    if (!this.#isAwaiting || this.#state !== 'streaming') return;
    const detail = `${this.#receivedBytes} bytes`;
    this.#isAwaiting = false;
    this.#receivedBytes = 0;
    this.#transport.setIdle(true);
    this.#owner.onHeard(this.#clock.nowMs() - this.#receivedMs, detail);
  }

  #broke(what: string, cause?: Error): void {
    if (this.#state === 'over') return;
    const isAsked = this.#state === 'asking' || this.#isAwaiting;
    const mayRepeat = this.#state === 'streaming';
    this.destroy();
    if (isAsked) this.#owner.onUnanswered(connectionLost(what, cause), mayRepeat);
    else this.#owner.onLost(what);
  }
}
