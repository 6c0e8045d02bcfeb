// Timeouts that somebody has, judged by what the path asks of them. Pure.
import type { Ground } from './advice.ts';
import { findClientSoftware } from './client-software.ts';
import type { Hop } from './hop.ts';
import { heartbeatWithin, roundToSeconds } from './margins.ts';
import { lintSignsOfLife } from './lint-signs-of-life.ts';
import { verdictOf, wordProblem } from './problem-words.ts';
import type { Problem, TimeoutSettings } from './problem.ts';
import { groundOf, sourcesOf, whoOf } from './requirement-words.ts';
import {
  requireOfClient,
  requireOfHeartbeat,
  requireOfReceiver,
  requireOfSender,
  requireWithinServer,
} from './requirement.ts';
import type { Requirement, TimeoutId } from './requirement.ts';
import { findServerSoftware } from './server-software.ts';
import { longestSenderIdleMs, shortestReceiverIdleMs, splitAtProxies, withHopIdle } from './timeout-path.ts';
import type { TimeoutPath } from './timeout-path.ts';

/** A timeout as it is, and whether somebody set it. Undefined where it is not known. */
type Known = { readonly ms: number; readonly isDefault: boolean } | undefined;

function known(setMs: number | undefined, defaultMs: number | null | undefined): Known {
  if (setMs !== undefined) return { ms: setMs, isDefault: false };
  return defaultMs === undefined || defaultMs === null ? undefined : { ms: defaultMs, isDefault: true };
}

function gatherKnown(path: TimeoutPath, have: TimeoutSettings): Readonly<Record<TimeoutId, Known>> {
  const server = path.server === undefined ? undefined : findServerSoftware(path.server);
  const client = path.client === undefined ? undefined : findClientSoftware(path.client);
  return {
    'server-idle': known(have.serverIdleMs, server?.idle.defaultMs),
    'server-head': known(have.headMs, server?.head?.defaultMs),
    'server-request': known(have.requestMs, server?.request?.defaultMs),
    'client-idle': known(have.clientIdleMs, client?.idle?.defaultMs),
    'client-hint-cap': known(have.hintCapMs, client?.hintCap?.defaultMs),
    'client-tcp-keepalive': known(have.tcpKeepAliveMs, undefined),
    heartbeat: known(have.heartbeatMs, undefined),
    // Those of hops are in the hops.
    'hop-client-idle': undefined,
    'hop-server-idle': undefined,
  };
}

function idleOfHop({ id, of }: Requirement): Known {
  if (of === undefined) return undefined;
  const ms = id === 'hop-client-idle' ? shortestReceiverIdleMs(of) : longestSenderIdleMs(of);
  return known(undefined, ms);
}

/** Whether probes that somebody asked for keep the flow from forgetting. */
function isKeptAwake({ kind, because, limitMs }: Requirement, tcpKeepAliveMs: number | undefined): boolean {
  return (
    (kind === 'close-before-flow' || kind === 'cap-before-flow') &&
    because?.tcpKeepAliveCounts === true &&
    tcpKeepAliveMs !== undefined &&
    limitMs !== null &&
    tcpKeepAliveMs <= heartbeatWithin(limitMs)
  );
}

function judge(requirement: Requirement, has: Known, otherwise: Ground): Problem | undefined {
  const { because, bound, kind, limitMs, of, valueMs } = requirement;
  if (has === undefined || valueMs === null) return undefined;
  if (bound === 'at least' ? has.ms >= valueMs : has.ms <= valueMs) return undefined;
  const isPastLimit = limitMs !== null && (bound === 'at least' ? has.ms <= limitMs : has.ms >= limitMs);
  const { id, level } = verdictOf(requirement, isPastLimit);
  const words = wordProblem(id, requirement, has.ms);
  const hops = [because, of].filter((hop): hop is Hop => hop !== undefined);
  const byDefault = has.isDefault && of === undefined ? ' (What it is now is the default.)' : '';
  // How long the flow remembers may be known, and still nobody says whether probes count.
  const isHint = kind === 'probe-before-flow' && because?.tcpKeepAliveCounts === undefined;
  return {
    id,
    level,
    who: whoOf(requirement),
    title: words.title,
    happens: words.happens,
    change: `${words.change}${byDefault}`,
    haveMs: has.ms,
    wantedMs: roundToSeconds(valueMs, bound),
    ground: isHint ? 'hint' : groundOf(hops, otherwise),
    hops: hops.map(({ name }) => name),
    sources: sourcesOf(hops),
  };
}

/**
 * What is wrong with timeouts on a path, the worst first: who closes first, how requests get lost, what to change. Empty where
 * nothing is wrong with what is known.
 */
export function lintTimeouts(path: TimeoutPath, have: TimeoutSettings): Problem[] {
  const hops = (have.hops ?? []).reduce<readonly Hop[]>(withHopIdle, path.hops);
  const actual: TimeoutPath = { ...path, hops };
  const timeouts = gatherKnown(path, have);
  const server = { idleMs: timeouts['server-idle']?.ms, headMs: timeouts['server-head']?.ms };
  const requirements = [
    ...splitAtProxies(hops).flatMap((section) => [...requireOfSender(section), ...requireOfReceiver(section)]),
    ...requireWithinServer(actual, server),
    ...requireOfClient(actual, server),
    ...requireOfHeartbeat(hops),
  ].filter((requirement) => !isKeptAwake(requirement, have.tcpKeepAliveMs));
  const ground: Ground = timeouts['server-idle']?.isDefault === true ? 'default' : 'given';
  const problems = requirements.flatMap(
    (requirement) => judge(requirement, timeouts[requirement.id] ?? idleOfHop(requirement), ground) ?? [],
  );
  const all = [...problems, ...lintSignsOfLife(hops, have)];
  return [...all.filter(({ level }) => level === 'bad'), ...all.filter(({ level }) => level === 'warn')];
}
