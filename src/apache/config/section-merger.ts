// Keeps what came of merging: a request for a folder that is known merges nothing anew. Nothing is kept of what nobody else holds any more,
// such as a .htaccess that was replaced.
import type { ConfigVector } from '../module/config-vector.ts';

/** Merges of ConfigVectors, which are never changed once they are made. */
export type MergeConfigs = (base: ConfigVector, over: ConfigVector) => ConfigVector;

/**
 * How many merges are kept. Sections that match by the request (`<If>`, `<Files>`) can meet in as many ways as there are sets of them, so a
 * client could ask for ever more. A site of a thousand folders with a .htaccess each needs about three thousand.
 */
export const DEFAULT_MAX_MERGES = 16_384;

/** See the head of the file. One for each loaded configuration. */
export class SectionMerger {
  readonly #mergeConfigs: MergeConfigs;
  readonly #maxMerges: number;
  #kept = new WeakMap<ConfigVector, WeakMap<ConfigVector, ConfigVector>>();
  #count = 0;

  constructor(mergeConfigs: MergeConfigs, maxMerges: number = DEFAULT_MAX_MERGES) {
    this.#mergeConfigs = mergeConfigs;
    this.#maxMerges = maxMerges;
  }

  /** What holds where `over` stands within `base`. The same two always give the same object, as long as it is kept. */
  merge(base: ConfigVector, over: ConfigVector): ConfigVector {
    let known = this.#kept.get(base);
    const found = known?.get(over);
    if (found !== undefined) return found;
    if (this.#count >= this.#maxMerges) {
      this.#kept = new WeakMap();
      this.#count = 0;
      known = undefined;
    }
    if (known === undefined) {
      known = new WeakMap();
      this.#kept.set(base, known);
    }
    const merged = this.#mergeConfigs(base, over);
    known.set(over, merged);
    this.#count += 1;
    return merged;
  }

  /** The same for what may be the first of a row. */
  join(base: ConfigVector | undefined, over: ConfigVector): ConfigVector {
    return base === undefined ? over : this.merge(base, over);
  }
}
