// From the headers of a call to field lines: checked, and joined with what the session sends every time. Runs for every request.
import { OptionError } from '../../errors.ts';
import { listFromPairs, toFieldName, toFieldValue } from '../../http/field-list.ts';
import { Headers } from '../../http/headers.ts';
import type { HeadersInput } from '../../http/headers.ts';
import { isServableHost } from '../../http/host.ts';
import { isFieldValue, splitList } from '../../http/tokens.ts';
import { REFUSED_IN_REQUESTS, checkFieldText } from './field-rules.ts';

/** Fields that tell a server a repetition from a new request. The second name is older; Go's client knows both. */
const REPETITION_KEYS: readonly string[] = ['idempotency-key', 'x-idempotency-key'];

/** Fields that the encoder asks for by name afterwards. */
const NOTED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'content-type',
  'range',
  ...REPETITION_KEYS,
]);

/** Secrets, whose lines are not remembered. */
const SECRET: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Names that are remembered with the last line of each: most requests of a program say the same as the one before. */
const MAX_KNOWN_FIELDS = 128;
const MAX_REMEMBERED_VALUE = 128;

/** What is known of a name as callers write it. A class with one shape: the hot path reads it. */
class KnownField {
  /** In lower case. */
  readonly name: string;
  /** Whether more is to be done than to send it: it is asked for later, stands in the session's fields, or is not the caller's. */
  readonly isSpecial: boolean;
  readonly isSecret: boolean;
  value: string | undefined = undefined;
  line = '';

  constructor(name: string, isSpecial: boolean) {
    this.name = name;
    this.isSpecial = isSpecial;
    this.isSecret = SECRET.has(name);
  }
}

/** The fields of one request. */
export class RequestFields {
  /** Complete lines, without Host, and without the session's. */
  lines = '';
  /** The value of Host, where the caller gave one. */
  host: string | undefined = undefined;
  contentLength: number | undefined = undefined;
  close = false;
  readonly #names: string[] = [];

  /** Whether the request has the field, of those that are noted and those of the session. */
  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** Whether there is a field by which the server knows a repetition. */
  get hasRepetitionKey(): boolean {
    return this.#names.length > 0 && REPETITION_KEYS.some((name) => this.has(name));
  }

  /** Whether any field of the session could be replaced by one of the request. */
  get hasNoted(): boolean {
    return this.#names.length > 0;
  }

  note(name: string): void {
    this.#names.push(name);
  }

  /** Adds a line that the library sends by itself; both parts are valid already. */
  add(name: string, value: string): void {
    this.lines += `${name}: ${value}\r\n`;
    this.note(name);
  }
}

interface DefaultField {
  readonly name: string;
  readonly line: string;
}

/** Encodes the fields of requests that share their defaults. */
export class FieldEncoder {
  readonly #defaults: readonly DefaultField[];
  readonly #defaultNames: ReadonlySet<string>;
  readonly #known = new Map<string, KnownField>();
  /** All default lines, for requests without fields of their own. */
  readonly defaultLines: string;

  /** `defaults` are names in lower case and values in turn, all of them valid. */
  constructor(defaults: readonly string[]) {
    const fields: DefaultField[] = [];
    for (let at = 0; at < defaults.length; at += 2) {
      fields.push({ name: defaults[at]!, line: `${defaults[at]}: ${defaults[at + 1]}\r\n` });
    }
    this.#defaults = fields;
    this.#defaultNames = new Set(fields.map(({ name }) => name));
    this.defaultLines = fields.map(({ line }) => line).join('');
  }

  /** Whether the field is sent by default. */
  hasDefault(name: string): boolean {
    return this.#defaultNames.has(name);
  }

  /** The default lines that the request has no fields of its own for. */
  remainingDefaults(fields: RequestFields): string {
    if (!fields.hasNoted) return this.defaultLines;
    let lines = '';
    for (const { name, line } of this.#defaults) if (!fields.has(name)) lines += line;
    return lines;
  }

  /**
   * Reads the caller's headers. Throws an OptionError that names the field. `convert`: what is no text becomes some, as the Fetch
   * standard has it.
   */
  encode(headers: HeadersInput, convert: boolean): RequestFields {
    const fields = new RequestFields();
    if (typeof headers !== 'object' || headers === null) {
      throw new OptionError('headers', 'must be a Headers, a list of pairs, or an object of fields');
    }
    if (headers instanceof Headers) this.#addList(fields, headers.flatList());
    else if (Symbol.iterator in headers) this.#addList(fields, readPairs(headers as Iterable<unknown>));
    else {
      for (const name of Object.keys(headers)) {
        const value: unknown = (headers as Readonly<Record<string, unknown>>)[name];
        if (typeof value !== 'string' && !convert) checkFieldText(name, value);
        this.#add(fields, name, value);
      }
    }
    return fields;
  }

  #addList(fields: RequestFields, list: readonly string[]): void {
    for (let at = 0; at < list.length; at += 2) this.#add(fields, list[at]!, list[at + 1]!);
  }

  #add(fields: RequestFields, name: string, given: unknown): void {
    const known = this.#known.get(name) ?? this.#learn(name);
    if (given === known.value && known.line !== '') {
      fields.lines += known.line;
      if (known.isSpecial) fields.note(known.name);
      return;
    }
    const value = readValue(known.name, given);
    if (known.isSpecial && !this.#takeSpecial(fields, known.name, value)) return;
    const line = `${known.name}: ${value}\r\n`;
    fields.lines += line;
    // Never a key that is empty: the path above notes what it finds.
    if (known.isSecret || typeof given !== 'string' || given.length > MAX_REMEMBERED_VALUE || value === '') return;
    known.value = given;
    known.line = line;
  }

  #learn(given: string): KnownField {
    const name = readName(given);
    const isSpecial =
      NOTED.has(name) || TAKEN.has(name) || REFUSED_IN_REQUESTS.has(name) || this.#defaultNames.has(name);
    const known = new KnownField(name, isSpecial);
    if (this.#known.size < MAX_KNOWN_FIELDS) this.#known.set(given, known);
    return known;
  }

  /** Whether the field is to be sent as a line of its own. */
  #takeSpecial(fields: RequestFields, name: string, value: string): boolean {
    const refusal = REFUSED_IN_REQUESTS.get(name);
    if (refusal !== undefined) throw new OptionError(`headers.${name}`, `cannot be set: ${refusal}`);
    const take = TAKEN.get(name);
    if (take !== undefined) {
      take(fields, value);
      return false;
    }
    // An empty key tells nothing apart.
    if (value !== '' || !REPETITION_KEYS.includes(name)) fields.note(name);
    return true;
  }
}

/** What becomes something else than a line. */
const TAKEN: ReadonlyMap<string, (fields: RequestFields, value: string) => void> = new Map([
  ['host', takeHost],
  ['connection', takeConnection],
  ['content-length', takeContentLength],
]);

function takeHost(fields: RequestFields, value: string): void {
  if (fields.host !== undefined) throw new OptionError('headers.host', 'is given twice');
  if (value === '' || !isServableHost(value)) {
    throw new OptionError('headers.host', 'is not valid, it must be a host and perhaps a port');
  }
  fields.host = value;
}

/** RFC 9112 §9.6: a client may say that this request is its last one. Persistence is understood in HTTP/1.1. */
function takeConnection(fields: RequestFields, value: string): void {
  for (const token of splitList(value)) {
    const option = token.toLowerCase();
    if (option === 'close') fields.close = true;
    else if (option !== 'keep-alive') {
      throw new OptionError('headers.connection', 'can say close or keep-alive; the rest belongs to the session');
    }
  }
}

function takeContentLength(fields: RequestFields, value: string): void {
  if (!/^\d{1,15}$/.test(value)) throw new OptionError('headers.content-length', 'is not a number of bytes');
  const length = Number(value);
  if (fields.contentLength !== undefined && fields.contentLength !== length) {
    throw new OptionError('headers.content-length', 'is given twice, with different numbers');
  }
  fields.contentLength = length;
}

function readPairs(pairs: Iterable<unknown>): readonly string[] {
  try {
    return listFromPairs(pairs);
  } catch (error) {
    throw new OptionError('headers', messageOf(error));
  }
}

function readName(name: string): string {
  try {
    return toFieldName(name);
  } catch (error) {
    throw new OptionError('headers', messageOf(error));
  }
}

/** A valid value, without the white space around it. The value itself is never told: it may be a secret. */
function readValue(name: string, given: unknown): string {
  let value: string;
  try {
    value = toFieldValue(given);
  } catch (error) {
    throw new OptionError(`headers.${name}`, messageOf(error));
  }
  if (!isFieldValue(value)) throw new OptionError(`headers.${name}`, 'has a control character in its value');
  return value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Headers: /, '') : String(error);
}
