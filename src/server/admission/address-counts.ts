// How many connections each client has open, so that one cannot take them all. No sockets: whoever counts one in counts it out.
import { clientKey, parseIpAddress } from '../../http/ip-address.ts';
import { parseNode } from '../../http/forwarded.ts';

/** See the head of the file. */
export class AddressCounts {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  /** `limit` is what one client may have open. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Clients that have at least one open. */
  get size(): number {
    return this.#counts.size;
  }

  /**
   * Counts in a connection of `remote`, which is `address:port`. Returns what counts it out again, to be called once or more often;
   * undefined where its client has as many as it may. What has no address is not counted.
   */
  enter(remote: string): (() => void) | undefined {
    const node = parseNode(remote);
    if (node === undefined) return () => {};
    const key = clientKey(parseIpAddress(node.address)!);
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#limit) return undefined;
    this.#counts.set(key, count + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#leave(key);
    };
  }

  #leave(key: string): void {
    const count = this.#counts.get(key) ?? 0;
    // A client that is gone leaves nothing behind: addresses are endless.
    if (count <= 1) this.#counts.delete(key);
    else this.#counts.set(key, count - 1);
  }
}
