// Whether a report meets an expectation, and why not, in words. Pure.
import { CHECKS } from './check-list.ts';
import type { Expectation, ExpectationOperator } from './expectation.ts';
import { formatDuration } from './format-duration.ts';
import type { InspectionReport } from './inspection-report.ts';
import type { AddressMeasurement, MeasurementName, Measurements } from './measurements.ts';
import { MEASUREMENTS, formatCount } from './report/describe-measurements.ts';

/** What became of an expectation. */
export interface ExpectationResult {
  /** As it was given. */
  readonly expectation: string;
  readonly met: boolean;
  /** Why, in words and without a full stop. */
  readonly sentence: string;
}

type Value = number | boolean | string | readonly string[] | null;

/** The same for every report with the same numbers. What was not measured meets nothing but `==null`, and `!=` where null says something. */
export function evaluateExpectation(expectation: Expectation, report: InspectionReport): ExpectationResult {
  const { text, name, operator, value: expected } = expectation;
  const actual = readValue(name, report);
  const result = (met: boolean, sentence: string): ExpectationResult => ({ expectation: text, met, sentence });
  if (expected === null) {
    const wanted = operator === '==' ? 'null' : 'anything but null';
    return result(
      (actual === null) === (operator === '=='),
      `${name} is ${actual === null ? 'null' : formatValue(name, actual)} (expected: ${wanted})`,
    );
  }
  if (actual === null) return evaluateNull(expectation, report, result);
  const met = compare(actual, operator, expected);
  return result(met, `${name} is ${tellBoth(name, actual, operator, expected, met)}`);
}

/** The value of a name of a report; a list of addresses as text. */
function readValue(name: string, { measurements, verdict, complete, durationMs, findings }: InspectionReport): Value {
  if (name === 'verdict') return verdict;
  if (name === 'complete') return complete;
  if (name === 'durationMs') return durationMs;
  const [group, member] = name.split('.');
  if (group === 'findings') return findings.filter(({ level }) => level === member).length;
  if (member !== undefined) {
    const settings = measurements.http2Settings ?? {};
    return Object.hasOwn(settings, member) ? settings[member]! : null;
  }
  const value = measurements[name as MeasurementName];
  if (name === 'addresses' && value !== null)
    return (value as readonly AddressMeasurement[]).map(({ address }) => address);
  return value as Exclude<Measurements[MeasurementName], object> | readonly string[];
}

function compare(
  actual: NonNullable<Value>,
  operator: ExpectationOperator,
  expected: number | boolean | string,
): boolean {
  if (Array.isArray(actual)) {
    if (typeof expected === 'number') return compare(actual.length, operator, expected);
    const isIn = expected === '' ? actual.length === 0 : actual.includes(expected);
    return isIn === (operator === '==');
  }
  switch (operator) {
    case '>=':
      return actual >= expected;
    case '<=':
      return actual <= expected;
    case '>':
      return actual > expected;
    case '<':
      return actual < expected;
    case '==':
      return actual === expected;
    case '!=':
      return actual !== expected;
  }
}

/** What was not measured: it outlived us, it says something by itself, or nothing is known. */
function evaluateNull(
  { name, operator, value }: Expectation,
  report: InspectionReport,
  result: (met: boolean, sentence: string) => ExpectationResult,
): ExpectationResult {
  const outlived = typeof value === 'number' ? findLowerBound(name, report) : undefined;
  if (outlived !== undefined && typeof value === 'number') {
    const { bound, advice } = outlived;
    const found = `${name} is more than ${formatValue(name, bound)}`;
    const wanted = formatExpected(name, operator, value);
    if (value <= bound) return result(['>=', '>', '!='].includes(operator), `${found} (expected: ${wanted})`);
    return result(
      false,
      `${found}, how much more is not known (expected: ${wanted}): raise ${advice} to ${formatValue(name, value)}`,
    );
  }
  const [base = name] = name.split('.');
  const check = CHECKS.find(({ measures }) => measures.includes(base as MeasurementName));
  const outcome = report.checks.find(({ id }) => id === check?.id);
  if (outcome?.outcome === 'measured') {
    const { nullSays } = MEASUREMENTS[base as MeasurementName];
    const isAnswered = report.measurements.status !== null || base.startsWith('unanswered');
    if (nullSays !== undefined && isAnswered) {
      return result(operator === '!=', `${name}: ${nullSays} (expected: ${formatExpected(name, operator, value!)})`);
    }
    const why = isAnswered ? `the check ${outcome.id} could not find it out` : 'the first request was not answered';
    return result(false, `${name} was not measured: ${why}`);
  }
  const why =
    outcome === undefined
      ? check === undefined
        ? 'no check measures it'
        : `the check ${check.id} was not asked for`
      : `the check ${outcome.id} ${OUTCOME_WORDS[outcome.outcome]}: ${outcome.reason}`;
  return result(false, `${name} was not measured: ${why}`);
}

const OUTCOME_WORDS = { skipped: 'was skipped', failed: 'failed', cutShort: 'was cut short' } as const;

const WATCHED: Readonly<Record<string, MeasurementName>> = {
  idleTimeoutMs: 'idleClose',
  silentConnectTimeoutMs: 'silentConnectClose',
  partialHeadTimeoutMs: 'partialHeadClose',
  http2IdleTimeoutMs: 'http2IdleClose',
};

/** A limit that was not reached is known to be higher than what was tried. */
function findLowerBound(
  name: string,
  { measurements, asked }: InspectionReport,
): { bound: number; advice: string } | undefined {
  const style = WATCHED[name];
  if (style !== undefined && measurements[style] === 'none')
    return { bound: asked.maxWaitMs, advice: '--max-wait (maxWaitMs)' };
  if (name === 'maxRequests' && measurements.requestsTried !== null) {
    return { bound: measurements.requestsTried, advice: '--max-requests (maxRequests)' };
  }
  return undefined;
}

function tellBoth(
  name: string,
  actual: NonNullable<Value>,
  operator: ExpectationOperator,
  expected: number | boolean | string,
  met: boolean,
): string {
  const found = formatValue(name, actual);
  const wanted = formatExpected(name, operator, expected);
  // Rounded, what differs may look the same.
  const isBlurred = !met && name.endsWith('Ms') && found === formatValue(name, expected);
  return isBlurred
    ? `${String(actual)} ms (expected: ${OPERATOR_WORDS[operator]}${String(expected)} ms)`
    : `${found} (expected: ${wanted})`;
}

const OPERATOR_WORDS: Readonly<Record<ExpectationOperator, string>> = {
  '>=': 'at least ',
  '<=': 'at most ',
  '>': 'more than ',
  '<': 'less than ',
  '==': '',
  '!=': 'anything but ',
};

function formatExpected(name: string, operator: ExpectationOperator, expected: number | boolean | string): string {
  const unit = Object.hasOwn(MEASUREMENTS, name) ? MEASUREMENTS[name as MeasurementName].unit : undefined;
  if (unit !== 'list' && unit !== 'addresses') return OPERATOR_WORDS[operator] + formatValue(name, expected);
  if (typeof expected === 'number') return `${OPERATOR_WORDS[operator]}${formatCount(expected)} of them`;
  if (expected === '') return operator === '==' ? 'none' : 'at least one';
  return operator === '==' ? `${expected} among them` : `no ${expected} among them`;
}

function formatValue(name: string, value: NonNullable<Value>): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'number')
    return name.endsWith('Ms') ? formatDuration(value) : /status/i.test(name) ? String(value) : formatCount(value);
  return value === '' ? 'empty' : String(value);
}
