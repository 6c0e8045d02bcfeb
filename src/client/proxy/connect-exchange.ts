// One CONNECT and its answer on a connection to a proxy (RFC 9110 §9.3.6): afterwards its bytes belong to the target, or it is over.
import { NO_BODY, WireConnection } from '../../wire/index.ts';
import type { ProtocolError, RequestHead, ResponseHead, WireConfiguration, WireSink } from '../../wire/index.ts';
import type { Transport, TransportSink } from '../../io/index.ts';
import type { TunnelRefusal } from './explain-proxy-error.ts';
import { USER_AGENT } from '../request/user-agent.ts';

/** How it ended. */
export type ConnectOutcome =
  | { readonly kind: 'tunnel' }
  | ({ readonly kind: 'refused' } & TunnelRefusal)
  /** `error` undefined: the proxy closed the connection. */
  | { readonly kind: 'broken'; readonly error: Error | undefined };

/** See the head of the file. `onOutcome` is told once. */
export class ConnectExchange implements TransportSink, WireSink {
  readonly #transport: Transport;
  readonly #wire: WireConnection;
  readonly #onOutcome: (outcome: ConnectOutcome) => void;
  #outcome: ConnectOutcome | undefined;
  #isTold = false;

  constructor(transport: Transport, configuration: WireConfiguration, onOutcome: (outcome: ConnectOutcome) => void) {
    this.#transport = transport;
    this.#onOutcome = onOutcome;
    this.#wire = new WireConnection('client', configuration, this, {
      write: (data) => void transport.write(data),
    });
  }

  /** `authorization` is for the proxy. Nothing of the request that the tunnel is for is told to it. */
  send(host: string, port: number, authorization: string | undefined): void {
    this.#transport.attach(this);
    // RFC 9112 §3.2.3: host and port, the default one as well.
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const credentials = authorization === undefined ? '' : `proxy-authorization: ${authorization}\r\n`;
    const lines = `Host: ${authority}\r\nuser-agent: ${USER_AGENT}\r\n${credentials}`;
    this.#wire.sendRequest('CONNECT', authority, lines, NO_BODY, false);
  }

  /** Gives it up. The outcome is not told. */
  abort(): void {
    this.#isTold = true;
    this.#transport.destroy();
  }

  onTransportData(bytes: Buffer): void {
    if (this.#isTold) return;
    this.#wire.receive(bytes);
    this.#tell();
  }

  onTransportEnd(): void {
    if (this.#isTold) return;
    this.#outcome = { kind: 'broken', error: undefined };
    this.#tell();
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    this.#outcome = { kind: 'broken', error };
    this.#tell();
  }

  onHead(head: RequestHead | ResponseHead): void {
    if (head.kind === 'request') return;
    const { status, lines } = head;
    const challenge = lines.get('proxy-authenticate');
    this.#outcome = status >= 200 && status < 300 ? { kind: 'tunnel' } : { kind: 'refused', status, challenge };
  }

  onInterim(): void {}

  onBody(): void {}

  onTrailers(): void {}

  onEnd(): void {}

  /** In TLS the client speaks first, so bytes behind the head are the proxy's own, and nobody knows what they mean. */
  onError(error: ProtocolError): void {
    if (this.#outcome?.kind !== 'refused') this.#outcome = { kind: 'broken', error };
  }

  /** Outside of the callbacks of the wire: only then all bytes have been looked at. */
  #tell(): void {
    if (this.#isTold || this.#outcome === undefined) return;
    this.#isTold = true;
    if (this.#outcome.kind === 'tunnel') this.#transport.pause();
    else this.#transport.destroy();
    this.#onOutcome(this.#outcome);
  }
}
