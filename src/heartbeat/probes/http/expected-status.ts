// Which final statuses a heartbeat takes for a sign of life, where not all of them are one.
import { OptionError } from '../../../errors.ts';
import { describe } from '../../../option-checks.ts';

/** A status, such as 204, or a class of them, such as '2xx'. */
export type StatusPattern = number | '2xx' | '3xx' | '4xx' | '5xx';

/** One pattern or several of which any will do. */
export type ExpectedStatus = StatusPattern | readonly StatusPattern[];

/** See the head of the file. */
export interface StatusExpectation {
  /** E.g. `2xx or 404`. */
  readonly text: string;
  matches(status: number): boolean;
}

/** Undefined where any status will do. @throws OptionError for what can never be a final status. */
export function parseExpectedStatus(given: unknown): StatusExpectation | undefined {
  if (given === undefined) return undefined;
  const patterns: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (patterns.length === 0) throw new OptionError('expectStatus', 'is an empty list, so that no answer would do');
  const ranges = patterns.map((pattern) => parsePattern(pattern));
  return {
    text: patterns.join(' or '),
    matches: (status) => ranges.some(({ from, to }) => status >= from && status <= to),
  };
}

function parsePattern(pattern: unknown): { readonly from: number; readonly to: number } {
  if (typeof pattern === 'number' && Number.isInteger(pattern) && pattern >= 200 && pattern <= 599) {
    return { from: pattern, to: pattern };
  }
  const [, digit] = typeof pattern === 'string' ? (/^([2-5])xx$/.exec(pattern) ?? []) : [];
  if (digit !== undefined) return { from: Number(digit) * 100, to: Number(digit) * 100 + 99 };
  throw new OptionError(
    'expectStatus',
    `is ${describe(pattern)}, it must be a status from 200 to 599, one of '2xx', '3xx', '4xx' and '5xx', or a list of such`,
  );
}
