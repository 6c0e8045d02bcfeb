// Looks up the addresses of an origin anew while connections to it are open, and lets those end whose address is gone: persistent
// connections would otherwise stay with a machine that was taken out of service for as long as they are used.
import { Deadline } from '../../io/index.ts';
import type { ConnectionOpener } from '../../io/index.ts';
import type { ExchangeConnection } from '../exchange-parties.ts';
import type { AddressOwner, SessionCore } from '../session-core.ts';

/**
 * Look-ups in a row in which an address must be missing. Many services answer with a few of their addresses in turn: one answer
 * without it says nothing.
 */
const MISSING_LOOKUPS = 3;

/** What is watched. */
export interface WatchedOrigin {
  readonly parts: { readonly host: string };
  /** Whom it asks: a proxy on the way has addresses of its own. */
  readonly opener: Pick<ConnectionOpener, 'resolve'>;
  readonly connections: ReadonlySet<Pick<ExchangeConnection, 'address' | 'retire'>>;
}

/** See the head of the file. */
export class AddressWatch implements AddressOwner {
  readonly #core: SessionCore;
  readonly #origin: WatchedOrigin;
  readonly #deadline: Deadline<AddressOwner>;
  /** Missing in so many look-ups, by address. */
  readonly #missing = new Map<string, number>();
  #state: 'off' | 'on' = 'off';

  constructor(core: SessionCore, origin: WatchedOrigin) {
    this.#core = core;
    this.#origin = origin;
    this.#deadline = new Deadline<AddressOwner>(this);
  }

  /** A connection was opened. */
  start(): void {
    if (this.#state === 'on' || this.#core.options.socketPath !== undefined) return;
    this.#state = 'on';
    this.#schedule();
  }

  stop(): void {
    this.#state = 'off';
    this.#missing.clear();
    this.#deadline.clear();
  }

  /** It is time to look. */
  onDue(): void {
    if (this.#origin.connections.size === 0) {
      this.stop();
      return;
    }
    this.#origin.opener.resolve(this.#origin.parts.host).then(
      (addresses) => this.#compare(addresses),
      // A resolver that fails says nothing about the machines.
      () => this.#compare([]),
    );
  }

  #compare(addresses: readonly string[]): void {
    if (this.#state === 'off') return;
    this.#schedule();
    if (addresses.length === 0) return;
    for (const address of addresses) this.#missing.delete(address);
    const suspects = new Set<string>();
    for (const { address } of this.#origin.connections) if (!addresses.includes(address)) suspects.add(address);
    for (const address of this.#missing.keys()) if (!suspects.has(address)) this.#missing.delete(address);
    for (const address of suspects) {
      const lookups = (this.#missing.get(address) ?? 0) + 1;
      this.#missing.set(address, lookups);
      if (lookups >= MISSING_LOOKUPS) this.#retire(address);
    }
  }

  #retire(address: string): void {
    for (const connection of this.#origin.connections) {
      if (connection.address === address) connection.retire('addressGone');
    }
  }

  #schedule(): void {
    this.#core.addressDeadlines.set(this.#deadline, this.#core.clock.nowMs() + this.#core.options.resolveIntervalMs);
  }
}
