// What `Options` says: names, and how what is said in one place stands to what is said around it.
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** `IncludesWithExec` is what `Includes` has and `IncludesNOEXEC` has not. */
export type OptionName =
  | 'Indexes'
  | 'Includes'
  | 'IncludesWithExec'
  | 'FollowSymLinks'
  | 'SymLinksIfOwnerMatch'
  | 'ExecCGI'
  | 'MultiViews';

const BITS: Readonly<Record<OptionName, number>> = {
  Indexes: 1,
  Includes: 2,
  IncludesWithExec: 4,
  FollowSymLinks: 8,
  SymLinksIfOwnerMatch: 16,
  ExecCGI: 32,
  MultiViews: 64,
};

/** The words of the directive, in lower case. `All` is everything but MultiViews and SymLinksIfOwnerMatch. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ['indexes', BITS.Indexes],
  ['includes', BITS.Includes | BITS.IncludesWithExec],
  ['includesnoexec', BITS.Includes],
  ['followsymlinks', BITS.FollowSymLinks],
  ['symlinksifownermatch', BITS.SymLinksIfOwnerMatch],
  ['execcgi', BITS.ExecCGI],
  ['multiviews', BITS.MultiViews],
  ['runscripts', BITS.MultiViews | BITS.ExecCGI],
]);

const ALL = BITS.Indexes | BITS.Includes | BITS.IncludesWithExec | BITS.FollowSymLinks | BITS.ExecCGI;

/** Apache's default. */
const DEFAULT = BITS.FollowSymLinks;

/** What is set as a whole, and what is added and removed. */
export class OptionSet {
  /** Undefined: only additions to what holds around. */
  readonly #whole: number | undefined;
  readonly #added: number;
  readonly #removed: number;

  private constructor(whole: number | undefined, added: number, removed: number) {
    this.#whole = whole;
    this.#added = added;
    this.#removed = removed;
  }

  /** Of a place that says nothing. */
  static readonly UNSET: OptionSet = new OptionSet(undefined, 0, 0);

  /** Whether an option holds, where everything around has been merged. */
  has(name: OptionName): boolean {
    const bits = this.#whole ?? (DEFAULT & ~this.#removed) | this.#added;
    return (bits & BITS[name]) !== 0;
  }

  /** What holds in a place that says this, within one that says `base`. */
  within(base: OptionSet): OptionSet {
    if (this.#whole !== undefined) return this;
    const added = (base.#added & ~this.#removed) | this.#added;
    const removed = (base.#removed & ~this.#added) | this.#removed;
    const whole = base.#whole === undefined ? undefined : (base.#whole & ~removed) | added;
    return new OptionSet(whole, added, removed);
  }

  /**
   * What a place says that says another line.
   * @param granted Which options `.htaccess` may name; undefined: all.
   * @throws ConfigurationError in Apache's words.
   */
  afterLine(words: readonly string[], granted: ReadonlySet<string> | undefined): OptionSet {
    let whole = this.#whole;
    let added = this.#added;
    let removed = this.#removed;
    let isFirst = true;
    // Behind None and All either form may follow.
    let isRelative: boolean | undefined;
    let eitherForm = false;
    for (const word of words) {
      const sign = word[0] === '+' || word[0] === '-' ? word[0] : undefined;
      const name = sign === undefined ? word : word.slice(1);
      if (sign !== undefined) {
        if (isRelative === false && !eitherForm) throw new ConfigurationError(MIXED);
        isRelative = true;
        eitherForm = false;
      } else if (isFirst) {
        whole = 0;
        isRelative = false;
      } else if (isRelative === true) {
        throw new ConfigurationError(MIXED);
      }
      const bits = readOption(name, sign, isFirst);
      if (bits === 0 || name.toLowerCase() === 'all') eitherForm = true;
      checkGranted(name, bits, granted);
      if (sign === '-') {
        removed |= bits;
        added &= ~bits;
        if (whole !== undefined) whole &= ~bits;
      } else if (sign === '+') {
        added |= bits;
        removed &= ~bits;
        if (whole !== undefined) whole |= bits;
      } else {
        whole = (whole ?? 0) | bits;
      }
      isFirst = false;
    }
    return new OptionSet(whole, added, removed);
  }
}

const MIXED = 'Either all Options must start with + or -, or no Option may.';

function readOption(name: string, sign: string | undefined, isFirst: boolean): number {
  const lower = name.toLowerCase();
  if (lower === 'none') {
    if (sign !== undefined) throw new ConfigurationError("You may not use 'Options +None' or 'Options -None'.");
    if (!isFirst) throw new ConfigurationError("'Options None' must be the first Option given.");
    return 0;
  }
  if (lower === 'all') {
    if (sign !== undefined) throw new ConfigurationError("You may not use 'Options +All' or 'Options -All'.");
    if (!isFirst) throw new ConfigurationError("'Options All' must be the first option given.");
    return ALL;
  }
  const bits = WORDS.get(lower);
  if (bits === undefined) throw new ConfigurationError(`Illegal option ${name}`);
  return bits;
}

function checkGranted(word: string, bits: number, granted: ReadonlySet<string> | undefined): void {
  if (granted === undefined) return;
  for (const name of namesOf(bits)) {
    if (!granted.has(name)) throw new ConfigurationError(`Option ${word} not allowed here`);
  }
}

function namesOf(bits: number): OptionName[] {
  return (Object.keys(BITS) as OptionName[]).filter((name) => (bits & BITS[name]) !== 0);
}

/**
 * The list behind `AllowOverride Options=`.
 * @throws ConfigurationError in Apache's words.
 */
export function parseGrantedOptions(list: string): ReadonlySet<OptionName> {
  const granted = new Set<OptionName>();
  for (const word of list.split(',')) {
    if (word === '') continue;
    const lower = word.toLowerCase();
    if (lower === 'none') continue;
    const bits = lower === 'all' ? ALL : WORDS.get(lower);
    if (bits === undefined) throw new ConfigurationError(`Illegal option ${word}`);
    for (const name of namesOf(bits)) granted.add(name);
  }
  return granted;
}
