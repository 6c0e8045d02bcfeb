// Opens connections through one proxy: to the proxy itself for what it forwards, and tunnels for what it must not read.
import type { ConnectionOpener, ConnectTarget, Opening, OpeningSink } from '../../io/index.ts';
import { throughProxyError } from './explain-proxy-error.ts';
import { PendingTunnel } from './pending-tunnel.ts';
import type { TunnelTools } from './pending-tunnel.ts';
import type { ProxyServer } from './proxy-rules.ts';

/** See the head of the file. `tunnel`: what is opened is a way through the proxy, with TLS at its end. */
export class ProxyOpener implements ConnectionOpener {
  readonly #tools: TunnelTools;
  readonly #proxy: ProxyServer;
  readonly #mode: 'forward' | 'tunnel';
  readonly #proxyTarget: ConnectTarget;

  constructor(tools: TunnelTools, proxy: ProxyServer, mode: 'forward' | 'tunnel') {
    const { scheme, host, port } = proxy.parts;
    this.#tools = tools;
    this.#proxy = proxy;
    this.#mode = mode;
    this.#proxyTarget = { scheme, host, port, socketPath: undefined };
  }

  open(target: ConnectTarget, sink: OpeningSink): Opening {
    if (this.#mode === 'tunnel') {
      const tunnel = new PendingTunnel(this.#tools, this.#proxy, target, sink);
      tunnel.start(this.#proxyTarget);
      return tunnel;
    }
    return this.#tools.opener.open(this.#proxyTarget, {
      onOpened: (opened) => sink.onOpened(opened),
      onOpenFailed: (error) => sink.onOpenFailed(throughProxyError(target, this.#proxy, error)),
    });
  }

  /** The addresses of the proxy: it alone is connected to. */
  resolve(): Promise<readonly string[]> {
    return this.#tools.opener.resolve(this.#proxyTarget.host);
  }
}
