// The probe for a target, by the scheme of its URL.
import { AbortedError, ConnectError, OptionError } from '../../errors.ts';
import { Connector, systemClock } from '../../io/index.ts';
import type { Clock, Opening, Transport, TransportSink } from '../../io/index.ts';
import type { Probe, ProbeSink } from '../engine/probe.ts';

/** See {@link probeFor}. */
export interface ProbeForOptions {
  /** Options of tls.connect() of node:tls. */
  readonly tls?: Readonly<Record<string, unknown>>;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/** The schemes that there are probes for, and what each does. */
export const PROBE_SCHEMES: Readonly<Record<string, string>> = {
  tcp: 'opens a connection and sees that it is not ended',
};

/** @throws OptionError where there is no probe for the target. */
export function probeFor(target: string, options: ProbeForOptions = {}): Probe {
  if (!URL.canParse(target)) throw new OptionError('target', `'${target}' is no URL`);
  const url = new URL(target);
  if (url.protocol !== 'tcp:') {
    throw new OptionError(
      'target',
      `has the scheme ${url.protocol}, there are ${Object.keys(PROBE_SCHEMES).join(', ')}`,
    );
  }
  if (url.port === '') throw new OptionError('target', `'${url.href}' has no port`);
  return new TcpConnection(url, options.clock ?? systemClock);
}

/** Holds a connection, and opens it anew where it was lost. */
class TcpConnection implements Probe, TransportSink {
  readonly target: string;
  readonly #connector: Connector;
  readonly #host: string;
  readonly #port: number;
  #sink: ProbeSink | undefined;
  #transport: Transport | undefined;

  constructor(url: URL, clock: Clock) {
    this.target = `tcp://${url.host}`;
    this.#host = url.hostname.replace(/^\[|\]$/g, '');
    this.#port = Number(url.port);
    this.#connector = new Connector({ clock, connectTimeoutMs: Infinity });
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  send(signal: AbortSignal): Promise<{ connection: 'kept' | 'new' }> {
    if (this.#transport !== undefined) return Promise.resolve({ connection: 'kept' });
    return new Promise((resolve, reject) => {
      const target = { scheme: 'http', host: this.#host, port: this.#port, socketPath: undefined } as const;
      const opening: Opening = this.#connector.open(target, {
        onOpened: ({ transport }) => {
          transport.attach(this);
          this.#transport = transport;
          resolve({ connection: 'new' });
        },
        onOpenFailed: (error) => reject(new ConnectError(this.target, error.message, { cause: error })),
      });
      signal.addEventListener('abort', () => {
        opening.abort();
        reject(new AbortedError('the time was up'));
      });
    });
  }

  close(): void {
    this.#transport?.destroy();
    this.#transport = undefined;
  }

  onTransportData(): void {
    this.#sink?.onReceived();
  }

  onTransportEnd(): void {
    this.#lose('the peer closed the connection');
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    if (this.#transport !== undefined) this.#lose(error?.message ?? 'the connection was closed');
  }

  #lose(reason: string): void {
    this.close();
    this.#sink?.onLost(reason);
  }
}
