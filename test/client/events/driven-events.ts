// A stream of events without sockets and without time of its own: the test plays the server, moves the clock, and reads what was told.
import { DrivenSession } from '../driven-session.ts';
import type { DrivenOptions } from '../driven-session.ts';
import { MemoryOrigin } from '../memory-origin.ts';
import type { MemoryPeer } from '../memory-origin.ts';
import type { EventsOptions, EventsState, ServerSentEvent, SessionEvents } from '#src/client/index.js';

/** The head of an answer that is a stream of events, which ends with its connection. */
const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';

/** See the head of the file. */
export class DrivenEvents {
  readonly origin = new MemoryOrigin();
  readonly driven: DrivenSession;
  readonly events: SessionEvents;
  readonly states: EventsState[] = [];
  /** Events as `type data`, then `end` or the error's message. */
  readonly heard: string[] = [];

  constructor(options: EventsOptions = {}, session: DrivenOptions = {}) {
    this.origin.hold();
    this.driven = new DrivenSession(this.origin.accept, session);
    this.events = this.driven.session.events('/news', { ...options, onState: (state) => void this.states.push(state) });
  }

  /** Takes events from now on, as they come. */
  async listen(): Promise<void> {
    void this.#read();
    await this.driven.settle();
  }

  /** Takes one. */
  async take(): Promise<ServerSentEvent | undefined> {
    const next = this.events.next();
    await this.driven.settle();
    return (await next).value;
  }

  /** The connection that was opened last. */
  get peer(): MemoryPeer {
    return this.origin.peer(this.origin.peers.length);
  }

  async say(bytes: string): Promise<void> {
    // The transport in memory takes one character for one byte.
    this.peer.send(Buffer.from(bytes).toString('latin1'));
    await this.driven.settle();
  }

  /** The server ends the connection in good order. */
  async fin(): Promise<void> {
    this.peer.fin();
    await this.driven.settle();
  }

  /** The server is gone. */
  async rst(): Promise<void> {
    this.peer.rst();
    await this.driven.settle();
  }

  /** The head of a stream, and this behind it. */
  async open(bytes = ''): Promise<void> {
    await this.say(STREAM + bytes);
  }

  async advance(ms: number): Promise<void> {
    await this.driven.advance(ms);
  }

  /** What was heard since this was called the last time. */
  takeHeard(): string[] {
    return this.heard.splice(0);
  }

  /** The same for what was told, in words. */
  takeStates(): string[] {
    return this.states.splice(0).map((state) => describeState(state));
  }

  /** Values of a field of every request, in order; '' where one has none. */
  sent(field: string): string[] {
    const line = new RegExp(`^${field}: (.*)\r$`, 'im');
    return this.origin.requests.map(({ head }) => line.exec(head)?.[1] ?? '');
  }

  async #read(): Promise<void> {
    try {
      for await (const { type, data } of this.events) this.heard.push(`${type} ${data}`);
      this.heard.push('end');
    } catch (error) {
      this.heard.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }
}

function describeState(state: EventsState): string {
  switch (state.type) {
    case 'open':
      return `open ${state.openings} on ${state.connection.id}`;
    case 'stale':
      return `stale ${state.silentMs}`;
    case 'reconnecting':
      return `reconnecting in ${state.delayMs} after ${state.failures}: ${state.reason}`;
    case 'over':
      return `over ${state.because}`;
  }
}
