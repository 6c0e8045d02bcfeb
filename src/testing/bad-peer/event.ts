// What a bad peer writes down, in order, and what it counts: the oracle of tests.
import type { BadPeerFaultKind } from './fault-table.ts';

/** What happened. `connection` counts from 1; `atMs` is on the monotonic scale of the peer's clock. */
export type BadPeerEvent = { readonly connection: number; readonly atMs: number } & (
  | { readonly type: 'accepted'; readonly remote: string }
  /** A request came, or what there was of it when it was given up: then `complete` is false. */
  | {
      readonly type: 'request';
      readonly id: string;
      readonly number: number;
      readonly method: string;
      readonly target: string;
      readonly bodyBytes: number;
      readonly complete: boolean;
    }
  /** It was handed to the handler, and that for the `count`-th time under this identity. */
  | { readonly type: 'executed'; readonly id: string; readonly number: number; readonly count: number }
  /** A whole answer was written. */
  | {
      readonly type: 'answered';
      readonly id: string;
      readonly number: number;
      readonly method: string;
      readonly target: string;
      readonly status: number;
    }
  | { readonly type: 'fault'; readonly kind: BadPeerFaultKind }
  /** What came is no HTTP/1 request. */
  | { readonly type: 'malformed'; readonly what: string }
  /** Bytes came that were not looked at: after the end, or in a black hole. */
  | { readonly type: 'ignored'; readonly bytes: number }
  | { readonly type: 'fin'; readonly by: 'peer' | 'client' }
  | { readonly type: 'reset' }
  /** The connection is no more. `error` is what broke it, where it was not orderly. */
  | { readonly type: 'closed'; readonly error: string | undefined }
);

/** The names of events. */
export type BadPeerEventType = BadPeerEvent['type'];

/** An event before it is known where and when. */
export type EventFacts = BadPeerEvent extends infer Event
  ? Event extends BadPeerEvent
    ? Omit<Event, 'connection' | 'atMs'>
    : never
  : never;

interface Waiter {
  readonly matches: (event: BadPeerEvent) => boolean;
  readonly resolve: (event: BadPeerEvent) => void;
}

/** The log and the counts of one peer. */
export class EventLog {
  readonly events: BadPeerEvent[] = [];
  readonly executions: Map<string, number> = new Map<string, number>();
  readonly #onEvent: ((event: BadPeerEvent) => void) | undefined;
  #waiters: Waiter[] = [];

  constructor(onEvent: ((event: BadPeerEvent) => void) | undefined) {
    this.#onEvent = onEvent;
  }

  add(event: BadPeerEvent): void {
    this.events.push(event);
    this.#waiters = this.#waiters.filter(({ matches, resolve }) => {
      if (!matches(event)) return true;
      resolve(event);
      return false;
    });
    this.#onEvent?.(event);
  }

  /** Counts one execution, and says how many there were. */
  countExecution(id: string): number {
    const executions = (this.executions.get(id) ?? 0) + 1;
    this.executions.set(id, executions);
    return executions;
  }

  /** The first event that matches: at once where it is in the log, else when it comes. */
  waitFor(matches: (event: BadPeerEvent) => boolean): Promise<BadPeerEvent> {
    const found = this.events.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiters.push({ matches, resolve }));
  }
}
