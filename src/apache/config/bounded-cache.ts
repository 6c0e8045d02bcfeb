// Keeps what was used last, up to a number of entries and of bytes.

interface Entry<Value> {
  readonly value: Value;
  readonly sizeBytes: number;
}

/** See the head of the file. The size of an entry is what whoever puts it there says. */
export class BoundedCache<Value> {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** The one that was not used for longest comes first. */
  readonly #entries = new Map<string, Entry<Value>>();
  #bytes = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // Order matters only where something may have to go soon.
    if (this.#entries.size * 2 > this.#maxEntries || this.#bytes * 2 > this.#maxBytes) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry.value;
  }

  /** An entry that is larger than all of them may be is not kept. */
  set(key: string, value: Value, sizeBytes: number): void {
    this.delete(key);
    if (sizeBytes > this.#maxBytes || this.#maxEntries < 1) return;
    this.#entries.set(key, { value, sizeBytes });
    this.#bytes += sizeBytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.sizeBytes;
  }
}
