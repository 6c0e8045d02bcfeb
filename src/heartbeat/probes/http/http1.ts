// Heartbeats of HTTP/1.1: a request that asks for nothing, on one connection that is kept (RFC 9112 §9.3).
import type { Probe } from '../../engine/probe.ts';
import { Http1SignalConnection } from './http1-signal-connection.ts';
import { resolveSignalRequest } from './http1-options.ts';
import type { HttpProbeOptions } from './http1-options.ts';
import { makeHttpTools } from './http-opener.ts';
import { parseHttpTarget } from './http-target.ts';
import { KeptConnection } from './kept-connection.ts';

/**
 * A probe that sends a request to a server of HTTP/1.1, always on the same persistent connection: the signal keeps that connection, and
 * proves that whoever answers requests there is alive. Any final answer is an acknowledgement, unless `expectStatus` says otherwise.
 *
 * User and password in the URL are sent as RFC 7617 has it and shown nowhere. A server may end a connection of HTTP/1 when it likes, by
 * FIN, `Connection: close` or 408: then the signal goes out on a new one, and the acknowledgement says so.
 *
 * @throws OptionError for what is no URL of http or https, and for options that make no sense.
 */
export function httpProbe(url: string | URL, options: HttpProbeOptions = {}): Probe {
  const target = parseHttpTarget(url, options.socketPath);
  const request = resolveSignalRequest(options, target);
  const tools = makeHttpTools(['http/1.1'], options);
  return new KeptConnection(
    target,
    tools,
    (owner, { transport }) => new Http1SignalConnection(owner, transport, request, tools.clock),
  );
}
