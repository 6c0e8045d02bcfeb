// A session without sockets and without time of its own: connections in memory, a clock that the test moves, every event written down.
import { Session } from '#src/client/session.js';
import type { SessionOptions } from '#src/client/options.js';
import type { Transport } from '#src/io/index.js';
import { ManualClock } from '#src/testing/index.js';
import type { SessionEvent } from '#src/trace.js';
import { MemoryOpener } from './memory-opener.ts';

/** The origin of every test in memory. */
export const ORIGIN = 'http://origin.test';

/** Rounds without any event after which everything that can happen without time has happened. */
const QUIET_ROUNDS = 10;

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
    case 'closed':
      return `closed ${event.connection.id} ${event.reason}`;
    default:
      return `${event.type} ${event.connection.id}`;
  }
}

/** See the head of the file. `accept` gets the server's end of each connection, with its number from 1. */
export class DrivenSession {
  readonly clock: ManualClock = new ManualClock();
  readonly opener: MemoryOpener;
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  /** The events in a few words, and what the test adds. */
  readonly log: string[] = [];

  constructor(accept: (transport: Transport, connection: number) => void, options: DrivenOptions = {}) {
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
      },
    });
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

  /** The outcome of a request: its status and text, or the name of its error. */
  async outcome(request: Promise<{ status: number; body: { text(): Promise<string> } }>): Promise<string> {
    return request.then(
      async ({ status, body }) => `${status} ${await body.text()}`,
      (error: Error) => error.name,
    );
  }
}
