// One run of a session against one fault of the bad peer: requests, pauses, blocked loops and deliveries as a seed says.
// Client and peer have clocks of their own, so that the peer goes on while the loop of the client is blocked.
import type { RequestOptions } from '#src/client/options.js';
import { BAD_PEER_FAULT_KINDS, BadPeer } from '#src/testing/bad-peer/index.js';
import type { BadPeerFault, BadPeerFaultKind } from '#src/testing/bad-peer/index.js';
import { ManualClock, withFaults } from '#src/testing/index.js';
import { DrivenSession } from '../client/driven-session.ts';
import type { DrivenOptions } from '../client/driven-session.ts';
import { SeededRandom } from '../wire/seeded-random.ts';
import { formatEvent } from '../testing/bad-peer-fixture.ts';
import { randomFault } from './random-fault.ts';

/** A request of the run, and what came of it. */
export interface SentRequest {
  readonly path: string;
  readonly method: string;
  readonly idempotent: boolean;
  readonly bodyBytes: number;
  /** Its body can be read once. */
  readonly oneShot: boolean;
  status?: number;
  text?: string;
  /** The connection that answered. */
  connection?: { readonly id: number; readonly reused: boolean };
  retries?: number;
  error?: unknown;
  aborted?: boolean;
}

const MAX_ROUNDS = 3_000;
/** Rounds without an event after which nothing happens any more without time: the gate takes two turns. */
const QUIET_ROUNDS = 3;
const PAUSES_MS = [0, 1, 19, 20, 21, 100, 1_500];
const KINDS = ['GET', 'PUT', 'POST', 'KEYED'] as const;

interface RandomBody {
  readonly input: NonNullable<RequestOptions['body']>;
  readonly bytes: number;
  /** It can be read once. */
  readonly oneShot: boolean;
  /** Its length is told in the head, although it comes in pieces. */
  readonly announced?: boolean;
}

/** See the head of the file. */
export class FaultRun {
  readonly seed: number;
  readonly fault: BadPeerFault;
  readonly options: DrivenOptions & { readonly maxRetries: number; readonly pipelining: number };
  /** Everything arrives in the turn in which it is sent; what comes while the loop is blocked waits in the kernel. */
  readonly isPrompt: boolean;
  /** What arrives is cut into pieces. */
  readonly isSplit: boolean;
  readonly requests: SentRequest[] = [];
  readonly driven: DrivenSession;
  readonly peer: BadPeer;
  readonly #random: SeededRandom;
  readonly #peerClock = new ManualClock();
  readonly #pending: Promise<void>[] = [];

  constructor(seed: number, kind: BadPeerFaultKind) {
    // Another story for each fault, although the seeds are the same.
    const random = new SeededRandom(seed * 100 + BAD_PEER_FAULT_KINDS.indexOf(kind));
    this.seed = seed;
    this.#random = random;
    this.fault = randomFault(random, kind);
    this.isPrompt = random.oneIn(2);
    this.options = {
      pipelining: random.pick([1, 4]),
      nonIdempotent: random.pick(['validate', 'fresh', 'reuse'] as const),
      holdBack: random.pick(['never', 'never', 'lastByte', 'continue'] as const),
      hedgeStale: random.pick(['auto', 'always', 'never'] as const),
      maxRetries: 2,
      limits: { perOrigin: random.pick([1, 2, 6]), acquireTimeoutMs: 60_000 },
      timeouts: { headersMs: 2_000, bodyMs: 1_500 },
    };
    this.driven = new DrivenSession((transport) => this.peer.accept(transport), this.options);
    this.peer = new BadPeer({ clock: this.#peerClock, fault: this.fault, keptBodyBytes: 8 });
    const split = random.pick([undefined, undefined, 1, 7, 60]);
    const delayMs = this.isPrompt ? 0 : random.pick([0, 0, 3]);
    this.isSplit = split !== undefined;
    if (this.isSplit || delayMs > 0) {
      this.driven.opener.wrap = (transport) =>
        withFaults(transport, {
          ...(split !== undefined && { splitIncoming: split }),
          ...(delayMs > 0 && { delayIncoming: { clock: this.driven.clock, delayMs } }),
        });
    }
  }

  /** Plays it to its end. Throws where something never comes to rest. */
  async play(): Promise<void> {
    const random = this.#random;
    for (let step = 3 + random.below(4); step > 0; step -= 1) {
      if (random.oneIn(4)) await this.#block(random.pick([6, 25, 300]));
      else this.#send(1 + random.below(random.pick([1, 1, 4])));
      await this.#goOn();
      if (!random.oneIn(3)) await this.#pause(random.pick(PAUSES_MS));
    }
    for (let second = 0; second < 40 && !this.isOver; second += 1) await this.#advance(1_000);
    if (!this.isOver) throw new Error('a request is neither answered nor failed');
    await Promise.all(this.#pending);
  }

  get isOver(): boolean {
    return this.requests.every(({ status, text, error, aborted }) => {
      return aborted === true || error !== undefined || (status !== undefined && text !== undefined);
    });
  }

  /** Closes the session. What is left of connections and timers. */
  async leftovers(): Promise<string[]> {
    const { session, clock } = this.driven;
    void session.close();
    await this.#settle();
    await this.#advance(2_000);
    const left = session.connections().map(({ id, state }) => `connection ${id} is ${state}`);
    return clock.pendingTimers === 0 ? left : [...left, `${clock.pendingTimers} timers of the client`];
  }

  /** Everything that is needed to understand it. */
  describe(): string {
    const { fault, options, isPrompt, seed } = this;
    return [
      `seed ${seed}, ${isPrompt ? 'prompt' : 'wire'}, ${JSON.stringify(options)}`,
      JSON.stringify(fault),
      ...this.peer.log.map((event) => `  peer ${event.connection} @${event.atMs}: ${formatEvent(event)}`),
      ...this.driven.log.map((line) => `  client: ${line}`),
      ...this.requests.map(
        (request) =>
          `  ${JSON.stringify({ ...request, error: request.error instanceof Error ? request.error.message : undefined })}`,
      ),
    ].join('\n');
  }

  #send(count: number): void {
    for (let index = 0; index < count; index += 1) this.#sendOne();
  }

  #sendOne(): void {
    const random = this.#random;
    const kind = random.pick(KINDS);
    const path = `/${this.requests.length}`;
    const body = kind === 'GET' ? undefined : this.#body();
    const request: SentRequest = {
      path,
      method: kind === 'KEYED' ? 'POST' : kind,
      idempotent: kind !== 'POST',
      bodyBytes: body?.bytes ?? 0,
      oneShot: body?.oneShot ?? false,
    };
    this.requests.push(request);
    const controller = random.oneIn(10) ? new AbortController() : undefined;
    const options: RequestOptions = {
      method: request.method,
      headers: {
        ...(kind === 'KEYED' && { 'idempotency-key': path }),
        ...(body?.announced === true && { 'content-length': String(body.bytes) }),
      },
      ...(body !== undefined && { body: body.input }),
      ...(controller !== undefined && { signal: controller.signal }),
    };
    this.#pending.push(this.#follow(request, options));
    if (controller === undefined) return;
    this.#peerClock.startTimer(random.pick(PAUSES_MS), () => {
      request.aborted = true;
      controller.abort(new Error('the caller gave up'));
    });
  }

  async #follow(request: SentRequest, options: RequestOptions): Promise<void> {
    try {
      const response = await this.driven.session.request(request.path, options);
      request.status = response.status;
      request.connection = response.connection;
      request.retries = response.retries.length;
      request.text = await response.body.text();
    } catch (error) {
      request.error = error;
    }
  }

  #body(): RandomBody | undefined {
    const random = this.#random;
    const bytes = random.pick([0, 1, 3, 500, 500, 20_000]);
    const text = 'b'.repeat(bytes);
    const pieces = [text.slice(0, bytes >> 1), text.slice(bytes >> 1)];
    const pauseMs = random.pick([1, 20]);
    switch (random.below(6)) {
      case 0:
        return undefined;
      case 1:
        return { input: text, bytes, oneShot: false };
      case 2:
        return { input: Buffer.from(text), bytes, oneShot: false };
      case 3:
        return { input: () => pieces, bytes, oneShot: false };
      case 4:
        return { input: () => this.#slowly(pieces, pauseMs), bytes, oneShot: false, announced: random.oneIn(2) };
      default:
        return { input: pieces.values(), bytes, oneShot: true };
    }
  }

  /** Pieces with a pause behind each, also behind the last: whoever knows the length has all of it before the source is at its end. */
  async *#slowly(pieces: readonly string[], pauseMs: number): AsyncGenerator<string> {
    for (const piece of pieces) {
      yield piece;
      await new Promise<void>((resolve) => {
        this.#peerClock.startTimer(pauseMs, resolve);
      });
    }
  }

  /** The loop of the client is blocked, and at the end of its turn it sends requests. Meanwhile the peer goes on. */
  async #block(ms: number): Promise<void> {
    this.driven.clock.stall(ms);
    this.#deliver('peer');
    this.#peerClock.advance(ms);
    this.#deliver('peer');
    this.#send(1 + this.#random.below(2));
    await this.#settle();
    this.driven.clock.advance(0);
  }

  #deliver(to: 'client' | 'peer' | 'both'): number {
    let events = 0;
    for (const { pair } of this.driven.opener.connections) {
      events += to === 'both' ? pair.deliverAll() : pair.deliverAll(pair[to === 'client' ? 0 : 1]);
    }
    return events;
  }

  /** Lets everything happen that can happen without time. */
  async #settle(): Promise<void> {
    const { clock } = this.driven;
    let rounds = 0;
    for (let quiet = 0; quiet < QUIET_ROUNDS;) {
      await immediate();
      clock.turn();
      this.#peerClock.turn();
      quiet = this.#deliver('both') === 0 ? quiet + 1 : 0;
      rounds += 1;
      if (rounds > MAX_ROUNDS) throw new Error('the two ends never come to rest');
    }
  }

  /** Delivers some of what is in flight, in any order over the connections. */
  async #trickle(): Promise<void> {
    const random = this.#random;
    for (let events = random.below(12); events > 0; events -= 1) {
      const { connections } = this.driven.opener;
      if (connections.length > 0) {
        const { pair } = random.pick(connections);
        pair.deliver(pair[random.below(2)]);
      }
      if (random.oneIn(2)) await immediate();
      if (random.oneIn(4)) {
        this.driven.clock.turn();
        this.#peerClock.turn();
      }
    }
  }

  /** A network that delivers nothing for long is another fault. */
  #pause(ms: number): Promise<void> {
    return ms > 50 ? this.#advance(ms) : this.#advance(ms, () => this.#goOn());
  }

  /** What is in flight arrives; without promptness perhaps only a part of it. */
  #goOn(): Promise<void> {
    return this.isPrompt || this.#random.oneIn(2) ? this.#settle() : this.#trickle();
  }

  /** Lets time pass on both sides, in the order in which their timers are due, and between them what `goOn` lets happen. */
  async #advance(ms: number, goOn: () => Promise<void> = () => this.#settle()): Promise<void> {
    const { clock } = this.driven;
    const peerClock = this.#peerClock;
    for (let left = ms; ;) {
      await goOn();
      if (left <= 0) return;
      const nextMs = Math.min(
        (clock.nextTimerMs ?? Infinity) - clock.nowMs(),
        (peerClock.nextTimerMs ?? Infinity) - peerClock.nowMs(),
      );
      const stepMs = Math.min(left, Math.max(nextMs, 1));
      peerClock.advance(stepMs);
      if (this.isPrompt) this.#deliver('both');
      clock.advance(stepMs);
      left -= stepMs;
    }
  }
}

function immediate(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
