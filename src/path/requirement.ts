// What a path asks of the timeouts of those at its ends and of the proxies in it: the rules, without words. Pure.
// The first rule: of two who share a connection, the one who sends requests has to close it; else a request can meet the close.
import { findClientSoftware } from './client-software.ts';
import type { Hop } from './hop.ts';
import { heartbeatWithin, idleAbove, idleBelow } from './margins.ts';
import { findServerSoftware } from './server-software.ts';
import { longestSenderIdleMs, quietLimitMs, shortestReceiverIdleMs, splitAtProxies } from './timeout-path.ts';
import type { Section, TimeoutPath } from './timeout-path.ts';

/** A timeout of somebody on the path. */
export type TimeoutId =
  | 'server-idle'
  | 'server-head'
  | 'server-request'
  | 'client-idle'
  | 'client-hint-cap'
  | 'client-tcp-keepalive'
  | 'heartbeat'
  | 'hop-client-idle'
  | 'hop-server-idle';

/** Why a timeout has to be longer, or shorter. Each has its words in requirement-words.ts. */
export type RequirementKind =
  | 'outlive-proxy'
  | 'follow-vendor'
  | 'unknown-proxy'
  | 'close-before-receiver'
  | 'close-before-flow'
  | 'cap-before-flow'
  | 'head-above-idle'
  | 'request-above-head'
  | 'probe-before-flow'
  | 'beat-before-quiet-limit';

/** See the head of the file. */
export interface Requirement {
  readonly id: TimeoutId;
  readonly kind: RequirementKind;
  /** The hop whose timeout it is, where it is one of a hop. */
  readonly of?: Hop;
  readonly bound: 'at least' | 'at most';
  /** From here on requests get lost; null where that is not known, or nothing gets lost. */
  readonly limitMs: number | null;
  /** The limit with its margin; null where it is not known. */
  readonly valueMs: number | null;
  /** Who asks for it; undefined: the server, or the client, itself. */
  readonly because?: Hop;
}

/** What is known of the server, in milliseconds. */
export interface ServerFacts {
  readonly idleMs: number | undefined;
  readonly headMs: number | undefined;
}

function flowIdleMs(flow: Hop): number {
  // A flow without a number could not be in the table; a test sees to that.
  return shortestReceiverIdleMs(flow) ?? Infinity;
}

/** Whether the proxy's own probes keep its connections known to the flow. */
function isProbed(sender: Hop, flow: Hop): boolean {
  const { probesServerMs } = sender;
  return (
    probesServerMs !== undefined &&
    flow.tcpKeepAliveCounts !== false &&
    probesServerMs <= heartbeatWithin(flowIdleMs(flow))
  );
}

function closeBeforeFlow(id: TimeoutId, flow: Hop, of?: Hop): Requirement {
  const limitMs = flowIdleMs(flow);
  const whose = of === undefined ? {} : { of };
  return {
    id,
    kind: 'close-before-flow',
    bound: 'at most',
    limitMs,
    valueMs: idleBelow(limitMs),
    because: flow,
    ...whose,
  };
}

/** What a connection between a proxy and whatever stands behind it asks of the proxy itself. */
export function requireOfSender({ sender, flows }: Section): Requirement[] {
  if (sender === undefined || sender.serverIdleMs === null) return [];
  return flows
    .filter((flow) => !isProbed(sender, flow))
    .map((flow) => closeBeforeFlow('hop-server-idle', flow, sender));
}

/** What it asks of the proxy, or the server, that answers on it. */
export function requireOfReceiver({ sender, flows, receiver }: Section): Requirement[] {
  const target =
    receiver === undefined ? { id: 'server-idle' as const } : { id: 'hop-client-idle' as const, of: receiver };
  // A client is not there to be outlived: it can be told. Yet a server gains nothing from connections that the path forgot.
  if (sender === undefined)
    return receiver === undefined ? flows.map((flow) => closeBeforeFlow('server-idle', flow)) : [];
  const idleMs = longestSenderIdleMs(sender);
  const advisedMs = receiver === undefined ? sender.advisedServerIdleMs : undefined;
  const base = { ...target, bound: 'at least' as const, because: sender };
  const requirements: Requirement[] = [];
  if (idleMs !== null)
    requirements.push({ ...base, kind: 'outlive-proxy', limitMs: idleMs, valueMs: idleAbove(idleMs) });
  if (advisedMs !== undefined) requirements.push({ ...base, kind: 'follow-vendor', limitMs: null, valueMs: advisedMs });
  if (requirements.length === 0 && receiver === undefined) {
    requirements.push({ ...base, kind: 'unknown-proxy', limitMs: null, valueMs: null });
  }
  return requirements;
}

/** What the first connection of the path asks of the client. */
export function requireOfClient(
  path: TimeoutPath,
  { idleMs: serverIdleMs }: Pick<ServerFacts, 'idleMs'>,
): Requirement[] {
  const [{ flows, receiver } = { flows: [], receiver: undefined }] = splitAtProxies(path.hops);
  const receiverIdleMs = receiver === undefined ? (serverIdleMs ?? null) : shortestReceiverIdleMs(receiver);
  const requirements: Requirement[] = flows.map((flow) => closeBeforeFlow('client-idle', flow));
  if (receiverIdleMs !== null && receiverIdleMs !== Infinity) {
    requirements.push({
      id: 'client-idle',
      kind: 'close-before-receiver',
      bound: 'at most',
      limitMs: receiverIdleMs,
      valueMs: idleBelow(receiverIdleMs),
      ...(receiver === undefined ? {} : { because: receiver }),
    });
  }
  const software = path.client === undefined ? undefined : findClientSoftware(path.client);
  for (const flow of flows) {
    const limitMs = flowIdleMs(flow);
    const base = { bound: 'at most', limitMs, because: flow } as const;
    if (software?.hintCap !== undefined) {
      requirements.push({ ...base, id: 'client-hint-cap', kind: 'cap-before-flow', valueMs: idleBelow(limitMs) });
    }
    if (flow.tcpKeepAliveCounts !== false) {
      const valueMs = heartbeatWithin(limitMs);
      requirements.push({ ...base, id: 'client-tcp-keepalive', kind: 'probe-before-flow', valueMs });
    }
  }
  return requirements;
}

/** What the software of the server asks of its timeouts among each other. */
export function requireWithinServer(path: TimeoutPath, { idleMs, headMs }: ServerFacts): Requirement[] {
  const software = path.server === undefined ? undefined : findServerSoftware(path.server);
  const requirements: Requirement[] = [];
  if (software?.head !== undefined && idleMs !== undefined) {
    const base = { bound: 'at least', limitMs: idleMs, valueMs: idleMs + 1_000 } as const;
    requirements.push({ ...base, id: 'server-head', kind: 'head-above-idle' });
  }
  if (software?.request !== undefined && headMs !== undefined) {
    const base = { bound: 'at least', limitMs: null, valueMs: headMs } as const;
    requirements.push({ ...base, id: 'server-request', kind: 'request-above-head' });
  }
  return requirements;
}

/** What everything on the path asks of a sign of life that travels all of it, such as a WebSocket ping. */
export function requireOfHeartbeat(hops: readonly Hop[]): Requirement[] {
  return hops.flatMap((hop): Requirement[] => {
    const limitMs = quietLimitMs(hop);
    if (limitMs === null) return [];
    const base = { bound: 'at most', limitMs, because: hop } as const;
    return [{ ...base, id: 'heartbeat', kind: 'beat-before-quiet-limit', valueMs: heartbeatWithin(limitMs) }];
  });
}
