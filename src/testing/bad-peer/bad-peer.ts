// A server that misbehaves on purpose, over whatever transports it is given. listening-bad-peer.ts gives it sockets.
import { OptionError } from '../../errors.ts';
import type { Transport } from '../../io/transport.ts';
import { ActiveFaults } from './active-faults.ts';
import { BadPeerConnection } from './connection.ts';
import type { ConnectionOwner } from './connection.ts';
import { EventLog } from './event.ts';
import type { BadPeerEvent, BadPeerEventType } from './event.ts';
import type { BadPeerFault } from './fault-table.ts';
import { Holds } from './hold.ts';
import type { Hold, HoldOptions } from './hold.ts';
import { resolveBadPeerOptions } from './options.ts';
import type { BadPeerOptions, ListeningBadPeerOptions, ResolvedBadPeerOptions } from './options.ts';
import { checkParameter, ending } from './parameter.ts';
import type { Ending } from './step.ts';

/** See the head of the file. Without a fault it is a good server: it answers every request, in order, and keeps its connections. */
export class BadPeer {
  protected readonly options: ResolvedBadPeerOptions;
  readonly #owner: ConnectionOwner;
  readonly #faults = new ActiveFaults();
  readonly #holds = new Holds();
  readonly #events: EventLog;
  readonly #connections = new Set<BadPeerConnection>();
  #accepted = 0;
  #onEmpty: (() => void) | undefined;

  /** @throws OptionError that names the option, its value and what is allowed. */
  constructor(options: BadPeerOptions | ListeningBadPeerOptions = {}) {
    this.options = resolveBadPeerOptions(options);
    this.#faults.set(options.fault);
    this.#events = new EventLog(this.options.onEvent);
    this.#owner = {
      options: this.options,
      faults: this.#faults,
      holds: this.#holds,
      events: this.#events,
      connectionClosed: (connection) => this.#connectionClosed(connection),
    };
  }

  /** Everything that happened, in order. */
  get log(): readonly BadPeerEvent[] {
    return this.#events.events;
  }

  /** How often each identity was executed. */
  get executions(): ReadonlyMap<string, number> {
    return this.#events.executions;
  }

  /** Connections that are open, at least from this side. */
  get openConnections(): number {
    return this.#connections.size;
  }

  /**
   * How often the request was executed: received whole and handed to the handler. `id` is its `X-Request-Id`, or its target
   * where it has none. Above 1 for what must happen once, the client has repeated what it must not repeat.
   */
  executed(id: string): number {
    return this.executions.get(id) ?? 0;
  }

  /** Serves a connection, e.g. one end of a `transportPair`. */
  accept(transport: Transport): void {
    this.#accepted += 1;
    const connection = new BadPeerConnection(this.#owner, transport, this.#accepted);
    this.#connections.add(connection);
  }

  /**
   * Misbehaves in another way from now on; `undefined`: no longer. Connections that are idle are looked at anew, as if they
   * became idle now; faults that have begun to act go on.
   *
   * @throws OptionError
   */
  setFault(fault: BadPeerFault | readonly BadPeerFault[] | undefined): void {
    this.#faults.set(fault);
    for (const connection of this.#connections) connection.faultsChanged();
  }

  /**
   * Orders a stop: the next connection that comes to the place waits there until `release()`.
   *
   * @throws OptionError
   */
  hold(options: HoldOptions = {}): Hold {
    return this.#holds.order(options);
  }

  /** The first event of the log that matches, now or when it comes. */
  waitFor(wanted: BadPeerEventType | ((event: BadPeerEvent) => boolean)): Promise<BadPeerEvent> {
    return this.#events.waitFor(typeof wanted === 'function' ? wanted : ({ type }) => type === wanted);
  }

  /**
   * Ends all connections, whatever is under way on them, as the death of a process does.
   *
   * @param how Default `fin`.
   * @throws OptionError
   */
  cut(how: Ending = 'fin'): void {
    checkParameter('ending', ending('fin'), how);
    for (const connection of this.#connections) connection.cut(how);
  }

  /** Ends everything at once and resolves when nothing is left. Over transports in memory somebody must deliver that. */
  close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#onEmpty;
      this.#onEmpty = () => {
        before?.();
        resolve();
      };
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connectionClosed(connection: BadPeerConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }
}

const LISTENING_ONLY = ['port', 'hostname'] as const;

/**
 * A bad peer with one connection over the given transport, e.g. one end of a `transportPair`.
 *
 * @throws OptionError
 */
export function badPeerConnection(transport: Transport, options: BadPeerOptions = {}): BadPeer {
  for (const name of LISTENING_ONLY) {
    if (name in options) throw new OptionError(name, 'is for startBadPeer(): a transport has its own address');
  }
  const peer = new BadPeer(options);
  peer.accept(transport);
  return peer;
}
