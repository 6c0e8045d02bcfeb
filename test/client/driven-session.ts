// A session without sockets and without time of its own: connections in memory, a clock that the test moves, every event written
// down. Whatever the test is about, its story has to add up: `verify` compares what the session says of itself with its trace.
import assert from 'node:assert/strict';
import { Session } from '#src/client/session.js';
import type { SessionOptions } from '#src/client/options.js';
import type { Transport } from '#src/io/index.js';
import type { SessionEvent } from '#src/trace.js';
import { MemoryOpener } from './memory-opener.ts';
import { MemoryOrigin } from './memory-origin.ts';
import { WatchedClock } from './watched-clock.ts';

/** The origin of every test in memory. */
export const ORIGIN = 'http://origin.test';

/** Rounds without any event after which everything that can happen without time has happened. */
const QUIET_ROUNDS = 10;

/** Longer than every deadline that a connection can be under once its session is closed. */
const CLOSING_MS = 2_000;

/** Options of the session, without those that the test doubles decide. */
export type DrivenOptions = Omit<SessionOptions, 'clock' | 'opener' | 'trace'>;

/** An event in a few words: `reused 1`, `closed 1 idleTimeout`, `retried GET endedBeforeResponse`. */
export function formatEvent(event: SessionEvent): string {
  switch (event.type) {
    case 'connecting':
      return 'connecting';
    case 'connectFailed':
      return `connectFailed ${event.error.message}`;
    case 'validated':
      return `validated ${event.connection.id} ${event.alive ? 'alive' : 'dead'}`;
    case 'idle':
      return `idle ${event.connection.id} ${event.because}`;
    case 'response':
      return `response ${event.connection.id} ${event.status}`;
    case 'retried':
      return `retried ${event.request.method} ${event.retry.cause}`;
    case 'hedged':
      return `hedged ${event.request.method} ${event.connectionId}`;
    case 'heartbeat':
      return `heartbeat ${event.connection.id} ${event.outcome}`;
    case 'closed':
      return `closed ${event.connection.id} ${event.reason}`;
    default:
      return `${event.type} ${event.connection.id}`;
  }
}

/** See the head of the file. `accept` gets the server's end of each connection, with its number from 1. */
export class DrivenSession {
  readonly clock: WatchedClock = new WatchedClock();
  readonly opener: MemoryOpener;
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  /** The events in a few words, and what the test adds. */
  readonly log: string[] = [];
  /** What the caller's own trace would do: called within each event. */
  onEvent: (event: SessionEvent) => void = () => {};
  readonly #limits: NonNullable<SessionOptions['limits']>;
  /** Connections and openings by origin, as the trace tells them. */
  readonly #places = new Map<string, number>();
  /** Moments at which a limit was broken. */
  readonly #excesses: string[] = [];
  #unsettled = 0;

  constructor(accept: (transport: Transport, connection: number) => void, options: DrivenOptions = {}) {
    this.#limits = options.limits ?? {};
    this.opener = new MemoryOpener(accept);
    this.session = new Session({
      baseUrl: ORIGIN,
      random: () => 0,
      // In memory every machine stands beside every other one.
      holdBack: 'never',
      ...options,
      clock: this.clock,
      opener: this.opener,
      trace: (event) => {
        this.events.push(event);
        this.log.push(formatEvent(event));
        this.#countPlaces(event);
        this.onEvent(event);
      },
    });
    this.#countRequests();
  }

  /** Lets everything happen that can happen without time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_ROUNDS;) {
      // Promises first: what they lead to is delivered below.
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      this.clock.turn();
      quiet = this.opener.deliverAll() === 0 ? quiet + 1 : 0;
    }
  }

  /** Lets time pass, and everything happen that follows. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  /** The same in steps of a second: what is sent on the way is answered on the way. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) await this.advance(Math.min(left, 1_000));
  }

  /** The outcome of a request: its status and text, or the name of its error. */
  async outcome(request: Promise<{ status: number; body: { text(): Promise<string> } }>): Promise<string> {
    return request.then(
      async ({ status, body }) => `${status} ${await body.text()}`,
      (error: Error) => error.name,
    );
  }

  /** Makes a GET, and lets everything happen. Its outcome, as {@link outcome} has it. */
  async get(path = '/', options: Parameters<Session['request']>[1] = {}): Promise<string> {
    const outcome = this.outcome(this.session.request(path, options));
    await this.settle();
    return outcome;
  }

  /** Makes a POST, and lets everything happen. */
  async post(path = '/'): Promise<string> {
    return this.get(path, { method: 'POST', body: 'x' });
  }

  /** The log since this was called the last time. */
  takeLog(): string[] {
    return this.log.splice(0);
  }

  /** How many events of a kind there were. */
  count(type: SessionEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** What the session says of itself is what its trace tells. To be called when nothing can happen without time. */
  verify(): void {
    assert.deepEqual(this.#excesses, []);
    const stats = this.session.stats();
    const closings = this.events.filter((event) => event.type === 'closed');
    const byReason: Record<string, number> = {};
    for (const { reason } of closings) byReason[reason] = (byReason[reason] ?? 0) + 1;
    assert.deepEqual({ ...stats.closed }, byReason);
    assert.deepEqual(
      {
        opened: stats.connectionsOpened,
        connectFailures: stats.connectFailures,
        reused: stats.reused,
        responses: stats.responses,
        retries: stats.retries,
        hedges: stats.hedges,
        validations: stats.validations,
        signalsMissed: stats.signalsMissed,
      },
      {
        opened: this.count('opened'),
        connectFailures: this.count('connectFailed'),
        reused: this.count('reused'),
        responses: this.count('response'),
        retries: this.count('retried'),
        hedges: this.count('hedged'),
        validations: this.count('validated'),
        signalsMissed: this.events.filter((event) => event.type === 'heartbeat' && event.outcome === 'missed').length,
      },
    );
    assert.equal(
      stats.requests - stats.responses - stats.failures,
      this.#unsettled,
      'every request has its response, its error, or waits',
    );
    const open = new Set(this.events.flatMap((event) => (event.type === 'opened' ? [event.connection.id] : [])));
    for (const { connection } of closings) assert.ok(open.delete(connection.id), 'a connection closes once');
    const shown = this.session.connections();
    assert.deepEqual(
      shown.map(({ id }) => id).toSorted((left, right) => left - right),
      [...open].toSorted((left, right) => left - right),
    );
    assert.ok(shown.every(({ state }) => state !== 'closed'));
  }

  /** The end of every story: the session is closed, and nothing is left of it. */
  async end(): Promise<void> {
    await this.settle();
    this.verify();
    void this.session.close();
    await this.settle();
    await this.advance(CLOSING_MS);
    // What the test has left under way.
    this.session.destroy();
    await this.settle();
    this.verify();
    assert.equal(this.#unsettled, 0, 'every promise is settled');
    assert.deepEqual(this.session.connections(), []);
    assert.equal(this.clock.pendingTimers, 0, 'no timer is left');
    assert.equal(this.clock.pollWatches, 0, 'nobody follows the event loop any more');
    assert.equal(this.opener.opening, 0, 'no opening is left');
    assert.deepEqual(
      this.opener.connections.filter(({ client }) => !client.isOver).map(({ number }) => number),
      [],
      'no transport is left',
    );
  }

  #countRequests(): void {
    const request = this.session.request.bind(this.session);
    this.session.request = (...args): ReturnType<typeof request> => {
      const promise = request(...args);
      this.#unsettled += 1;
      const settled = (): void => {
        this.#unsettled -= 1;
      };
      promise.then(settled, settled);
      return promise;
    };
  }

  /** No moment is allowed to break a limit. */
  #countPlaces(event: SessionEvent): void {
    if (event.type !== 'connecting' && event.type !== 'connectFailed' && event.type !== 'closed') return;
    const origin = event.type === 'closed' ? event.connection.origin : event.origin;
    const count = (this.#places.get(origin) ?? 0) + (event.type === 'connecting' ? 1 : -1);
    this.#places.set(origin, count);
    const all = [...this.#places.values()].reduce((sum, places) => sum + places, 0);
    const { perOrigin = Infinity, total = Infinity } = this.#limits;
    if (count > perOrigin || all > total) this.#excesses.push(`${count} connections to ${origin}, ${all} in total`);
  }
}

/** The story of a test: a session and its servers, and at the end everything has to add up. */
export function drive(
  options: DrivenOptions,
  story: (driven: DrivenSession, origin: MemoryOrigin) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const origin = new MemoryOrigin();
    const session = new DrivenSession(origin.accept, options);
    await story(session, origin);
    await session.end();
  };
}
