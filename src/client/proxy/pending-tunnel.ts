// A tunnel through a proxy on its way to be open: a connection to the proxy, CONNECT, TLS with the target, and one deadline over all of it.
import type {
  Clock,
  ClockTimer,
  ConnectionOpener,
  ConnectTarget,
  OpenedConnection,
  Opening,
  OpeningSink,
  SecuringSink,
  TlsRecord,
  Transport,
} from '../../io/index.ts';
import type { WireConfiguration } from '../../wire/index.ts';
import { ConnectExchange } from './connect-exchange.ts';
import type { ConnectOutcome } from './connect-exchange.ts';
import { brokenTunnelError, refusedTunnelError, throughProxyError, tunnelTimeoutError } from './explain-proxy-error.ts';
import type { ProxyServer } from './proxy-rules.ts';

/** What it needs of its session. */
export interface TunnelTools {
  /** Opens connections to the proxy, and begins TLS over them. */
  readonly opener: ConnectionOpener;
  readonly clock: Clock;
  readonly configuration: WireConfiguration;
  /** For all of it: to the proxy, through it, and TLS. */
  readonly connectTimeoutMs: number;
}

/** See the head of the file. */
export class PendingTunnel implements Opening, OpeningSink, SecuringSink {
  readonly #tools: TunnelTools;
  readonly #proxy: ProxyServer;
  readonly #target: ConnectTarget;
  readonly #sink: OpeningSink;
  readonly #startedMs: number;
  #stage: 'proxy' | 'connect' | 'tls' | 'over' = 'proxy';
  /** What is given up with it: the opening, the exchange, or the handshake. */
  #current: Opening | undefined;
  #timer: ClockTimer | undefined;
  #toProxy: OpenedConnection | undefined;
  #connectMs = 0;

  constructor(tools: TunnelTools, proxy: ProxyServer, target: ConnectTarget, sink: OpeningSink) {
    this.#tools = tools;
    this.#proxy = proxy;
    this.#target = target;
    this.#sink = sink;
    this.#startedMs = tools.clock.nowMs();
  }

  /** Opens the connection to the proxy, which has the same deadline by itself. */
  start(proxyTarget: ConnectTarget): void {
    this.#current = this.#tools.opener.open(proxyTarget, this);
  }

  abort(): void {
    if (this.#stage === 'over') return;
    this.#close();
    this.#current?.abort();
  }

  onOpened(opened: OpenedConnection): void {
    const { clock, configuration, connectTimeoutMs } = this.#tools;
    const sentAtMs = clock.nowMs();
    this.#stage = 'connect';
    this.#toProxy = opened;
    if (connectTimeoutMs < Infinity) {
      const leftMs = Math.max(0, connectTimeoutMs - (sentAtMs - this.#startedMs));
      // Timers run before sockets are looked at: what arrived in time is seen before the deadline is held against it.
      this.#timer = clock.startTimer(leftMs, () => clock.endOfTurn(() => this.#timeOut()));
    }
    const exchange = new ConnectExchange(opened.transport, configuration, (outcome) => {
      this.#connectMs = clock.nowMs() - sentAtMs;
      this.#proceed(opened.transport, outcome);
    });
    this.#current = exchange;
    exchange.send(this.#target.host, this.#target.port, this.#proxy.authorization);
  }

  onOpenFailed(error: Error): void {
    this.#fail(throughProxyError(this.#target, this.#proxy, error));
  }

  onSecured(transport: Transport, tls: TlsRecord): void {
    this.#close();
    const { address, lookupMs } = this.#toProxy!;
    this.#sink.onOpened({
      transport,
      // That of the proxy: there is no other that we know.
      address,
      totalMs: this.#tools.clock.nowMs() - this.#startedMs,
      lookupMs,
      // The handshake with the proxy says how far the proxy is. CONNECT goes as far as the target.
      connectMs: this.#connectMs,
      tls,
    });
  }

  onSecuringFailed(error: Error): void {
    this.#fail(throughProxyError(this.#target, this.#proxy, error));
  }

  #proceed(transport: Transport, outcome: ConnectOutcome): void {
    switch (outcome.kind) {
      case 'tunnel':
        this.#stage = 'tls';
        this.#current = this.#tools.opener.secure!(transport, this.#target, this);
        return;
      case 'refused':
        return this.#fail(refusedTunnelError(this.#target, this.#proxy, outcome));
      case 'broken':
        return this.#fail(brokenTunnelError(this.#target, this.#proxy, outcome.error));
    }
  }

  #timeOut(): void {
    if (this.#stage !== 'connect' && this.#stage !== 'tls') return;
    const error = tunnelTimeoutError(this.#target, this.#proxy, this.#stage, this.#tools.connectTimeoutMs);
    this.#current?.abort();
    this.#fail(error);
  }

  #fail(error: Error): void {
    this.#close();
    this.#sink.onOpenFailed(error);
  }

  #close(): void {
    this.#stage = 'over';
    this.#timer?.stop();
  }
}
