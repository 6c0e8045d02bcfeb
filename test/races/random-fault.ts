// Every fault of the bad peer with parameters at random: at once or after a while, by FIN or by RST, here or everywhere.
import { BAD_PEER_FAULT_KINDS } from '#src/testing/bad-peer/index.js';
import type { BadPeerFault, BadPeerFaultKind, Ending, FaultWhen } from '#src/testing/bad-peer/index.js';
import type { SeededRandom } from '../wire/seeded-random.ts';

const ENDINGS: readonly Ending[] = ['fin', 'linger', 'halfClose', 'reset'];
const ENDINGS_OR_NONE = [...ENDINGS, 'none'] as const;
/** Around these the pauses of a run lie. */
const TIMES_MS = [0, 1, 20];

type Maker<Kind extends BadPeerFaultKind> = (
  random: SeededRandom,
) => Omit<Extract<BadPeerFault, { readonly kind: Kind }>, 'kind' | 'when'>;

const MAKERS: { readonly [Kind in BadPeerFaultKind]: Maker<Kind> } = {
  announcedClose: (random) => ({ ending: random.pick(ENDINGS_OR_NONE), afterMs: random.pick(TIMES_MS) }),
  blackHole: (random) => ({
    at: random.pick(['accept', 'idle', 'beforeProcessing', 'afterProcessing', 'responseHead', 'responseBody'] as const),
    afterMs: random.pick(TIMES_MS),
    reads: random.oneIn(2),
  }),
  closeAfterProcessing: (random) => ({ afterMs: random.pick(TIMES_MS), ending: random.pick(ENDINGS) }),
  closeBeforeProcessing: (random) => ({ afterMs: random.pick(TIMES_MS), ending: random.pick(ENDINGS) }),
  closeMidRequest: (random) => ({ afterBodyBytes: random.below(4), ending: random.pick(ENDINGS) }),
  closeOnAccept: (random) => ({ afterMs: random.pick(TIMES_MS), ending: random.pick(ENDINGS) }),
  closeWhenIdle: (random) => ({
    afterMs: random.pick(TIMES_MS),
    ending: random.pick(ENDINGS),
    turn: random.pick(['same', 'next'] as const),
  }),
  cutHead: (random) => ({
    at: random.pick(['statusLine', 'fieldName', 'finalLineEnd'] as const),
    ending: random.pick(ENDINGS),
  }),
  earlyAnswer: (random) => ({
    status: random.pick([200, 413]),
    afterBodyBytes: random.below(4),
    close: random.oneIn(2),
    ending: random.pick(ENDINGS),
  }),
  http10Answer: (random) => ({
    keepAlive: random.oneIn(2),
    framing: random.pick(['length', 'chunked', 'untilClose'] as const),
    ending: random.pick(ENDINGS_OR_NONE),
  }),
  interimResponses: (random) => ({
    status: random.pick([100, 102, 103] as const),
    count: 1 + random.below(3),
    pauseMs: random.pick(TIMES_MS),
  }),
  lyingHint: (random) => ({
    advertise: random.pick(['timeout=5', 'timeout=1, max=3', 'timeout=0', 'max=1', 'timeout=-1, ,max=é;;"']),
    afterMs: random.pick([...TIMES_MS, Infinity]),
    ending: random.pick(ENDINGS),
  }),
  lyingMax: (random) => ({
    max: random.below(4),
    serves: random.pick([1, 2, 3, Infinity]),
    ending: random.pick(ENDINGS),
  }),
  missingAnswer: () => ({}),
  missingLastChunk: (random) => ({ ending: random.pick(ENDINGS) }),
  poison: (random) => ({
    bytes: random.pick(['response', 'partialHead', 'interim', 'emptyLine', 'garbage'] as const),
    place: random.pick(['whenIdle', 'behindAnswer'] as const),
    afterMs: random.pick(TIMES_MS),
  }),
  requestTimeoutAnswer: (random) => ({
    at: random.pick(['head', 'complete'] as const),
    ending: random.pick(ENDINGS_OR_NONE),
    endAfterMs: random.pick(TIMES_MS),
  }),
  requestTimeoutWhenIdle: (random) => ({
    afterMs: random.pick(TIMES_MS),
    ending: random.pick(ENDINGS_OR_NONE),
    endAfterMs: random.pick(TIMES_MS),
  }),
  shortBody: (random) => ({ missingBytes: 1 + random.below(200), ending: random.pick(ENDINGS) }),
  slowAnswer: (random) => ({
    pieceBytes: random.pick<number | number[]>([40, [3, Infinity], [100, 1, Infinity]]),
    pauseMs: random.pick(TIMES_MS),
    part: random.pick(['head', 'all'] as const),
  }),
  swappedAnswers: () => ({}),
  unannouncedClose: (random) => ({ afterAnswers: 1 + random.below(3), ending: random.pick(ENDINGS) }),
};

function randomWhen(random: SeededRandom, kind: BadPeerFaultKind): FaultWhen {
  const connection = random.pick([1, 1, 2, 'every'] as const);
  const times = random.pick([1, 2, 3, Infinity]);
  // These two speak of pairs of answers, and of the first one by default.
  const isPaired = kind === 'missingAnswer' || kind === 'swappedAnswers';
  const request = isPaired || random.oneIn(2) ? undefined : random.pick([1, 2, 3]);
  return { connection, times, ...(request !== undefined && { request }) };
}

/** A fault of the kind. */
export function randomFault(random: SeededRandom, kind: BadPeerFaultKind): BadPeerFault {
  return { kind, ...MAKERS[kind](random), when: randomWhen(random, kind) };
}

/** Those that act only where nothing is under way. */
export const IDLE_FAULT_KINDS: ReadonlySet<BadPeerFaultKind> = new Set(
  BAD_PEER_FAULT_KINDS.filter((kind) => /WhenIdle$|^lyingHint$/.test(kind)),
);
