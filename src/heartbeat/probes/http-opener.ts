// Who opens the connections of HTTP heartbeats: one connector for all that have no wishes of their own, because each has its own
// certificates and sessions of TLS, and there may be thousands of heartbeats.
import { Connector, systemClock } from '../../io/index.ts';
import type { Clock, ConnectionOpener } from '../../io/index.ts';

/** What is offered by ALPN (RFC 7301), in order of preference. */
export type Alpn = 'h2' | 'http/1.1';

const shared = new Map<string, Connector>();

/** No deadline of its own: the heartbeat has one. @throws OptionError where node:tls cannot use the options. */
export function httpOpener(
  alpn: readonly Alpn[],
  tls: Readonly<Record<string, unknown>> | undefined,
  clock: Clock,
): ConnectionOpener {
  const options = { connectTimeoutMs: Infinity, tls: { ...tls, ALPNProtocols: [...alpn] } };
  if (tls !== undefined || clock !== systemClock) return new Connector({ ...options, clock });
  const name = alpn.join();
  let connector = shared.get(name);
  if (connector === undefined) {
    connector = new Connector({ ...options, clock });
    shared.set(name, connector);
  }
  return connector;
}
