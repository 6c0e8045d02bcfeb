// Fields and variables by name, in the order in which they were put there: what Apache calls a table. Names are compared without case.

/** Up to here a look through all names is faster than an index of them; most tables have less than twenty. */
const MOST_WITHOUT_INDEX = 32;

/** See the head of the file. A name may stand more than once. */
export class FieldTable implements Iterable<readonly [name: string, value: string]> {
  #names: string[] = [];
  /** The same, in lower case; undefined where something was removed from a large table. */
  #keys: Array<string | undefined> = [];
  #values: string[] = [];
  /** Of large tables: the places of each key, the first first. Made when it is asked for. */
  #index: Map<string, number[]> | undefined;
  /** How many were removed from a large table and still have their places. */
  #holes = 0;

  get size(): number {
    return this.#keys.length - this.#holes;
  }

  /** The first value of a name. */
  get(name: string): string | undefined {
    const at = this.#find(name.toLowerCase());
    return at === -1 ? undefined : this.#values[at];
  }

  has(name: string): boolean {
    return this.#find(name.toLowerCase()) !== -1;
  }

  /** Takes the place of the first of that name, whose spelling stays, and removes the others; goes to the end where there was none. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const at = this.#find(key);
    if (at === -1) {
      this.add(name, value);
      return;
    }
    this.#values[at] = value;
    this.#removeFrom(key, at + 1);
  }

  /** Puts another one at the end. */
  add(name: string, value: string): void {
    const key = name.toLowerCase();
    if (this.#index !== undefined) addPlace(this.#index, key, this.#keys.length);
    this.#names.push(name);
    this.#keys.push(key);
    this.#values.push(value);
  }

  /** Appends `, value` to the first of that name; goes to the end where there was none. */
  merge(name: string, value: string): void {
    const at = this.#find(name.toLowerCase());
    if (at === -1) this.add(name, value);
    else this.#values[at] = `${this.#values[at]!}, ${value}`;
  }

  /** Removes all of that name. */
  unset(name: string): void {
    this.#removeFrom(name.toLowerCase(), 0);
  }

  clear(): void {
    this.#replace([], [], []);
  }

  /** All values of a name joined by `, `; undefined where there is none. */
  getAll(name: string): string | undefined {
    const key = name.toLowerCase();
    let at = this.#find(key);
    if (at === -1) return undefined;
    let joined = this.#values[at]!;
    for (at = this.#keys.indexOf(key, at + 1); at !== -1; at = this.#keys.indexOf(key, at + 1)) {
      joined = `${joined}, ${this.#values[at]!}`;
    }
    return joined;
  }

  /** Gives every field of a name, or every field at all, another value; undefined removes it. */
  replaceValues(change: (value: string, name: string) => string | undefined, name?: string): void {
    const key = name?.toLowerCase();
    this.#close();
    const kept: [names: string[], keys: string[], values: string[]] = [[], [], []];
    const size = this.#names.length;
    for (let at = 0; at < size; at += 1) {
      const own = this.#keys[at]!;
      const before = this.#values[at]!;
      const value = key === undefined || own === key ? change(before, this.#names[at]!) : before;
      if (value === undefined) continue;
      kept[0].push(this.#names[at]!);
      kept[1].push(own);
      kept[2].push(value);
    }
    this.#replace(...kept);
  }

  /** Of the place `at`, counted from 0: for those who go through all of them at every request. */
  nameAt(at: number): string {
    this.#close();
    return this.#names[at]!;
  }

  valueAt(at: number): string {
    this.#close();
    return this.#values[at]!;
  }

  /** Puts all of another table in front of what is there. */
  addInFront(other: FieldTable): void {
    this.#close();
    other.#close();
    this.#replace(
      [...other.#names, ...this.#names],
      [...other.#keys, ...this.#keys],
      [...other.#values, ...this.#values],
    );
  }

  copy(): FieldTable {
    this.#close();
    const copy = new FieldTable();
    copy.#replace([...this.#names], [...this.#keys], [...this.#values]);
    return copy;
  }

  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (let at = 0; at < this.#names.length; at += 1) {
      if (this.#keys[at] !== undefined) yield [this.#names[at]!, this.#values[at]!];
    }
  }

  /** The first place of a key, or -1. */
  #find(key: string): number {
    return this.#keys.length <= MOST_WITHOUT_INDEX ? this.#keys.indexOf(key) : (this.#indexed().get(key)?.[0] ?? -1);
  }

  #indexed(): Map<string, number[]> {
    if (this.#index === undefined) {
      this.#index = new Map();
      for (const [at, key] of this.#keys.entries()) if (key !== undefined) addPlace(this.#index, key, at);
    }
    return this.#index;
  }

  /** Removes those of a key that stand at a place or behind it. */
  #removeFrom(key: string, from: number): void {
    if (this.#keys.length > MOST_WITHOUT_INDEX) {
      this.#leaveHoles(key, from);
      return;
    }
    for (let at = this.#keys.indexOf(key, from); at !== -1; at = this.#keys.indexOf(key, at)) {
      this.#names.splice(at, 1);
      this.#keys.splice(at, 1);
      this.#values.splice(at, 1);
    }
  }

  #leaveHoles(key: string, from: number): void {
    const index = this.#indexed();
    const places = index.get(key);
    if (places === undefined || places.at(-1)! < from) return;
    const kept = places.filter((at) => at < from);
    for (const at of places) if (at >= from) this.#keys[at] = undefined;
    this.#holes += places.length - kept.length;
    if (kept.length === 0) index.delete(key);
    else index.set(key, kept);
    // Closed when there are as many as fields, so that each costs little.
    if (this.#holes * 2 > this.#keys.length) this.#close();
  }

  #close(): void {
    if (this.#holes === 0) return;
    const isThere = (_: unknown, at: number): boolean => this.#keys[at] !== undefined;
    this.#replace(this.#names.filter(isThere), this.#keys.filter(isThere), this.#values.filter(isThere));
  }

  #replace(names: string[], keys: Array<string | undefined>, values: string[]): void {
    this.#names = names;
    this.#keys = keys;
    this.#values = values;
    this.#index = undefined;
    this.#holes = 0;
  }
}

function addPlace(index: Map<string, number[]>, key: string, at: number): void {
  const places = index.get(key);
  if (places === undefined) index.set(key, [at]);
  else places.push(at);
}
