// How long shutting down takes behind what is in front: until a balancer has noticed, and before a platform kills. Pure.
import { formatTimeout } from '../../path/index.ts';
import type { Hop } from '../../path/index.ts';
import type { DerivedValue } from '../derived-value.ts';
import type { ServerWarning } from '../warning.ts';
import { DEFAULT_DRAIN } from './drain.ts';
import { nearestHops, startSentence } from './path-options.ts';
import type { PathFacts } from './path-options.ts';

/** Until a platform kills: what is left for the process to end. */
const KILL_MARGIN_MS = 5_000;

/** More than a check takes to be answered, and to be acted on. */
const NOTICE_MARGIN_MS = 5_000;

/** What was derived of the times of a shutdown. */
export interface DrainDerivation {
  readonly lameDuck: DerivedValue | undefined;
  readonly drain: DerivedValue | undefined;
}

/** How long the balancer may go on sending requests after readiness has failed; undefined where nobody knows. */
function noticeMsOf(hops: readonly Hop[]): { readonly hop: Hop; readonly noticeMs: number } | undefined {
  let slowest: { hop: Hop; noticeMs: number } | undefined;
  for (const hop of nearestHops(hops)) {
    const { unhealthyAfterMs } = hop;
    if (unhealthyAfterMs !== undefined && unhealthyAfterMs > (slowest?.noticeMs ?? 0))
      slowest = { hop, noticeMs: unhealthyAfterMs };
  }
  return slowest;
}

/** Derives what was not given. */
export function deriveDrain(facts: PathFacts): DrainDerivation {
  const { drain: given, hops } = facts;
  const notice = noticeMsOf(hops);
  const killer = nearestHops(hops).find(({ killsAfterMs }) => killsAfterMs !== undefined);
  const killMs = killer?.killsAfterMs === undefined ? Infinity : killer.killsAfterMs - KILL_MARGIN_MS;

  let lameDuck: DerivedValue | undefined;
  if (given.lameDuckMs === undefined && facts.hasReadiness && notice !== undefined) {
    const { title } = notice.hop;
    lameDuck = {
      option: 'drain.lameDuckMs',
      // Half of what there is, where somebody else sets the end: the requests under way need the other half.
      valueMs: Math.min(notice.noticeMs + NOTICE_MARGIN_MS, killMs / 2),
      reason: `${startSentence(title)} goes on sending requests for up to ${formatTimeout(notice.noticeMs)} after readiness has failed, with its checks as they are by default; so long the server still has to accept connections.`,
      ground: 'verified',
    };
  }
  const lameDuckMs = lameDuck?.valueMs ?? given.lameDuckMs ?? 0;
  if (given.drainMs !== undefined || (lameDuck === undefined && killer === undefined))
    return { lameDuck, drain: undefined };
  const wantedMs = DEFAULT_DRAIN.drainMs + lameDuckMs;
  const isKilled = killMs < wantedMs;
  const drain: DerivedValue = {
    option: 'drain.drainMs',
    valueMs: Math.min(wantedMs, killMs),
    reason: isKilled
      ? `${startSentence(killer?.title ?? '')} kills a process ${formatTimeout(killMs + KILL_MARGIN_MS)} after it was told to stop; before that it should have ended by itself.`
      : `After ${formatTimeout(lameDuckMs)} of lame duck, requests under way get the ${formatTimeout(DEFAULT_DRAIN.drainMs)} that they get without it. Whoever stops the process has to wait longer than that (terminationGracePeriodSeconds, TimeoutStopSec, stopTimeout).`,
    ground: 'verified',
  };
  return { lameDuck, drain };
}

/** What contradicts itself, or the platform. */
export function warnOfDrain(facts: PathFacts, { lameDuck, drain }: DrainDerivation): ServerWarning[] {
  const lameDuckMs = lameDuck?.valueMs ?? facts.drain.lameDuckMs ?? DEFAULT_DRAIN.lameDuckMs;
  const drainMs = drain?.valueMs ?? facts.drain.drainMs ?? DEFAULT_DRAIN.drainMs;
  const warnings: ServerWarning[] = [];
  if (lameDuckMs > 0 && drainMs <= lameDuckMs) {
    const wantedMs = lameDuckMs + DEFAULT_DRAIN.drainMs;
    const message = `Shutting down ends after ${formatTimeout(drainMs)}, and the lame duck alone takes ${formatTimeout(lameDuckMs)}: nothing is left for requests that are under way then, and they are broken off. Set it to at least ${formatTimeout(wantedMs)}, or shorten the lame duck.`;
    warnings.push({ option: 'drain.drainMs', level: 'bad', message, wantedMs });
  }
  const killer = nearestHops(facts.hops).find(({ killsAfterMs = Infinity }) => killsAfterMs <= drainMs);
  if (killer?.killsAfterMs !== undefined) {
    const wantedMs = Math.max(killer.killsAfterMs - KILL_MARGIN_MS, 1);
    const message = `${startSentence(killer.title)} kills a process ${formatTimeout(killer.killsAfterMs)} after it was told to stop, and shutting down may take ${formatTimeout(drainMs)}: requests that are under way then are broken off without a word. Set it to at most ${formatTimeout(wantedMs)}.`;
    warnings.push({ option: 'drain.drainMs', level: 'bad', message, wantedMs });
  }
  return warnings;
}
