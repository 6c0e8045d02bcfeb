// Timeouts that follow from what stands in front of the server (docs/path.md has the rules), and what contradicts it. Pure.
import { adviseTimeouts, formatTimeout, lintTimeouts } from '../../path/index.ts';
import type { Hop, TimeoutPath } from '../../path/index.ts';
import type { DerivedValue } from '../derived-value.ts';
import type { ServerWarning } from '../warning.ts';
import { deriveDrain, warnOfDrain } from './derive-drain.ts';
import { findSender, gatherPathFacts, startSentence } from './path-options.ts';
import type { PathFacts, PathOptions } from './path-options.ts';
import { warnOfPath, warnOfUnknown } from './path-warnings.ts';
import { DEFAULT_TIMEOUTS } from './timeouts.ts';

/** See the head of the file. A number that is undefined was not derived: what was given holds, or the default. */
export interface PathDerivation {
  readonly keepAliveTimeoutMs: number | undefined;
  readonly silentMs: number | undefined;
  readonly lameDuckMs: number | undefined;
  readonly drainMs: number | undefined;
  /** The numbers again, with their reasons. */
  readonly values: readonly DerivedValue[];
  readonly warnings: readonly ServerWarning[];
}

/** Derives what was not given, and judges what was. @throws OptionError where `behind` names what is not known. */
export function deriveFromPath(options: PathOptions): PathDerivation {
  const facts = gatherPathFacts(options);
  const idle = facts.keepAlive ? deriveIdle(facts) : undefined;
  const idleMs = facts.keepAliveTimeoutMs ?? idle?.valueMs ?? facts.defaultIdleMs;
  const silent = deriveSilent(facts, idleMs);
  const ofDrain = deriveDrain(facts);
  return {
    keepAliveTimeoutMs: idle?.valueMs,
    silentMs: silent?.valueMs,
    lameDuckMs: ofDrain.lameDuck?.valueMs,
    drainMs: ofDrain.drain?.valueMs,
    values: [idle, silent, ofDrain.lameDuck, ofDrain.drain].filter((value) => value !== undefined),
    warnings: [...warnOfPath(facts, idleMs), ...warnOfUnknown(facts), ...warnOfDrain(facts, ofDrain)],
  };
}

/**
 * Never below the default: a hop whose timeout was made longer than the table says must not cost requests, and a longer timeout of
 * ours costs it nothing.
 */
function deriveIdle(facts: PathFacts): DerivedValue | undefined {
  if (facts.keepAliveTimeoutMs !== undefined || facts.hops.length === 0) return undefined;
  const path: TimeoutPath = { hops: facts.hops, server: 'perdura' };
  const advice = adviseTimeouts(path).find(({ id }) => id === 'server-idle');
  if (advice === undefined || advice.valueMs === null) return undefined;
  const { reason, ground } = advice;
  const option = 'keepAliveTimeoutMs';
  if (advice.bound === 'at most') {
    // The grace comes on top, and the close has to be seen by then.
    const longestMs = Math.floor((advice.valueMs - 1_000) / 1.05);
    const valueMs = Math.max(Math.min(facts.defaultIdleMs, longestMs), 1);
    return { option, valueMs, reason, ground };
  }
  // What is advised supposes that the hops in front are changed where they have to be; until then the path as it is counts as well.
  const asItIs = lintTimeouts(path, { serverIdleMs: 1 }).filter(({ who }) => who === 'server');
  const asItIsMs = Math.max(...asItIs.map((problem) => problem.wantedMs ?? 0));
  const wantedMs = Math.max(advice.valueMs, asItIsMs);
  if (wantedMs > facts.defaultIdleMs) {
    const supposes = advice.valueMs > asItIsMs && asItIsMs > 0;
    const once = supposes
      ? ` So it will be once it is set as what is in front of it needs; as it is, ${formatTimeout(asItIsMs)} would do.`
      : '';
    return { option, valueMs: wantedMs, reason: `${reason}${once}`, ground };
  }
  const stays = `${formatTimeout(facts.defaultIdleMs)}, the default, is ${wantedMs === facts.defaultIdleMs ? 'just that' : `enough for the ${formatTimeout(wantedMs)} that it takes, and stays`}.`;
  return { option, valueMs: facts.defaultIdleMs, reason: `${reason} ${stays}`, ground };
}

/**
 * Some proxies open connections ahead of need. To close one that has said nothing yet is a close like any other: a request may be on
 * its way. So it is kept as long as the proxy may keep it. A head that has begun is another matter: proxies send whole heads.
 */
function deriveSilent(facts: PathFacts, idleMs: number): DerivedValue | undefined {
  const { hops, headerMs } = facts;
  const sender = findSender(hops);
  if (facts.silentMs !== undefined || sender === undefined || idleMs === Infinity) return undefined;
  const valueMs = Math.max(idleMs, headerMs ?? DEFAULT_TIMEOUTS.headerMs);
  const reason = `${startSentence(sender.title)} may open connections ahead of need; it has to be the one who closes those, too.`;
  return { option: 'timeouts.silentMs', valueMs, reason, ground: groundOf(sender) };
}

function groundOf(hop: Hop): DerivedValue['ground'] {
  if (hop.given === true) return 'given';
  return hop.verified ? 'verified' : 'hint';
}
