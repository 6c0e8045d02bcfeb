// What a connection writes of its requests: counts it, notices when the kernel refuses it, holds back a last byte, gathers pipelined heads.
import type { Transport } from '../../io/index.ts';
import type { WireOutput } from '../../wire/index.ts';

/** See the head of the file. */
export class RequestOutput implements WireOutput {
  readonly #transport: Transport;
  /** Whether requests that are made in the same turn leave in one write. */
  readonly #gathers: boolean;
  #gathered = '';
  #holding = false;
  #held: string | Uint8Array | undefined;
  #isFirst = false;
  #refused = false;
  #bytes = 0;
  /** Whether the transport takes more at once. */
  writable = true;

  constructor(transport: Transport, gathers: boolean) {
    this.#transport = transport;
    this.#gathers = gathers;
  }

  /** Requests of which nothing was given to the transport, because what leaves in one write is still being gathered. */
  unsentRequests = 0;

  /** A request begins. With `hold` its last byte waits for `release`: an incomplete request cannot be executed. */
  begin(hold: boolean): void {
    this.#holding = hold;
    this.#isFirst = true;
    this.#refused = false;
    this.#bytes = 0;
    if (this.#gathers && !hold) this.unsentRequests += 1;
  }

  /** Whether a byte is held back. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Whether the kernel took nothing of the request that began last: its first write failed at once (`syscall: 'write'`). */
  get refused(): boolean {
    return this.#refused;
  }

  /** Bytes of the request that began last which were given to the kernel. */
  get bytesSent(): number {
    if (this.#refused) return 0;
    return Math.max(0, this.#bytes - this.#gathered.length - (this.#held?.length ?? 0) - this.#transport.pendingBytes);
  }

  write(data: string | Uint8Array): void {
    if (data.length === 0) return;
    this.#bytes += data.length;
    if (this.#holding) this.#writeButLast(data);
    else if (this.#gathers) this.#gather(data);
    else this.#give(data);
  }

  /** Sends the byte that was held back; whether there was one. */
  release(): boolean {
    const held = this.#held;
    this.#holding = false;
    this.#held = undefined;
    if (held !== undefined) this.#give(held);
    return held !== undefined;
  }

  /** Gives what was gathered to the transport now. */
  flush(): void {
    const gathered = this.#gathered;
    this.#gathered = '';
    this.unsentRequests = 0;
    if (gathered !== '') this.#give(gathered);
  }

  /** Nothing of it is wanted any more. */
  drop(): void {
    this.#gathered = '';
  }

  #writeButLast(data: string | Uint8Array): void {
    const before = this.#held;
    const last = data.length - 1;
    this.#held = typeof data === 'string' ? data.slice(last) : data.subarray(last);
    if (before !== undefined) this.#give(before);
    if (last > 0) this.#give(typeof data === 'string' ? data.slice(0, last) : data.subarray(0, last));
  }

  #gather(data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      this.flush();
      this.#give(data);
      return;
    }
    if (this.#gathered === '') queueMicrotask(() => this.flush());
    this.#gathered += data;
  }

  #give(data: string | Uint8Array): void {
    this.writable = this.#transport.write(data);
    if (!this.#isFirst) return;
    this.#isFirst = false;
    this.#refused = this.#transport.failure !== undefined;
  }
}
