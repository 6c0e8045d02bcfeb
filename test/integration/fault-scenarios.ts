// What the bad peer does wrong in the comparison of clients, and how one client is put through it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BadPeerEcho, BadPeerFault } from '#src/testing/bad-peer/index.js';
import type { FaultClient } from './fault-clients.ts';
import { Random } from './random.ts';
import { startRemoteBadPeer } from './remote-bad-peer.ts';
import type { RemoteBadPeer } from './remote-bad-peer.ts';

/** One row of the comparison. */
export interface FaultScenario {
  readonly name: string;
  readonly fault: BadPeerFault;
  /** Between an answer and the next request pass so many milliseconds, from the first number to the second. Default: none. */
  readonly pauseMs?: readonly [number, number];
  /** Requests under way at once. Default 10. */
  readonly lanes?: number;
  /** On a machine that is busy the bytes can cross a request on its way, and no client can tell them from its answer. */
  readonly canCross?: true;
  /** The fault acts while the event loop of the client is blocked, and the requests follow in the same turn. */
  readonly blocked?: true;
}

/** From the answer to the end of the idle connection. */
const IDLE_MS = 10;
/** Half of the requests come before it, half behind it, and some meet it. */
const AROUND = [0, 2 * IDLE_MS] as const;

/** The first request on a connection is served. */
const when = { request: 2 };

export const FAULT_SCENARIOS: readonly FaultScenario[] = [
  { name: 'idle: FIN', fault: { kind: 'closeWhenIdle', afterMs: IDLE_MS }, pauseMs: AROUND },
  { name: 'idle: RST', fault: { kind: 'closeWhenIdle', afterMs: IDLE_MS, ending: 'reset' }, pauseMs: AROUND },
  {
    name: 'idle: FIN, goes on executing',
    fault: { kind: 'closeWhenIdle', afterMs: IDLE_MS, ending: 'halfClose' },
    pauseMs: AROUND,
  },
  { name: 'idle: 408 and FIN', fault: { kind: 'requestTimeoutWhenIdle', afterMs: IDLE_MS }, pauseMs: AROUND },
  { name: 'idle: poisonous 200', fault: { kind: 'poison', afterMs: 1 }, pauseMs: [10, 15], lanes: 1, canCross: true },
  { name: 'poisonous 200 behind each answer', fault: { kind: 'poison', place: 'behindAnswer' } },
  { name: 'promises timeout=5, closes at once', fault: { kind: 'lyingHint' }, pauseMs: [0, 2] },
  { name: 'closes behind every second answer, unannounced', fault: { kind: 'unannouncedClose', afterAnswers: 2 } },
  { name: 'reads the second request, closes', fault: { kind: 'closeBeforeProcessing', when } },
  { name: 'executes the second request, closes', fault: { kind: 'closeAfterProcessing', when } },
  { name: 'executes the second request, RST', fault: { kind: 'closeAfterProcessing', ending: 'reset', when } },
  { name: 'answers the second request with 408', fault: { kind: 'requestTimeoutAnswer', when } },
  { name: 'says close, stays open and deaf', fault: { kind: 'announcedClose', when } },
  {
    name: 'silent from the second request on',
    fault: { kind: 'blackHole', at: 'beforeProcessing', when: { request: 2, times: 10 } },
  },
  { name: 'blocked loop: FIN', fault: { kind: 'closeWhenIdle' }, blocked: true },
  { name: 'blocked loop: RST', fault: { kind: 'closeWhenIdle', ending: 'reset' }, blocked: true },
  {
    name: 'blocked loop: FIN, goes on executing',
    fault: { kind: 'closeWhenIdle', ending: 'halfClose' },
    blocked: true,
  },
  { name: 'blocked loop: 408 and FIN', fault: { kind: 'requestTimeoutWhenIdle' }, blocked: true },
  { name: 'blocked loop: poisonous 200', fault: { kind: 'poison' }, blocked: true },
];

/** What came of all requests of one client in one scenario. */
export interface FaultTally {
  /** GET and PUT that failed, or got what is not their answer. */
  lostIdempotent: number;
  /** POST that failed, or got what is not its answer. */
  lostPosts: number;
  /** POST that was executed more than once. */
  repeatedPosts: number;
  /** Answers of any method that look like one and are that of another request, or of none. */
  foreign: number;
  requests: number;
}

const METHODS = ['GET', 'POST', 'PUT', 'POST'] as const;
const LANES = 10;
const BLOCKED_MS = 60;

/** Puts one client through one scenario with so many requests. */
export async function playScenario(
  scenario: FaultScenario,
  makeClient: (url: string) => FaultClient,
  requests: number,
): Promise<FaultTally> {
  const peer = await startRemoteBadPeer(scenario.blocked === true ? undefined : scenario.fault);
  const client = makeClient(peer.url);
  const story = new Story(client);
  if (scenario.blocked === true) await playBlocked(scenario, peer, story, requests);
  else {
    const { lanes = LANES } = scenario;
    await Promise.all(Array.from({ length: lanes }, (_, lane) => playLane(scenario, story, lane, requests / lanes)));
  }
  const executions = await peer.executions();
  await client.close();
  await peer.close();
  return story.tally(executions);
}

async function playLane(scenario: FaultScenario, story: Story, lane: number, requests: number): Promise<void> {
  const random = new Random(lane + 1);
  const { pauseMs } = scenario;
  for (let index = 0; index < requests; index += 1) {
    await story.send(METHODS[(lane + index) % METHODS.length]!);
    if (pauseMs !== undefined) await sleep(pauseMs[0] + random.below(pauseMs[1] - pauseMs[0] + 1));
  }
}

/** Rounds: connections are made and idle, the loop is blocked while the peer acts, requests are sent in the same turn. */
async function playBlocked(
  scenario: FaultScenario,
  peer: RemoteBadPeer,
  story: Story,
  requests: number,
): Promise<void> {
  for (let round = 0; round < requests / LANES; round += 1) {
    await story.warmUp(LANES);
    peer.setFault({ ...scenario.fault, when: { times: LANES } });
    peer.blockLoop(BLOCKED_MS);
    await Promise.all(
      Array.from({ length: LANES }, (_, lane) => story.send(METHODS[(round + lane) % METHODS.length]!)),
    );
    peer.setFault(undefined);
  }
}

interface Sent {
  readonly method: string;
  readonly path: string;
  outcome: 'own' | 'failed' | 'foreign';
}

/** The requests of one client, and what came of them. */
class Story {
  readonly #client: FaultClient;
  readonly #sent: Sent[] = [];

  constructor(client: FaultClient) {
    this.#client = client;
  }

  /** So many requests at once, so that there are as many idle connections. They do not count. */
  async warmUp(count: number): Promise<void> {
    await Promise.allSettled(
      Array.from({ length: count }, (_, index) => this.#client.send('GET', `/warm/${index}`, undefined)),
    );
    // What the answers leave to be done is done.
    await sleep(1);
  }

  async send(method: string): Promise<void> {
    const sent: Sent = { method, path: `/${this.#sent.length}`, outcome: 'failed' };
    this.#sent.push(sent);
    try {
      const { status, text } = await this.#client.send(method, sent.path, method === 'GET' ? undefined : 'text');
      if (status === 200 && isEchoOf(text, sent.path)) sent.outcome = 'own';
      // A 408 says that the request was not read: an error, but no lie.
      else if (status !== 408) sent.outcome = 'foreign';
    } catch {
      sent.outcome = 'failed';
    }
  }

  tally(executions: ReadonlyMap<string, number>): FaultTally {
    const posts = this.#sent.filter(({ method }) => method === 'POST');
    const idempotent = this.#sent.filter(({ method }) => method !== 'POST');
    return {
      lostIdempotent: idempotent.filter(({ outcome }) => outcome !== 'own').length,
      lostPosts: posts.filter(({ outcome }) => outcome !== 'own').length,
      repeatedPosts: posts.filter(({ path }) => (executions.get(path) ?? 0) > 1).length,
      foreign: this.#sent.filter(({ outcome }) => outcome === 'foreign').length,
      requests: this.#sent.length,
    };
  }
}

function isEchoOf(text: string, path: string): boolean {
  try {
    return (JSON.parse(text) as BadPeerEcho).id === path;
  } catch {
    return false;
  }
}
