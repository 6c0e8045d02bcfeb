// Files in memory: what is known of them and the contents of small ones, for a bounded time within bounded room.
// The least recently used go first. Holds no timer: what is too old is found out when it is asked for.
import { isSameResource, type Representation, type Resource } from './representation.ts';

/** Bounds of a {@link ResourceCache}. */
export interface ResourceCacheLimits {
  readonly entries: number;
  readonly bytes: number;
  readonly maxAgeMs: number;
}

interface Entry {
  readonly resource: Resource;
  /** When looking at the files began: nothing in the entry is older. */
  readonly loadedAtMs: number;
  bytes: number;
}

/**
 * What a representation costs besides its content: names, facts and prebuilt fields.
 * Measured at 1 KiB with a path of 40 characters, doubled for long paths and many fields.
 */
const REPRESENTATION_BYTES = 2_048;

/** Resources by path. Times are monotonic milliseconds, given by the caller. */
export class ResourceCache {
  readonly #limits: ResourceCacheLimits;
  /** In the order of use: the first is the one that was not used for longest. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(limits: ResourceCacheLimits) {
    this.#limits = limits;
  }

  /** Entries, also those that are too old and were not asked for since. */
  get size(): number {
    return this.#entries.size;
  }

  /** What the entries cost; never above the limit. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is known of a path, if it was looked at no more than `maxAgeMs` ago. */
  get(path: string, nowMs: number): Resource | undefined {
    const entry = this.#entries.get(path);
    if (!entry) return undefined;
    this.#entries.delete(path);
    if (nowMs - entry.loadedAtMs > this.#limits.maxAgeMs) {
      this.#bytes -= entry.bytes;
      return undefined;
    }
    this.#entries.set(path, entry);
    return entry.resource;
  }

  /**
   * Remembers what was just looked at and returns what is to be used for it: an entry that is still fresh and says the same is kept
   * with its age and its contents, so that readers of different codings do not push each other out.
   */
  keep(path: string, resource: Resource, loadedAtMs: number): Resource {
    const known = this.get(path, loadedAtMs);
    if (known && isSameResource(known, resource)) return known;
    this.replace(path, resource, loadedAtMs);
    return resource;
  }

  /** Remembers a resource in place of what was known under that path. */
  replace(path: string, resource: Resource, loadedAtMs: number): void {
    this.#remove(path);
    const contentBytes = resource.representations.reduce((sum, { content }) => sum + (content?.byteLength ?? 0), 0);
    const bytes = contentBytes + resource.representations.length * REPRESENTATION_BYTES;
    if (bytes > this.#limits.bytes || this.#limits.entries < 1) return;
    this.#entries.set(path, { resource, loadedAtMs, bytes });
    this.#bytes += bytes;
    this.#evict();
  }

  /** Adds the content of a representation, if its resource is still the one that is remembered and there is room for it. */
  fill(path: string, resource: Resource, representation: Representation, content: Uint8Array): void {
    const entry = this.#entries.get(path);
    if (entry?.resource !== resource || representation.content) return;
    if (entry.bytes + content.byteLength > this.#limits.bytes) return;
    representation.content = content;
    entry.bytes += content.byteLength;
    this.#bytes += content.byteLength;
    // Used just now: it must not be the first to go.
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    this.#evict();
  }

  #remove(path: string): void {
    const entry = this.#entries.get(path);
    if (!entry) return;
    this.#entries.delete(path);
    this.#bytes -= entry.bytes;
  }

  #evict(): void {
    for (const path of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.entries && this.#bytes <= this.#limits.bytes) return;
      this.#remove(path);
    }
  }
}
