// Expectations of a report, such as `idleTimeoutMs>=65s`, as they are typed. What becomes of them is in evaluate-expectation.ts.
import { OptionError } from '../errors.ts';
import { findNearest } from '../option-checks.ts';
import type { MeasurementName } from './measurements.ts';
import { MEASUREMENTS } from './report/describe-measurements.ts';
import type { MeasurementUnit } from './report/describe-measurements.ts';

export type ExpectationOperator = '>=' | '<=' | '==' | '!=' | '>' | '<';

/** One expectation, understood. */
export interface Expectation {
  /** As it was given, without blanks around it. */
  readonly text: string;
  /** A measurement, one of {@link REPORT_NAMES}, or a setting of HTTP/2 such as `http2Settings.maxConcurrentStreams`. */
  readonly name: string;
  readonly operator: ExpectationOperator;
  /** Milliseconds where the name ends in Ms. `none`, of a list, is the empty text. */
  readonly value: number | boolean | string | null;
}

/** Names that are no measurements, with what they are. */
export const REPORT_NAMES: Readonly<
  Record<string, { readonly unit: MeasurementUnit; readonly words?: readonly string[] }>
> = {
  verdict: { unit: 'word', words: ['good', 'warn', 'bad'] },
  complete: { unit: 'yesNo' },
  durationMs: { unit: 'ms' },
  'findings.bad': { unit: 'count' },
  'findings.warn': { unit: 'count' },
  'findings.info': { unit: 'count' },
};

const SETTINGS_PREFIX = 'http2Settings.';

const EXPECTATION = /^(?<name>[\w.]+)\s*(?<operator>>=|<=|==|!=|>|<)\s*(?<value>.*)$/s;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

const DURATION = /^(?<amount>\d+(?:\.\d+)?|\.\d+)\s*(?<unit>ms|s|min|m|h)?$/;

/**
 * Understands `NAME OP VALUE`. OP is `>=`, `<=`, `>`, `<`, `==` or `!=`. VALUE is a number, a duration with a unit for names that end in
 * Ms (without one: milliseconds), `true`, `false`, a word, or `null` for what was not measured. A list `==` a word that is in it, `!=` a
 * word that is not, `==none` where it is empty, and is compared with a number by its length.
 *
 * @throws OptionError for what cannot be understood, with the nearest name or the words that there are.
 */
export function parseExpectation(given: string): Expectation {
  const text = given.trim();
  const { name, operator, value } = EXPECTATION.exec(text)?.groups ?? {};
  if (name === undefined || operator === undefined || value === undefined || value === '') {
    throw refuse(
      text,
      "is no expectation; write it as NAME OP VALUE, e.g. 'idleTimeoutMs>=65s', with one of >= <= == != > <",
    );
  }
  const { unit, words } = describeName(name, text);
  const expectation = {
    text,
    name,
    operator: operator as ExpectationOperator,
    value: parseValue(value, unit, words, text),
  };
  if (!isOrdered(expectation.value) && operator !== '==' && operator !== '!=') {
    throw refuse(text, `compares what has no order with ${operator}; use == or !=`);
  }
  return expectation;
}

/** What a name stands for. @throws OptionError where it stands for nothing. */
function describeName(name: string, text: string): { unit: MeasurementUnit; words?: readonly string[] } {
  if (name.startsWith(SETTINGS_PREFIX) && name.length > SETTINGS_PREFIX.length) return { unit: 'record' };
  if (name === 'http2Settings')
    throw refuse(text, 'needs the name of one setting, e.g. http2Settings.maxConcurrentStreams');
  const known = Object.hasOwn(MEASUREMENTS, name) ? MEASUREMENTS[name as MeasurementName] : undefined;
  const found = known ?? (Object.hasOwn(REPORT_NAMES, name) ? REPORT_NAMES[name] : undefined);
  if (found !== undefined) return found;
  const nearest = findNearest(name, [...Object.keys(MEASUREMENTS), ...Object.keys(REPORT_NAMES)]);
  const advice = nearest === undefined ? '`perdura check --list` shows all names' : `did you mean ${nearest}?`;
  throw refuse(text, `names '${name}', which is not measured; ${advice}`);
}

function parseValue(
  typed: string,
  unit: MeasurementUnit,
  words: readonly string[] | undefined,
  text: string,
): Expectation['value'] {
  const quoted = /^(["'])(.*)\1$/s.exec(typed);
  if (quoted === null && typed === 'null') return null;
  const value = quoted?.[2] ?? typed;
  switch (unit) {
    case 'ms':
      return parseMilliseconds(value, text);
    case 'count':
    case 'status':
      return parseNumber(value) ?? fail(text, `expects '${value}', it must be a number`);
    case 'yesNo':
      return parseBoolean(value) ?? fail(text, `expects '${value}', it must be true or false`);
    case 'record':
      return (
        parseNumber(value) ??
        parseBoolean(value) ??
        fail(text, `expects '${value}', it must be a number, true or false`)
      );
    case 'word':
      return checkWord(value, words, text);
    case 'text':
      return value;
    case 'list':
    case 'addresses':
      if (value === 'none') return '';
      return parseNumber(value) ?? checkWord(value, words, text);
  }
}

function parseMilliseconds(value: string, text: string): number {
  const groups = DURATION.exec(value)?.groups;
  const durationMs = Number(groups?.['amount']) * (UNIT_MS[groups?.['unit'] ?? 'ms'] ?? Number.NaN);
  if (Number.isSafeInteger(Math.round(durationMs))) return durationMs;
  return fail(text, `expects '${value}', it must be a duration such as 65s or 500ms; a bare number is milliseconds`);
}

function parseNumber(value: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function parseBoolean(value: string): boolean | undefined {
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

function checkWord(value: string, words: readonly string[] | undefined, text: string): string {
  if (words === undefined || words.includes(value)) return value;
  return fail(text, `expects '${value}', which it never is; there are ${words.join(', ')}`);
}

function isOrdered(value: Expectation['value']): boolean {
  return typeof value === 'number';
}

function fail(text: string, problem: string): never {
  throw refuse(text, problem);
}

function refuse(text: string, problem: string): OptionError {
  return new OptionError('expect', `'${text}' ${problem}`);
}
