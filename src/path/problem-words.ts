// Problems in words: what is wrong, how requests get lost, what to change.
import { roundToSeconds } from './margins.ts';
import type { ProblemId } from './problem.ts';
import { capitalise, ownerOf, titleOf } from './requirement-words.ts';
import type { Requirement, RequirementKind } from './requirement.ts';
import { settingOf } from './timeout-path.ts';
import { formatTimeout } from './written-duration.ts';

/** Those that a requirement leads to. */
type BrokenId = Exclude<ProblemId, 'probes-do-not-count' | 'ping-does-not-count' | 'ping-too-rare'>;

/** What a timeout past its limit is called, and how bad that is. */
export interface Verdict {
  readonly id: BrokenId;
  readonly level: 'bad' | 'warn';
}

const BROKEN: Readonly<Record<RequirementKind, (requirement: Requirement) => Verdict>> = {
  'outlive-proxy': ({ of }) => ({ id: of === undefined ? 'server-closes-first' : 'hop-closes-first', level: 'bad' }),
  'follow-vendor': () => ({ id: 'below-vendor-advice', level: 'warn' }),
  'unknown-proxy': () => ({ id: 'too-close', level: 'warn' }),
  'close-before-receiver': () => ({ id: 'reuse-race', level: 'bad' }),
  'close-before-flow': ({ id }) =>
    id === 'server-idle' ? { id: 'server-outlives-flow', level: 'warn' } : { id: 'black-hole', level: 'bad' },
  'cap-before-flow': () => ({ id: 'hint-outlives-flow', level: 'warn' }),
  'head-above-idle': () => ({ id: 'head-within-idle', level: 'warn' }),
  'request-above-head': () => ({ id: 'request-within-head', level: 'warn' }),
  'probe-before-flow': () => ({ id: 'probes-too-rare', level: 'warn' }),
  'beat-before-quiet-limit': () => ({ id: 'heartbeat-too-rare', level: 'bad' }),
};

/** What it is called that a requirement is not met, where the limit itself is passed, or where only its margin is used up. */
export function verdictOf(requirement: Requirement, isPastLimit: boolean): Verdict {
  const { kind, limitMs } = requirement;
  if (isPastLimit || limitMs === null || kind === 'head-above-idle') return BROKEN[kind](requirement);
  const beats = kind === 'beat-before-quiet-limit' || kind === 'probe-before-flow';
  return { id: beats ? 'no-spare-beat' : 'too-close', level: 'warn' };
}

/** The words for one problem. */
export interface ProblemWords {
  readonly title: string;
  readonly happens: string;
  readonly change: string;
}

interface Names {
  /** Whose timeout it is. */
  readonly owner: string;
  /** Who it has to agree with. */
  readonly by: string;
  readonly have: string;
  readonly limit: string;
}

type Wording = (names: Names) => { readonly title: string; readonly happens: string };

const FORGETS = (by: string, limit: string): string =>
  `${capitalise(by)} forgets an idle connection after ${limit}, without a word.`;

const WORDINGS: Readonly<Record<BrokenId, Wording>> = {
  'server-closes-first': ({ by, have, limit }) => ({
    title: `The server closes before ${by} does`,
    happens: `${capitalise(by)} keeps an idle connection for ${limit}, the server for ${have}. Now and then a request is on its way just as the server closes: it is lost, and the client gets a 502.`,
  }),
  'hop-closes-first': ({ owner, by, have, limit }) => ({
    title: `${capitalise(owner)} closes before ${by} does`,
    happens: `${capitalise(by)} keeps an idle connection for ${limit}, ${owner} for ${have}. A request that is on its way just as it closes is lost, and the client gets a 502 or the like.`,
  }),
  'reuse-race': ({ by, have, limit }) => ({
    title: `The client keeps connections as long as ${by}, or longer`,
    happens: `${capitalise(by)} ends idle connections after ${limit}, the client uses them up to ${have}. A request that meets the end fails with ECONNRESET or "socket hang up", and nobody knows whether it was carried out.`,
  }),
  'black-hole': ({ owner, by, have, limit }) => ({
    title: `${capitalise(owner)} keeps connections that ${by} has forgotten`,
    happens: `${FORGETS(by, limit)} ${capitalise(owner)} uses it up to ${have}: the request disappears, and nothing comes back until a timeout.`,
  }),
  'server-outlives-flow': ({ by, have, limit }) => ({
    title: `The server keeps connections that ${by} has forgotten`,
    happens: `${FORGETS(by, limit)} The server holds it for ${have}, and its close no longer reaches the client, which may send a request into nothing.`,
  }),
  'hint-outlives-flow': ({ by, have, limit }) => ({
    title: `A hint of the server can make the client keep connections that ${by} has forgotten`,
    happens: `${FORGETS(by, limit)} The client obeys a Keep-Alive hint of up to ${have}: a request on such a connection disappears.`,
  }),
  'head-within-idle': ({ have, limit }) => ({
    title: 'The time for a head is not longer than the idle timeout',
    happens: `Older versions of Node.js count idle time (up to ${limit}) as time for the next head (${have}): they close as a request arrives.`,
  }),
  'request-within-head': ({ have }) => ({
    title: 'The time for a whole request is shorter than the one for its head',
    happens: `It ends every request after ${have}, so the time for the head never counts; given as an option, Node.js refuses it.`,
  }),
  'probes-too-rare': ({ by, have, limit }) => ({
    title: `TCP keepalive begins after ${by} has forgotten the connection`,
    happens: `${FORGETS(by, limit)} The first probe goes out after ${have}, which is too late.`,
  }),
  'heartbeat-too-rare': ({ by, have, limit }) => ({
    title: `Signs of life are too rare for ${by}`,
    happens: `${capitalise(by)} drops a connection on which nothing passes for ${limit}; the next sign of life comes after ${have}. Event streams and WebSockets break whenever they are quiet.`,
  }),
  'no-spare-beat': ({ by, have, limit }) => ({
    title: `One lost sign of life is enough for ${by}`,
    happens: `${capitalise(by)} drops a connection that is quiet for ${limit}; with a sign of life every ${have}, none may be lost or late.`,
  }),
  'below-vendor-advice': ({ by, have }) => ({
    title: `The server keeps connections for less than the vendor of ${by} advises`,
    happens: `It closes after ${have}. Where ${by} keeps connections longer, a request may be on its way just as the server closes.`,
  }),
  'too-close': ({ owner, by, have, limit }) => ({
    title: `${capitalise(owner)} and ${by} are too close together`,
    happens: `${have} against ${limit}: delays in the network or in a busy process are enough for a request to meet the end of its connection.`,
  }),
};

/** What the hop could do instead; empty where it is fixed, or not known. */
function describeOtherSide({ because, bound, kind }: Requirement): string {
  if (because === undefined || kind === 'follow-vendor') return '';
  const isQuietLimit = kind === 'beat-before-quiet-limit' && because.responseIdleMs !== undefined;
  const setting = isQuietLimit
    ? because.responseSetting
    : settingOf(because, bound === 'at least' ? 'server' : 'client');
  if (setting === undefined) return '';
  return ` Or ${bound === 'at least' ? 'shorten' : 'lengthen'} ${setting} of ${because.title}.`;
}

/** The words for a requirement that `haveMs` does not meet. */
export function wordProblem(id: BrokenId, requirement: Requirement, haveMs: number): ProblemWords {
  const { because, bound, limitMs, valueMs } = requirement;
  const names: Names = {
    owner: ownerOf(requirement),
    by: because?.title ?? 'the server',
    have: formatTimeout(haveMs),
    limit: limitMs === null ? '' : formatTimeout(limitMs),
  };
  const words = WORDINGS[id](names);
  const wanted = valueMs === null ? '' : formatTimeout(roundToSeconds(valueMs, bound));
  return {
    ...words,
    change: `Set the ${titleOf(requirement)} to ${bound} ${wanted}.${describeOtherSide(requirement)}`,
  };
}
