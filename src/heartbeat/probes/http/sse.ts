// Heartbeats of event streams (HTML standard, §9.2) seen from the client: nobody is asked, the server has to speak by itself.
import { Headers } from '../../../http/index.ts';
import type { HeadersInput } from '../../../http/index.ts';
import { checkNames, checkObject } from '../../../option-checks.ts';
import type { Probe } from '../../engine/probe.ts';
import { makeHttpTools } from './http-opener.ts';
import { parseHttpTarget } from './http-target.ts';
import { CONNECT_OPTION_NAMES, resolveSignalRequest } from './http1-options.ts';
import type { HttpConnectOptions } from './http1-options.ts';
import { KeptConnection } from './kept-connection.ts';
import { SseStream } from './sse-stream.ts';

/** Options of {@link sseProbe}. */
export interface SseProbeOptions extends HttpConnectOptions {
  /** Sent with the request for the stream, e.g. credentials. */
  readonly headers?: HeadersInput;
}

/**
 * A probe that listens to a stream of server-sent events, and to nothing else: a signal is acknowledged where anything came since the one
 * before, or comes within the heartbeat's `timeoutMs`; comments count. So `intervalMs` and `timeoutMs` together must be longer than the silences of
 * the server. The stream is opened anew where it has ended; opening it has a round trip, what comes by itself has none.
 *
 * @throws OptionError for what is no URL of http or https (`sse+http:` and `sse+https:` are the same), and for options that make no sense.
 */
export function sseProbe(url: string | URL, options: SseProbeOptions = {}): Probe {
  const target = parseHttpTarget(String(url).replace(/^sse\+(?=https?:)/i, ''), options.socketPath);
  checkObject('options', options);
  checkNames('', options, [...CONNECT_OPTION_NAMES, 'headers']);
  const headers = new Headers(options.headers);
  if (!headers.has('accept')) headers.set('accept', 'text/event-stream');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache');
  const request = resolveSignalRequest({ ...options, method: 'GET', headers }, target);
  const tools = makeHttpTools(['http/1.1'], options);
  return new KeptConnection(
    { ...target, url: `sse+${target.url}` },
    tools,
    (owner, { transport }) => new SseStream(owner, transport, request, tools.clock),
  );
}
