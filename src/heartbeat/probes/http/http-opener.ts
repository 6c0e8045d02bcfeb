// What a heartbeat of HTTP connects with, made of its options.
import { Connector, systemClock } from '../../../io/index.ts';
import type { Clock, ConnectionOpener } from '../../../io/index.ts';
import { checkMethods, checkNumber, checkObject } from '../../../option-checks.ts';
import type { HttpConnectOptions } from './http1-options.ts';

/** What is offered by ALPN (RFC 7301), in order of preference. */
export type Alpn = 'h2' | 'http/1.1';

/** See the head of the file. */
export interface HttpTools {
  readonly clock: Clock;
  readonly opener: ConnectionOpener;
}

/** @throws OptionError where an option makes no sense. */
export function makeHttpTools(alpn: readonly Alpn[], options: HttpConnectOptions): HttpTools {
  const { tls, connectTimeoutMs = Infinity, clock = systemClock, opener } = options;
  if (tls !== undefined) checkObject('tls', tls);
  checkNumber('connectTimeoutMs', connectTimeoutMs, 1);
  checkMethods('clock', clock, 'Clock', ['nowMs', 'wallMs', 'startTimer', 'endOfTurn']);
  if (opener !== undefined) checkMethods('opener', opener, 'ConnectionOpener', ['open']);
  if (opener !== undefined) return { clock, opener };
  const tlsOptions = { ...tls, ALPNProtocols: [...alpn] };
  return { clock, opener: new Connector({ clock, connectTimeoutMs, tls: tlsOptions, sharesTlsDefaults: true }) };
}
