// Makes the races of a session comparable: what it does, what the peer does, and what its callers get, in one ordered log.
// Connections are in memory, the clock stands still, and nothing arrives before the test delivers it.
import { ConnectionLostError, PerduraError, TimeoutError } from '#src/errors.js';
import type { LossEvidence } from '#src/errors.js';
import type { RequestOptions } from '#src/client/options.js';
import { BadPeer } from '#src/testing/bad-peer/index.js';
import type { BadPeerEvent, BadPeerOptions } from '#src/testing/bad-peer/index.js';
import { DrivenSession } from '../client/driven-session.ts';
import type { DrivenOptions } from '../client/driven-session.ts';

/** Events that say nothing about a race. */
const ROUTINE = /^(?:connecting|idle \d+ \w+)$/;

/** One session, one bad peer behind all of its connections, and the log of what happened. */
export class ClientRace {
  readonly driven: DrivenSession;
  readonly peer: BadPeer;
  /** What requests failed with, in order. */
  readonly errors: unknown[] = [];

  constructor(peer: Omit<BadPeerOptions, 'clock' | 'onEvent'> = {}, options: DrivenOptions = {}) {
    this.driven = new DrivenSession((transport) => this.peer.accept(transport), options);
    this.peer = new BadPeer({ ...peer, clock: this.driven.clock, onEvent: (event) => this.#notePeer(event) });
  }

  /** The story so far, without what is routine. */
  get log(): string[] {
    return this.driven.log.filter((line) => !ROUTINE.test(line));
  }

  note(what: string): void {
    this.driven.log.push(what);
  }

  /** Writes a step of the story into the log and does it. */
  step(what: string, action: () => void): void {
    this.note(`-- ${what}`);
    action();
  }

  /** Sends a request whose identity is its path. What comes of it is noted when it comes. */
  send(method: string, path: string, options: Omit<RequestOptions, 'method'> = {}): void {
    this.driven.session
      .request(path, { ...options, method })
      .then(async (response) => {
        const text = await response.body.text();
        const retries = response.retries.map(({ cause }) => `, again: ${cause}`).join('');
        this.note(`${method} ${path}: ${response.status} ${describeBody(text, path)}${retries}`);
      })
      .catch((error: unknown) => {
        this.errors.push(error);
        this.note(`${method} ${path}: ${describeError(error)}`);
      });
  }

  /** Sends a request and lets everything happen that follows without time. */
  async run(method: string, path: string, options: Omit<RequestOptions, 'method'> = {}): Promise<void> {
    this.send(method, path, options);
    await this.settle();
  }

  /** Lets a connection become one that was used, and forgets how. Faults begin behind it. */
  async warmUp(path = '/first'): Promise<void> {
    await this.run('GET', path);
    this.driven.log.length = 0;
  }

  async settle(): Promise<void> {
    await this.driven.settle();
  }

  async advance(ms: number): Promise<void> {
    await this.driven.advance(ms);
  }

  /** Lets promises go on, without any delivery. */
  async microtasks(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  }

  /** Delivers what is in flight on a connection to one of its ends; by default everything. */
  deliver(to: 'client' | 'peer', connection = 1, events = Infinity): void {
    const { pair } = this.driven.opener.connections[connection - 1]!;
    const end = pair[to === 'client' ? 0 : 1];
    for (let left = events; left > 0 && pair.deliver(end) === 1;) left -= 1;
  }

  /** Ends what is left, and checks that no connection and no timer is. Returns what is wrong. */
  async leftovers(): Promise<string[]> {
    const { session, clock } = this.driven;
    void session.close();
    await this.settle();
    await this.advance(120_000);
    await this.settle();
    const open = session.connections().map(({ id, state }) => `connection ${id} ${state}`);
    // Black holes of the peer never end by themselves.
    void this.peer.close();
    await this.settle();
    return clock.pendingTimers === 0 ? open : [...open, `${clock.pendingTimers} timers`];
  }

  #notePeer(event: BadPeerEvent): void {
    const what = describeEvent(event);
    if (what !== undefined) this.note(`peer ${event.connection}: ${what}`);
  }
}

function describeEvent(event: BadPeerEvent): string | undefined {
  switch (event.type) {
    case 'request':
      return event.complete ? undefined : `has half of ${event.method} ${event.target}`;
    case 'executed':
      return `executes ${event.id}${event.count === 1 ? '' : `, time ${event.count}`}`;
    case 'fin':
      return event.by === 'peer' ? 'FIN' : undefined;
    case 'reset':
      return 'RST';
    case 'malformed':
      return `malformed ${event.what}`;
    default:
      return undefined;
  }
}

/** Whether the text is the echo of this very request; otherwise the text itself. */
function describeBody(text: string, path: string): string {
  try {
    const { id } = JSON.parse(text) as { id: string };
    return id === path ? 'own' : `FOREIGN ${id}`;
  } catch {
    return JSON.stringify(text);
  }
}

/** An error in a few words. */
export function describeError(error: unknown): string {
  if (error instanceof ConnectionLostError) return `lost (${describeEvidence(error.evidence)})`;
  if (error instanceof TimeoutError) {
    const { phase, evidence } = error;
    return `timeout ${phase}${evidence === undefined ? '' : ` (${describeEvidence(evidence)})`}`;
  }
  return error instanceof PerduraError ? `${error.name} ${error.message}` : `UNTYPED ${String(error)}`;
}

function describeEvidence({ kind, reused, safeToRetry, attempts }: LossEvidence): string {
  return `${kind}, ${reused ? 'reused' : 'new'}, ${safeToRetry ? 'safe' : 'not safe'}${attempts > 1 ? `, attempt ${attempts}` : ''}`;
}
