// RewriteMap: what `${name:key|default}` asks. Text files are read anew when their time or size changes.
import type { ApacheRequest } from '../request/apache-request.ts';
import { lowerAscii, upperAscii } from '../syntax/ascii-case.ts';
import { escapePath } from '../request/escape-path.ts';
import { unescapeText } from './escaping.ts';
import { parseTextMap } from './text-map.ts';

/** See the head of the file. Undefined: the key is not in there. */
export interface RewriteMap {
  lookUp(key: string, request: ApacheRequest): string | undefined;
}

/** Longest text file; Apache has no limit, as it reads the file line by line for each key. */
const MAX_MAP_BYTES = 64 * 1024 * 1024;

const INTERNAL: Readonly<Record<string, (key: string) => string>> = {
  tolower: lowerAscii,
  toupper: upperAscii,
  escape: escapePath,
  unescape: unescapeText,
};

/** `int:`; undefined where there is no such function. */
export function internalMap(name: string): RewriteMap | undefined {
  const change = Object.hasOwn(INTERNAL, name) ? INTERNAL[name] : undefined;
  return change === undefined ? undefined : { lookUp: change };
}

/** `txt:` and `rnd:`. */
export class TextMap implements RewriteMap {
  readonly #path: string;
  readonly #random: (() => number) | undefined;
  #modifiedUs = -1;
  #sizeBytes = -1;
  #entries: ReadonlyMap<string, string> = new Map();

  /** `random`: from 0 to below 1; where it is given, one of the values that `|` separates is taken. */
  constructor(path: string, random?: () => number) {
    this.#path = path;
    this.#random = random;
  }

  lookUp(key: string, request: ApacheRequest): string | undefined {
    const value = this.#entriesFor(request)?.get(key);
    if (value === undefined || this.#random === undefined) return value;
    const choices = value.split('|');
    return choices[Math.floor(this.#random() * choices.length)];
  }

  #entriesFor(request: ApacheRequest): ReadonlyMap<string, string> | undefined {
    const { files } = request.services;
    const stats = files.stat(this.#path);
    if (stats === undefined || stats === 'denied') {
      request.services.log(
        request,
        'error',
        'rewrite',
        `AH00661: mod_rewrite: can't access text RewriteMap file ${this.#path}`,
      );
      return undefined;
    }
    if (stats.modifiedUs === this.#modifiedUs && stats.sizeBytes === this.#sizeBytes) return this.#entries;
    const text = stats.sizeBytes > MAX_MAP_BYTES ? undefined : files.readSmall(this.#path, MAX_MAP_BYTES);
    if (text === undefined) {
      const why = stats.sizeBytes > MAX_MAP_BYTES ? `: it has more than ${MAX_MAP_BYTES} bytes` : '';
      request.services.log(
        request,
        'error',
        'rewrite',
        `AH00655: mod_rewrite: can't open text RewriteMap file ${this.#path}${why}`,
      );
      return undefined;
    }
    this.#entries = parseTextMap(text);
    this.#modifiedUs = stats.modifiedUs;
    this.#sizeBytes = stats.sizeBytes;
    return this.#entries;
  }
}
