// Signs of life that do not reach those they are meant for, or come too late: TCP keepalive and HTTP/2 PING. Pure.
import type { Hop } from './hop.ts';
import { heartbeatWithin, roundToSeconds } from './margins.ts';
import type { Problem, TimeoutSettings } from './problem.ts';
import { groundOf, sourcesOf, uncountedTraffic } from './requirement-words.ts';
import { quietLimitMs, splitAtProxies } from './timeout-path.ts';
import { formatTimeout } from './written-duration.ts';

function problemAt(
  hop: Hop,
  parts: Pick<Problem, 'id' | 'title' | 'happens' | 'change' | 'haveMs' | 'wantedMs'>,
): Problem {
  return {
    level: 'warn',
    who: 'client',
    ground: groundOf([hop], 'verified'),
    hops: [hop.name],
    sources: sourcesOf([hop]),
    ...parts,
  };
}

/** TCP keepalive or PING that a hop of the client's connection does not count, where nothing else keeps streams alive. */
function uncountedAt(hop: Hop, have: TimeoutSettings): Problem[] {
  const limitMs = quietLimitMs(hop);
  if (limitMs === null || have.heartbeatMs !== undefined) return [];
  const change = `Send bytes of the stream itself at least every ${formatTimeout(roundToSeconds(heartbeatWithin(limitMs), 'at most'))}, such as WebSocket pings or comments in an event stream.`;
  return uncountedTraffic(hop).flatMap((traffic) => {
    const isTcp = traffic === 'TCP keepalive';
    const haveMs = isTcp ? have.tcpKeepAliveMs : have.http2PingMs;
    if (haveMs === undefined) return [];
    return problemAt(hop, {
      id: isTcp ? 'probes-do-not-count' : 'ping-does-not-count',
      title: `${traffic} does not keep ${hop.title} awake`,
      happens: `It drops a connection on which no data passes for ${formatTimeout(limitMs)}, and ${traffic} is not counted as data.`,
      change,
      haveMs,
      wantedMs: null,
    });
  });
}

/** PING frames that come too late for what the client's connection runs through. */
function lateAt(flow: Hop, have: TimeoutSettings): Problem[] {
  const limitMs = quietLimitMs(flow);
  if (have.http2PingMs === undefined || limitMs === null || have.http2PingMs <= heartbeatWithin(limitMs)) return [];
  const wantedMs = roundToSeconds(heartbeatWithin(limitMs), 'at most');
  return [
    problemAt(flow, {
      id: 'ping-too-rare',
      title: `HTTP/2 PING is too rare for ${flow.title}`,
      happens: `It forgets a connection on which nothing passes for ${formatTimeout(limitMs)}; with a PING every ${formatTimeout(have.http2PingMs)}, none may be lost or late.`,
      change: `Send one at least every ${formatTimeout(wantedMs)}.`,
      haveMs: have.http2PingMs,
      wantedMs,
    }),
  ];
}

/** See the head of the file. */
export function lintSignsOfLife(hops: readonly Hop[], have: TimeoutSettings): Problem[] {
  const [first] = splitAtProxies(hops);
  if (first === undefined) return [];
  const onClientConnection = first.receiver === undefined ? first.flows : [...first.flows, first.receiver];
  return [
    ...onClientConnection.flatMap((hop) => uncountedAt(hop, have)),
    ...first.flows.flatMap((flow) => lateAt(flow, have)),
  ];
}
