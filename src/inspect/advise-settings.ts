// Settings for clients of the server and for the server itself, computed from what was measured. Pure.
import type { JudgedFacts } from './catalogue/catalogue.ts';
import { formatCount } from './catalogue/format-count.ts';
import { isKeptLong } from './catalogue/waiting.ts';
import { formatDuration } from './format-duration.ts';
import type { Advice, ClientAdvice, ServerAdvice } from './inspection-report.ts';

/** A client gives up a connection a second early, or a fifth of the time where that is less: `timeout=1` must still be of use. */
const LONGEST_MARGIN_MS = 1_000;
const MARGIN_SHARE = 1 / 5;

/** The server outlasts the hop in front by so much: their timers do not start at the same moment. */
const HOP_MARGIN_MS = 5_000;

/** What a server keeps beyond its promise, as perdura's own does: a second, or 5 % where that is more. */
const SHORTEST_GRACE_MS = 1_000;
const GRACE_SHARE = 0.05;

/** Less is of no use; the default of Apache and of Node.js up to 26. */
const SHORTEST_USEFUL_MS = 5_000;
const TOO_SHORT_MS = 2_000;

/** The inaccuracy of two clocks and a network. */
const TOLERANCE_MS = 50;

/** Longer than the 60 s of common load balancers. */
const DEFAULT_IDLE_MS = 65_000;

/** The default of nginx. */
const ENOUGH_REQUESTS = 1_000;
const FEW_REQUESTS = 100;

/** The shorter limit of Apache's RequestReadTimeout. */
const HEADER_TIMEOUT_MS = 20_000;

/** See the head of the file. What does not follow from anything measured is left out. */
export function adviseSettings(facts: JudgedFacts): Advice {
  const { http11Persistent, status } = facts.measured;
  // Behind an error a server closes as a precaution: nothing follows for its other answers.
  if (http11Persistent === false && status !== null && status >= 400)
    return { client: { reasons: {} }, server: { reasons: {} } };
  return { client: adviseClient(facts), server: adviseServer(facts) };
}

function adviseClient(facts: JudgedFacts): ClientAdvice {
  const { http11Persistent, maxRequests, maxRequestsAnnounced } = facts.measured;
  if (http11Persistent === false) {
    return {
      maxRequestsPerConnection: 1,
      reasons: { maxRequestsPerConnection: 'The server closes the connection after each answer.' },
    };
  }
  const advice: Omit<ClientAdvice, 'reasons'> = {};
  const reasons: Record<string, string> = {};
  const idle = findSafeIdle(facts);
  if (idle !== undefined && idle.ms > 0) {
    advice.idleTimeoutMs = idle.ms;
    reasons['idleTimeoutMs'] = idle.reason;
  }
  if (idle?.ms === 0) {
    advice.maxRequestsPerConnection = 1;
    reasons['maxRequestsPerConnection'] = 'The server keeps idle connections too briefly to use one again.';
  } else if (maxRequests !== null) {
    advice.maxRequestsPerConnection = maxRequests;
    const said = maxRequestsAnnounced === false ? 'without a word' : 'and says so';
    reasons['maxRequestsPerConnection'] = `The server closes after ${formatCount(maxRequests, 'answer')}, ${said}.`;
  }
  advisePipelining(facts, advice, reasons);
  return { ...advice, reasons };
}

function advisePipelining(
  { measured }: JudgedFacts,
  advice: Omit<ClientAdvice, 'reasons'>,
  reasons: Record<string, string>,
): void {
  const { pipelining, pipelinedRequests } = measured;
  if (pipelining === null) return;
  if (pipelining === 'ordered' && pipelinedRequests !== null && pipelinedRequests > 1) {
    advice.pipelining = pipelinedRequests;
    reasons['pipelining'] =
      `${pipelinedRequests} requests sent at once were answered in order; more were not tried. For safe methods only.`;
    return;
  }
  advice.pipelining = 1;
  reasons['pipelining'] = 'Requests that are sent without waiting are not all answered in order.';
}

/** How long an idle connection may be trusted; 0 where not at all. */
function findSafeIdle(facts: JudgedFacts): { readonly ms: number; readonly reason: string } | undefined {
  const { measured, behind } = facts;
  const trusted = findTrustedIdle(facts);
  if (trusted === undefined) return undefined;
  // Two trips: the server's clock began to run before the answer was here, and the request has to be there in time.
  const roundTripMs = measured.reusedRequestMs ?? 0;
  const shareMs = Math.min(LONGEST_MARGIN_MS, trusted.ms * MARGIN_SHARE);
  const marginMs = Math.min(Math.max(shareMs, 2 * roundTripMs), trusted.ms / 2);
  const ms = roundDown(trusted.ms - marginMs);
  const reason = `${trusted.reason}, less ${formatDuration(trusted.ms - ms)} for requests on their way.`;
  if (behind === undefined) return { ms, reason };
  const within = behind.serverIdleMs <= ms ? 'which is within' : 'which is too long';
  return {
    ms,
    reason: `${reason} The client is ${behind.title}: it keeps idle connections for ${formatDuration(behind.serverIdleMs)}, ${within}.`,
  };
}

/** Where it was still open and nothing is promised, all that is known is how long it was watched: nothing follows from that. */
function findTrustedIdle({ measured }: JudgedFacts): { readonly ms: number; readonly reason: string } | undefined {
  const { advertisedTimeoutMs: advertisedMs, idleTimeoutMs: idleMs } = measured;
  if (advertisedMs !== null && (idleMs === null || advertisedMs <= idleMs)) {
    return { ms: advertisedMs, reason: `The server promises ${formatDuration(advertisedMs)}` };
  }
  return idleMs === null
    ? undefined
    : { ms: idleMs, reason: `The server closes idle connections after ${formatDuration(idleMs)}` };
}

function adviseServer(facts: JudgedFacts): ServerAdvice {
  const { maxRequests, http11Persistent, partialHeadClose, partialHeadTimeoutMs } = facts.measured;
  const advice: Omit<ServerAdvice, 'reasons'> = {};
  const reasons: Record<string, string> = {};
  const idle = findNeededIdle(facts);
  if (idle !== undefined) {
    advice.keepAliveTimeoutMs = idle.ms;
    reasons['keepAliveTimeoutMs'] = idle.reason;
  }
  if (maxRequests !== null && maxRequests < FEW_REQUESTS && http11Persistent !== false) {
    advice.maxKeepAliveRequests = ENOUGH_REQUESTS;
    reasons['maxKeepAliveRequests'] =
      `It closes after ${formatCount(maxRequests, 'answer')}; a higher limit saves its clients new connections.`;
  }
  if (isKeptLong(partialHeadClose, partialHeadTimeoutMs, facts.maxWaitMs)) {
    advice.headerTimeoutMs = HEADER_TIMEOUT_MS;
    reasons['headerTimeoutMs'] =
      'It waits for over a minute for the rest of a request; an honest client sends it at once.';
  }
  return { ...advice, reasons };
}

/** Undefined where the time that it keeps is long enough, or not known. */
function findNeededIdle(facts: JudgedFacts): { readonly ms: number; readonly reason: string } | undefined {
  const { measured, behind } = facts;
  const { http11Persistent, idleTimeoutMs, advertisedTimeoutMs } = measured;
  // What it keeps now; a connection that is closed behind its answer is kept for no time.
  const keptMs = http11Persistent === false ? 0 : idleTimeoutMs;
  if (keptMs === null) return undefined;
  const needs: { readonly ms: number; readonly reason: string }[] = [];
  if (behind !== undefined) {
    const hopMs = behind.serverIdleMs;
    const reason = `In front is ${behind.title}, which keeps idle connections for ${formatDuration(hopMs)} and has to be the first to close: 5 s more.`;
    needs.push({ ms: hopMs + HOP_MARGIN_MS, reason });
  }
  if (http11Persistent === false) {
    const reason = 'It closes after each answer. The usual load balancers keep idle connections for 60 s: 5 s more.';
    needs.push({ ms: behind === undefined ? DEFAULT_IDLE_MS : 0, reason });
  } else {
    if (advertisedTimeoutMs !== null) {
      const graceMs = Math.max(SHORTEST_GRACE_MS, Math.round(advertisedTimeoutMs * GRACE_SHARE));
      const reason = `It promises ${formatDuration(advertisedTimeoutMs)}: ${formatDuration(graceMs)} more, for requests on their way. Or promise less.`;
      needs.push({ ms: advertisedTimeoutMs + graceMs, reason });
    }
    if (keptMs < TOO_SHORT_MS) {
      const reason = `It closes after ${formatDuration(keptMs)}, before most clients ask again.`;
      needs.push({ ms: SHORTEST_USEFUL_MS, reason });
    }
  }
  const needed = needs.toSorted((left, right) => right.ms - left.ms)[0];
  return needed === undefined || needed.ms <= keptMs + TOLERANCE_MS ? undefined : needed;
}

/** To a number that people like to write: 4,004 becomes 4,000. */
function roundDown(durationMs: number): number {
  const step = durationMs >= 10_000 ? 1_000 : durationMs >= 1_000 ? 100 : durationMs >= 100 ? 10 : 1;
  return Math.floor(durationMs / step) * step;
}
