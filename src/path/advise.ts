// The numbers for a path, each with its reason. Pure.
import type { Advice, Ground } from './advice.ts';
import { findClientSoftware } from './client-software.ts';
import type { Hop } from './hop.ts';
import { roundToSeconds } from './margins.ts';
import {
  requireOfClient,
  requireOfHeartbeat,
  requireOfReceiver,
  requireOfSender,
  requireWithinServer,
} from './requirement.ts';
import type { Requirement } from './requirement.ts';
import { groundOf, reasonOf, sourcesOf, titleOf, uncountedTraffic, whoOf } from './requirement-words.ts';
import { findServerSoftware } from './server-software.ts';
import {
  longestSenderIdleMs,
  rangeOf,
  settingOf,
  shortestReceiverIdleMs,
  splitAtProxies,
  withHopIdle,
} from './timeout-path.ts';
import type { TimeoutPath } from './timeout-path.ts';

/** The one that asks for most; undefined where there is none. One without a number asks for least. */
function strictest(requirements: readonly Requirement[]): Requirement | undefined {
  return requirements.reduce<Requirement | undefined>((best, next) => {
    if (best === undefined || best.valueMs === null) return next;
    if (next.valueMs === null) return best;
    return (next.bound === 'at least' ? next.valueMs > best.valueMs : next.valueMs < best.valueMs) ? next : best;
  }, undefined);
}

function toAdvice(requirement: Requirement, otherwise: Ground): Advice {
  const { because, bound, id, valueMs } = requirement;
  const hops = because === undefined ? [] : [because];
  const usesUncounted = requirement.kind === 'probe-before-flow' && because?.tcpKeepAliveCounts === undefined;
  return {
    id,
    who: whoOf(requirement),
    title: titleOf(requirement),
    bound,
    valueMs: valueMs === null ? null : roundToSeconds(valueMs, bound),
    reason: reasonOf(requirement),
    ground: usesUncounted ? 'hint' : groundOf(hops, otherwise),
    hops: hops.map(({ name }) => name),
    sources: sourcesOf(hops),
  };
}

/** What the proxies of the path have to change among each other, and the hops as they are then. */
function adviseHops(hops: readonly Hop[]): { readonly advice: Advice[]; readonly hops: readonly Hop[] } {
  const advice: Advice[] = [];
  let current = hops;
  const change = (requirement: Requirement | undefined): void => {
    if (requirement?.of === undefined || requirement.valueMs === null) return;
    const { of, bound, valueMs } = requirement;
    const side = requirement.id === 'hop-client-idle' ? ('client' as const) : ('server' as const);
    const haveMs = side === 'client' ? shortestReceiverIdleMs(of) : longestSenderIdleMs(of);
    if (haveMs !== null && (bound === 'at least' ? haveMs >= valueMs : haveMs <= valueMs)) return;
    const said = toAdvice(requirement, 'verified');
    advice.push({ ...said, reason: `${said.reason}${describeRange(of, side, valueMs)}` });
    if (said.valueMs !== null) current = withHopIdle(current, { name: of.name, side, idleMs: said.valueMs });
  };
  for (const index of splitAtProxies(hops).keys()) {
    // Cut anew each time: what was changed in front counts behind.
    const before = splitAtProxies(current)[index];
    if (before !== undefined) change(strictest(requireOfSender(before)));
    const after = splitAtProxies(current)[index];
    if (after?.receiver !== undefined) change(strictest(requireOfReceiver(after)));
  }
  return { advice, hops: current };
}

/** What the setting is called, and whether the number goes in. */
function describeRange(hop: Hop, side: 'client' | 'server', valueMs: number): string {
  const setting = settingOf(hop, side);
  const range = rangeOf(hop, side);
  const what = setting === undefined ? '' : ` There it is called ${setting}.`;
  if (range === undefined || (valueMs >= range[0] && valueMs <= range[1])) return what;
  return `${what} It cannot be set so: change the other side, or do without persistent connections between the two.`;
}

/** Signs of life that end on the way, or are not counted there. */
function describeUncounted(hops: readonly Hop[]): string {
  const endsAtProxy = hops.some(({ kind }) => kind === 'proxy')
    ? ' It has to be bytes of the stream itself: TCP keepalive and HTTP/2 PING end at the first proxy.'
    : '';
  const uncounted = hops.map((hop) => {
    const traffic = uncountedTraffic(hop);
    if (traffic.length === 0) return '';
    return ` ${hop.title} counts ${traffic.length === 1 ? 'no' : 'neither'} ${traffic.join(' nor ')}.`;
  });
  return `${endsAtProxy}${uncounted.join('')}`;
}

/**
 * The timeouts that a path asks for: of the server, the client, and of proxies that do not go together. A number is missing where
 * nothing asks for one, or where what the software does by default will do.
 */
export function adviseTimeouts(path: TimeoutPath): Advice[] {
  const { advice: ofHops, hops } = adviseHops(path.hops);
  const resolved: TimeoutPath = { ...path, hops };
  const advice: Advice[] = [];
  const add = (requirements: readonly Requirement[], otherwise: Ground): Advice | undefined => {
    const requirement = strictest(requirements);
    if (requirement === undefined) return undefined;
    const said = toAdvice(requirement, otherwise);
    advice.push(said);
    return said;
  };

  const last = splitAtProxies(hops).at(-1);
  const serverIdle = last === undefined ? undefined : add(requireOfReceiver(last), 'verified');
  const server = path.server === undefined ? undefined : findServerSoftware(path.server);
  const idleMs = serverIdle?.valueMs ?? server?.idle.defaultMs ?? undefined;
  const ground = serverIdle?.ground ?? 'default';
  const [head] = requireWithinServer(path, { idleMs, headMs: undefined });
  if (server?.head?.defaultMs != null && head?.valueMs != null && head.valueMs > server.head.defaultMs) {
    const headMs = add([head], ground)?.valueMs ?? undefined;
    const request = requireWithinServer(path, { idleMs, headMs }).find(({ id }) => id === 'server-request');
    if (server.request?.defaultMs != null && headMs !== undefined && headMs > server.request.defaultMs) {
      add(request === undefined ? [] : [request], ground);
    }
  }

  const ofClient = requireOfClient(resolved, { idleMs });
  add(
    ofClient.filter(({ id }) => id === 'client-idle'),
    ground,
  );
  const client = path.client === undefined ? undefined : findClientSoftware(path.client);
  const cap = strictest(ofClient.filter(({ id }) => id === 'client-hint-cap'));
  if (cap?.valueMs != null && client?.hintCap?.defaultMs != null && client.hintCap.defaultMs > cap.valueMs)
    add([cap], ground);
  add(
    ofClient.filter(({ id }) => id === 'client-tcp-keepalive'),
    ground,
  );
  const beat = strictest(requireOfHeartbeat(hops));
  if (beat !== undefined) {
    const said = toAdvice(beat, 'verified');
    advice.push({ ...said, reason: `${said.reason}${describeUncounted(hops)}` });
  }
  return [...advice.filter(({ who }) => who === 'server'), ...ofHops, ...advice.filter(({ who }) => who !== 'server')];
}
