// Checks of option values: the same rules and the same words in every layer. Each throws an OptionError that names the option,
// the value and what is allowed.
import { OptionError } from './errors.ts';
import { countChanges } from './text/index.ts';

/** A number that is not below `lowest`; `Infinity` means no limit. */
export function checkNumber(name: string, value: unknown, lowest: number, advice?: string): void {
  if (typeof value === 'number' && value >= lowest) return;
  const allowed = `it must be a number, ${lowest} or more (Infinity: no limit)`;
  throw new OptionError(name, `is ${describe(value)}, ${allowed}${advice === undefined ? '' : `; ${advice}`}`);
}

/** What is counted has no fractions. */
export function checkWholeNumber(name: string, value: unknown, lowest: number): void {
  checkNumber(name, value, lowest);
  if (value === Infinity || Number.isInteger(value)) return;
  throw new OptionError(name, `is ${describe(value)}, it must be a whole number (or Infinity: no limit)`);
}

/** A whole number with an upper bound, so never `Infinity`. `advice` says why there is a bound. */
export function checkBoundedNumber(
  name: string,
  value: unknown,
  lowest: number,
  highest: number,
  advice?: string,
): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest) return;
  const allowed = `it must be a whole number from ${lowest} to ${highest}`;
  throw new OptionError(name, `is ${describe(value)}, ${allowed}${advice === undefined ? '' : `; ${advice}`}`);
}

/** A number between two bounds, fractions included. */
export function checkShare(name: string, value: unknown, lowest: number, highest: number): void {
  if (typeof value === 'number' && value >= lowest && value <= highest) return;
  throw new OptionError(name, `is ${describe(value)}, it must be a number from ${lowest} to ${highest}`);
}

/** The size of a table that is allocated, so it cannot be without bounds. */
export function checkTableSize(name: string, value: unknown, lowest: number): void {
  checkBoundedNumber(name, value, lowest, HIGHEST_TABLE);
}

const HIGHEST_TABLE = 2 ** 24;

export function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new OptionError(name, `is ${describe(value)}, it must be true or false`);
}

/** Returns the function, or undefined where none was given. */
export function checkFunction<Callback>(name: string, value: Callback | undefined): Callback | undefined {
  if (value === undefined || typeof value === 'function') return value;
  throw new OptionError(name, `is ${describe(value)}, it must be a function`);
}

/** One of a few names. */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === 'string' && choices.includes(value)) return;
  const quoted = choices.map((choice) => `'${choice}'`);
  const allowed = quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  throw new OptionError(name, `is ${describe(value)}, it must be ${allowed}`);
}

/** An object that is asked for its own names, so no list. */
export function checkObject(name: string, value: unknown): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new OptionError(name, `is ${describe(value)}, it must be an object`);
}

/** An object that has these methods. */
export function checkMethods(name: string, value: unknown, kind: string, methods: readonly string[]): void {
  const missing = methods.find((method) => typeof (value as Record<string, unknown> | null)?.[method] !== 'function');
  if (missing !== undefined) throw new OptionError(name, `is not a ${kind}: it has no method ${missing}()`);
}

/** A misspelt option, or one of a later version, would silently do nothing. `known` are the names as they are told, `a.b` in groups. */
export function checkNames(group: string, given: object, known: readonly string[]): void {
  const prefix = group === '' ? '' : `${group}.`;
  for (const name of Object.keys(given)) {
    if (!name.includes('.') && known.includes(prefix + name)) continue;
    const nearest = findNearest(name, known);
    const advice = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    throw new OptionError(prefix + name, `is not the name of an option${advice}`);
  }
}

/** The names of options as {@link checkNames} wants them: those of `values`, and in the same way of the groups in it. */
export function listNames(values: object, prefix = ''): string[] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? [prefix + name, ...listNames(value, `${prefix}${name}.`)]
      : [prefix + name],
  );
}

/** What was given; an explicit undefined counts as not given, and null is a value like others, which a check refuses. */
export function givenOr<Value>(given: Value | undefined, fallback: Value): Value {
  return given === undefined ? fallback : given;
}

/** Defaults, overwritten by what was given; an explicit undefined counts as not given. Names are checked, values are not. */
export function fillIn<Values extends object>(
  group: string,
  given: Partial<Values> | undefined,
  defaults: Values,
): Values {
  const filled = { ...defaults };
  if (given === undefined) return filled;
  checkObject(group, given);
  checkNames(group, given, listNames(defaults, `${group}.`));
  for (const name of Object.keys(given) as (keyof Values)[]) {
    const value = given[name];
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

/** A value for a message: short, and of objects no contents, which may be secrets. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value.length <= 40 ? `'${value}'` : `a text of ${value.length} characters`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

/** The known name that the fewest changes make of it, where they are few for its length. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  let fewest = Math.max(1, Math.floor(name.length / 3)) + 1;
  let nearest: string | undefined;
  for (const candidate of known) {
    const changes = countChanges(name.toLowerCase(), candidate.slice(candidate.lastIndexOf('.') + 1).toLowerCase());
    if (changes >= fewest) continue;
    fewest = changes;
    nearest = candidate;
  }
  return nearest;
}
