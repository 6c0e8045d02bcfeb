// An origin whose servers end idle connections, and a client that keeps them as long as it believes it may: no sockets, no time.
import type { LearnedTimeouts } from '#src/client/policy/learned-timeouts.js';
import { SeededRandom } from '../wire/seeded-random.ts';

/** One server behind the name of the origin. */
export interface SimulatedBackend {
  /** After how long it ends an idle connection; the operator may change it. Infinity: never. */
  idleTimeoutMs: number;
  /** By how much later it does so at most. */
  readonly latenessMs: number;
}

interface SimulatedConnection {
  readonly backend: SimulatedBackend;
  readonly idleSinceMs: number;
  readonly peerEndsAtMs: number;
  readonly weEndAtMs: number;
}

/** From the server's decision to end a connection until the client knows, and as long again for a request. */
const ONE_WAY_MS = 10;

/** See the head of the file. */
export class SimulatedOrigin {
  nowMs = 0;
  /** Connections that a server ended while they were idle. */
  endedIdle = 0;
  /** Requests that met the end of their connection. */
  crossed = 0;
  requests = 0;
  #idle: SimulatedConnection[] = [];
  readonly #random: SeededRandom;
  readonly #backends: readonly SimulatedBackend[];
  readonly #learned: LearnedTimeouts;
  readonly #ownTimeoutMs: number;

  constructor(
    seed: number,
    learned: LearnedTimeouts,
    backends: readonly SimulatedBackend[],
    ownTimeoutMs: number = Infinity,
  ) {
    this.#random = new SeededRandom(seed);
    this.#learned = learned;
    this.#backends = backends;
    this.#ownTimeoutMs = ownTimeoutMs;
  }

  /** So many bursts of up to `concurrency` requests at once, with pauses of `meanPauseMs` between them on average. */
  run(bursts: number, meanPauseMs: number, concurrency: number = 1): void {
    for (let burst = 0; burst < bursts; burst += 1) {
      this.#passTime(-meanPauseMs * Math.log(1 - this.#unit()));
      const taken = Array.from({ length: 1 + this.#random.below(concurrency) }, () => this.#send());
      this.#passTime(5 + 20 * this.#unit());
      for (const backend of taken) this.#becomeIdle(backend);
    }
  }

  /** A server goes away and comes back: all its connections end at once. */
  restart(backend: SimulatedBackend): void {
    const ended = this.#idle.filter((connection) => connection.backend === backend);
    this.#idle = this.#idle.filter((connection) => connection.backend !== backend);
    for (const connection of ended) {
      this.#learned.peerClosedIdle(this.nowMs - connection.idleSinceMs, this.nowMs);
      this.nowMs += this.#unit();
    }
  }

  /** A number from 0 to 1. */
  #unit(): number {
    return this.#random.below(1e9) / 1e9;
  }

  #passTime(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    const isOver = ({ peerEndsAtMs, weEndAtMs }: SimulatedConnection): boolean =>
      Math.min(peerEndsAtMs, weEndAtMs) <= untilMs;
    const over = this.#idle.filter(isOver).toSorted((left, right) => left.peerEndsAtMs - right.peerEndsAtMs);
    this.#idle = this.#idle.filter((connection) => !isOver(connection));
    for (const { idleSinceMs, peerEndsAtMs, weEndAtMs } of over) {
      if (weEndAtMs < peerEndsAtMs) continue;
      this.endedIdle += 1;
      this.#learned.peerClosedIdle(peerEndsAtMs - idleSinceMs, peerEndsAtMs);
    }
    this.nowMs = untilMs;
  }

  /** Takes the connection that was used last, or opens one. */
  #send(): SimulatedBackend {
    this.requests += 1;
    const connection = this.#idle.pop();
    if (connection === undefined) return this.#random.pick(this.#backends);
    const idleMs = this.nowMs - connection.idleSinceMs;
    if (connection.peerEndsAtMs - this.nowMs < 2 * ONE_WAY_MS) {
      this.crossed += 1;
      this.#learned.peerClosedIdle(idleMs, this.nowMs);
      return this.#random.pick(this.#backends);
    }
    this.#learned.survivedIdle(idleMs, this.nowMs);
    return connection.backend;
  }

  #becomeIdle(backend: SimulatedBackend): void {
    const trustedMs = Math.min(this.#ownTimeoutMs, this.#learned.limitMs(this.nowMs) - 2 * ONE_WAY_MS);
    this.#idle.push({
      backend,
      idleSinceMs: this.nowMs,
      peerEndsAtMs: this.nowMs + backend.idleTimeoutMs + backend.latenessMs * this.#unit(),
      weEndAtMs: this.nowMs + trustedMs,
    });
  }
}
