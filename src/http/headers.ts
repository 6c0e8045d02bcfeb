// Headers with the behaviour of the Fetch standard's class (https://fetch.spec.whatwg.org/#headers-class), made for the hot path.
//
// Why not the global one: to construct it costs microseconds, several times what the rest of an answer costs, and it cannot be
// lazy. Ours is one flat array. Its prototype chain leads to that of the global, so that `instanceof` holds for code that asks;
// it does not extend the global, because then the constructor of the global would run and cost what it costs.
import { SET_COOKIE, listFromPairs, listFromRecord, sortAndCombine, toFieldName, toFieldValue } from './field-list.ts';

/** What a Headers can be made from. */
export type HeadersInput =
  | globalThis.Headers
  | Iterable<readonly [string, string]>
  | Iterable<readonly string[]>
  | Readonly<Record<string, string>>;

/** Where the fields of a lazy Headers come from. */
export interface FieldSource {
  /** Called at most once. The list is given away: names in lower case and values in turn, all of them valid. */
  loadFields(): string[];
}

/** Fields by name, as the Fetch standard defines them; accepted wherever the global class is. */
export class Headers implements globalThis.Headers {
  static {
    Object.setPrototypeOf(Headers.prototype, globalThis.Headers.prototype);
    // The inherited one would look for private parts of the global class, and throw when a Headers is logged.
    Object.defineProperty(Headers.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspectHeaders });
  }

  /** Names in lower case and values in turn, in order of arrival. For the few fields of a message a Map would cost more. */
  #list: string[] | undefined;
  /** Holds the fields until somebody asks for one. */
  #source: FieldSource | undefined;
  /** The list sorted and combined, as iteration shows it, until the next change. */
  #sorted: string[] | undefined;

  /** Throws TypeError for a name that is no token, and for a value with NUL, CR, LF or a code unit above 0xFF. */
  constructor(init?: HeadersInput) {
    if (init === undefined) return;
    if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
      throw new TypeError('Headers: expected a Headers, a list of pairs, or an object of fields');
    }
    const iterate = (init as Partial<Iterable<unknown>>)[Symbol.iterator];
    if (iterate === undefined || iterate === null)
      this.#list = listFromRecord(init as Readonly<Record<string, string>>);
    else if (#list in init) this.#list = init.#fields().slice();
    else this.#list = listFromPairs(init as Iterable<unknown>);
  }

  /** Adopts a flat list of names in lower case and values in turn. Nothing is checked and nothing is copied. */
  static fromList(list: string[]): Headers {
    const headers = new Headers();
    headers.#list = list;
    return headers;
  }

  /** Fields that are turned into strings only when somebody asks: `source.loadFields()` is called on first use, and once. */
  static lazy(source: FieldSource): Headers {
    const headers = new Headers();
    headers.#source = source;
    return headers;
  }

  /** The fields in order of arrival, names in lower case and values in turn: what is encoded. Live, so read it at once. */
  flatList(): readonly string[] {
    return this.#fields();
  }

  /** Adds a field line; those of the same name stay. */
  append(name: string, value: string): void {
    const fieldName = toFieldName(name);
    const fieldValue = toFieldValue(value);
    this.#change().push(fieldName, fieldValue);
  }

  /** Removes every line of the field. */
  delete(name: string): void {
    const fieldName = toFieldName(name);
    removeFrom(this.#change(), fieldName, 0);
  }

  /** The values of all lines of the field joined by ", ", or null where there is none. */
  get(name: string): string | null {
    const list = this.#fields();
    // A name that stands in the list as it was given is valid and in lower case, so it need not be looked at.
    return valueOf(list, name) ?? valueOf(list, toFieldName(name)) ?? null;
  }

  /** The `Set-Cookie` lines, one by one, because joined they could not be told apart again. */
  getSetCookie(): string[] {
    const list = this.#fields();
    const values: string[] = [];
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === SET_COOKIE) values.push(list[i + 1] ?? '');
    }
    return values;
  }

  /** Whether the field has any line. */
  has(name: string): boolean {
    return indexOfName(this.#fields(), toFieldName(name)) !== -1;
  }

  /** Makes the value the only one of the field, in the place of its first line. */
  set(name: string, value: string): void {
    const fieldName = toFieldName(name);
    const fieldValue = toFieldValue(value);
    const list = this.#change();
    const index = indexOfName(list, fieldName);
    if (index === -1) {
      list.push(fieldName, fieldValue);
      return;
    }
    list[index + 1] = fieldValue;
    removeFrom(list, fieldName, index + 2);
  }

  /** Calls back for every field in the order of iteration, which follows changes that the callback makes. */
  forEach(callback: (value: string, name: string, headers: globalThis.Headers) => void, thisArgument?: unknown): void {
    if (typeof callback !== 'function') throw new TypeError('Headers.forEach: the callback is not a function');
    for (const [name, value] of this.entries()) callback.call(thisArgument, value, name, this);
  }

  /** Pairs sorted by name, one for each name, but one for each `set-cookie` line. */
  *entries(): Generator<[string, string], undefined, undefined> {
    // By position in the list as it is now: the standard's iterators are live.
    for (let i = 0; i < this.#sortedList().length; i += 2) {
      const list = this.#sortedList();
      yield [list[i] ?? '', list[i + 1] ?? ''];
    }
    return undefined;
  }

  /** The names as {@link entries} has them. */
  *keys(): Generator<string, undefined, undefined> {
    for (let i = 0; i < this.#sortedList().length; i += 2) yield this.#sortedList()[i] ?? '';
    return undefined;
  }

  /** The values as {@link entries} has them. */
  *values(): Generator<string, undefined, undefined> {
    for (let i = 1; i < this.#sortedList().length; i += 2) yield this.#sortedList()[i] ?? '';
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, string], undefined, undefined> {
    return this.entries();
  }

  #fields(): string[] {
    if (this.#list === undefined) {
      this.#list = this.#source === undefined ? [] : this.#source.loadFields();
      this.#source = undefined;
    }
    return this.#list;
  }

  #change(): string[] {
    this.#sorted = undefined;
    return this.#fields();
  }

  #sortedList(): string[] {
    this.#sorted ??= sortAndCombine(this.#fields());
    return this.#sorted;
  }
}

function inspectHeaders(
  this: Headers,
  _depth: number,
  options: object,
  inspect: (value: object, options: object) => string,
): string {
  const cookies = this.getSetCookie();
  const fields = Object.fromEntries<string | string[]>(this);
  if (cookies.length > 1) fields[SET_COOKIE] = cookies;
  return `Headers ${inspect(fields, options)}`;
}

function indexOfName(list: readonly string[], name: string): number {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) return i;
  }
  return -1;
}

function valueOf(list: readonly string[], name: string): string | undefined {
  const first = indexOfName(list, name);
  if (first === -1) return undefined;
  let value = list[first + 1];
  for (let i = first + 2; i < list.length; i += 2) {
    if (list[i] === name) value += `, ${list[i + 1]}`;
  }
  return value;
}

/** Removes the lines of the name from `start` on, in place: the list may have been handed out as the live one. */
function removeFrom(list: string[], name: string, start: number): void {
  let kept = start;
  for (let i = start; i < list.length; i += 2) {
    if (list[i] === name) continue;
    list[kept] = list[i] ?? '';
    list[kept + 1] = list[i + 1] ?? '';
    kept += 2;
  }
  list.length = kept;
}
