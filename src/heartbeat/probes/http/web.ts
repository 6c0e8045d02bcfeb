// Heartbeats of whatever HTTP a server speaks: PING where that is HTTP/2, a request where it is not.
import type { Probe } from '../../engine/probe.ts';
import { httpProbe } from './http1.ts';
import { Http1SignalConnection } from './http1-signal-connection.ts';
import { REQUEST_OPTION_NAMES, resolveSignalRequest } from './http1-options.ts';
import type { HttpProbeOptions } from './http1-options.ts';
import { beginHttp2 } from './http2.ts';
import { makeHttpTools } from './http-opener.ts';
import { parseHttpTarget } from './http-target.ts';
import { KeptConnection } from './kept-connection.ts';

/**
 * A probe for a URL of which nobody knows what the server speaks. Over TLS it offers HTTP/2 and HTTP/1.1 and sends PING or a request,
 * whichever the server chose for the connection. Without TLS it is {@link httpProbe}; so it is where an option says something of the
 * request (`method`, `target`, `headers`, `expectStatus`, `drainBytes`), or the URL a user and a password, as a PING could not obey it.
 *
 * @throws OptionError for what is no URL of http or https, and for options that make no sense.
 */
export function webProbe(url: string | URL, options: HttpProbeOptions = {}): Probe {
  const target = parseHttpTarget(url, options.socketPath);
  const request = resolveSignalRequest(options, target);
  const wantsRequest =
    target.authorization !== undefined ||
    REQUEST_OPTION_NAMES.some((name) => options[name as keyof HttpProbeOptions] !== undefined);
  if (target.connect.scheme === 'http' || wantsRequest) return httpProbe(url, options);
  const tools = makeHttpTools(['h2', 'http/1.1'], options);
  return new KeptConnection(target, tools, (owner, opened) =>
    opened.tls?.alpn === 'h2'
      ? beginHttp2(owner, opened, target.origin, tools.clock)
      : new Http1SignalConnection(owner, opened.transport, request, tools.clock),
  );
}
