// What is remembered of each connection from one event to the next: enough to tell how long it was idle, and which times belong to
// which response. No words here.
import type { ResponseConnection } from '../../client/index.ts';
import type { KeepAliveHint } from '../../http/index.ts';
import type { ClientConnectionInfo, IdleLimit, SessionEvent } from '../../trace.ts';
import type { KnownConnection } from './telling.ts';

/** Times of one exchange that only the trace knows. */
export interface ExchangeTimes {
  /** From the request sent to the head of its response. */
  readonly waitMs: number;
  /** How long the connection had been idle before. */
  readonly idleMs: number;
}

interface Entry {
  idleSinceMs: number | undefined;
  deadlineMs: number;
  because: IdleLimit;
  serverAdvertised: KeepAliveHint | undefined;
  phase: KnownConnection['phase'];
  /** Responses that have begun on it. */
  responses: number;
  /** Of requests whose response has not begun, in order: the idle time before each. */
  readonly idleTimes: number[];
}

const NOTHING_KNOWN: KnownConnection = { idle: undefined, serverAdvertised: undefined, phase: 'unused' };

/** See the head of the file. */
export class ConnectionMemory {
  readonly #entries = new Map<number, Entry>();
  /** By connection and number of the response on it. */
  readonly #times = new Map<string, ExchangeTimes>();

  /** Takes an event in, and returns what was known of its connection just before. */
  observe(event: SessionEvent, nowMs: number): KnownConnection {
    if (!('connection' in event)) return NOTHING_KNOWN;
    const entry = this.#entryOf(event.connection);
    const known = describe(entry, nowMs);
    this.#apply(event, event.connection.id, entry, nowMs);
    return known;
  }

  /** The times of a response, once. */
  takeTimes({ id, request }: ResponseConnection): ExchangeTimes {
    const key = `${id}/${request}`;
    const times = this.#times.get(key);
    this.#times.delete(key);
    return times ?? { waitMs: 0, idleMs: 0 };
  }

  #entryOf({ id }: ClientConnectionInfo): Entry {
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = {
        idleSinceMs: undefined,
        deadlineMs: Infinity,
        because: 'option',
        serverAdvertised: undefined,
        phase: 'unused',
        responses: 0,
        idleTimes: [],
      };
      this.#entries.set(id, entry);
    }
    return entry;
  }

  #apply(event: SessionEvent, id: number, entry: Entry, nowMs: number): void {
    switch (event.type) {
      case 'idle':
        entry.idleSinceMs = nowMs - event.connection.idleMs;
        entry.deadlineMs = event.deadlineMs + event.connection.idleMs;
        entry.because = event.because;
        entry.serverAdvertised = event.serverAdvertised;
        entry.phase = 'idle';
        return;
      case 'reused':
        entry.idleSinceMs = undefined;
        // Behind another request: that one is told of first.
        if (event.inFlight === 1) entry.phase = 'awaiting';
        entry.idleTimes.push(event.idleMs);
        return;
      case 'response':
        // The first request on a connection has no event of its own.
        if (entry.responses === 0) entry.idleTimes.unshift(0);
        entry.responses += 1;
        // One that was opened for later and never used before has no event of its own either.
        entry.idleSinceMs = undefined;
        entry.phase = 'answering';
        this.#times.set(`${id}/${entry.responses}`, {
          waitMs: event.waitMs,
          idleMs: entry.idleTimes.shift() ?? 0,
        });
        return;
      case 'closed':
        this.#entries.delete(id);
        return;
    }
  }
}

function describe(entry: Entry, nowMs: number): KnownConnection {
  const { idleSinceMs, deadlineMs, because, serverAdvertised, phase } = entry;
  const idle = idleSinceMs === undefined ? undefined : { idleMs: nowMs - idleSinceMs, deadlineMs, because };
  return { idle, serverAdvertised, phase };
}
