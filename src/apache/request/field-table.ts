// Fields and variables by name, in the order in which they were put there: what Apache calls a table. Names are compared without case.

/** Most tables of a request stay empty, and a listing makes tens of thousands of them: they share this one. Never written to. */
const NONE: string[] = [];

/** See the head of the file. A name may stand more than once. */
export class FieldTable implements Iterable<readonly [name: string, value: string]> {
  #names: string[] = NONE;
  /** The same, in lower case. */
  #keys: string[] = NONE;
  #values: string[] = NONE;

  get size(): number {
    return this.#names.length;
  }

  /** The first value of a name. */
  get(name: string): string | undefined {
    const at = this.#keys.indexOf(name.toLowerCase());
    return at === -1 ? undefined : this.#values[at];
  }

  has(name: string): boolean {
    return this.#keys.includes(name.toLowerCase());
  }

  /** Takes the place of the first of that name, whose spelling stays, and removes the others; goes to the end where there was none. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const at = this.#keys.indexOf(key);
    if (at === -1) {
      this.add(name, value);
      return;
    }
    this.#values[at] = value;
    for (let later = this.#keys.indexOf(key, at + 1); later !== -1; later = this.#keys.indexOf(key, later)) {
      this.#removeAt(later);
    }
  }

  /** Puts another one at the end. */
  add(name: string, value: string): void {
    if (this.#names === NONE) {
      this.#names = [];
      this.#keys = [];
      this.#values = [];
    }
    this.#names.push(name);
    this.#keys.push(name.toLowerCase());
    this.#values.push(value);
  }

  /** Appends `, value` to the first of that name; goes to the end where there was none. */
  merge(name: string, value: string): void {
    const at = this.#keys.indexOf(name.toLowerCase());
    if (at === -1) this.add(name, value);
    else this.#values[at] = `${this.#values[at]!}, ${value}`;
  }

  /** Removes all of that name. */
  unset(name: string): void {
    const key = name.toLowerCase();
    for (let at = this.#keys.indexOf(key); at !== -1; at = this.#keys.indexOf(key, at)) this.#removeAt(at);
  }

  clear(): void {
    this.#names = NONE;
    this.#keys = NONE;
    this.#values = NONE;
  }

  /** All values of a name joined by `, `; undefined where there is none. */
  getAll(name: string): string | undefined {
    const key = name.toLowerCase();
    let joined: string | undefined;
    for (let at = this.#keys.indexOf(key); at !== -1; at = this.#keys.indexOf(key, at + 1)) {
      joined = joined === undefined ? this.#values[at]! : `${joined}, ${this.#values[at]!}`;
    }
    return joined;
  }

  /** Gives every field of a name, or every field at all, another value; undefined removes it. */
  replaceValues(change: (value: string, name: string) => string | undefined, name?: string): void {
    const key = name?.toLowerCase();
    for (let at = 0; at < this.#names.length; at += 1) {
      if (key !== undefined && this.#keys[at] !== key) continue;
      const value = change(this.#values[at]!, this.#names[at]!);
      if (value === undefined) {
        this.#removeAt(at);
        at -= 1;
      } else {
        this.#values[at] = value;
      }
    }
  }

  copy(): FieldTable {
    const copy = new FieldTable();
    if (this.#names === NONE) return copy;
    copy.#names = [...this.#names];
    copy.#keys = [...this.#keys];
    copy.#values = [...this.#values];
    return copy;
  }

  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (let at = 0; at < this.#names.length; at += 1) yield [this.#names[at]!, this.#values[at]!];
  }

  #removeAt(at: number): void {
    this.#names.splice(at, 1);
    this.#keys.splice(at, 1);
    this.#values.splice(at, 1);
  }
}
