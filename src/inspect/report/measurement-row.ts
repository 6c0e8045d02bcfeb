// The shape of a row of a report, a label and in words what was measured, and the phrases that several rows share.
import { formatDuration } from '../format-duration.ts';
import type { MeasurementName, Measurements } from '../measurements.ts';
import { formatCount } from './describe-measurements.ts';
import type { MeasurementSubject } from './describe-measurements.ts';

/** What the words of a row are made of. */
export interface RowFacts {
  readonly measured: Readonly<Measurements>;
  /** How long was waited for what had no end. */
  readonly maxWaitMs: number;
}

/** One row, before anything is measured. */
export interface RowRule {
  readonly subject: MeasurementSubject;
  /** A word or three; it stands in front of the text. */
  readonly label: string;
  /** Which measurements it tells. */
  readonly names: readonly MeasurementName[];
  /** In words; undefined where there is nothing to tell. */
  readonly tell: (facts: RowFacts) => string | undefined;
}

/** What was measured is told to the hundredth of a second: `5.00 s`. What was promised is told as it was promised: `5 s`. */
export function formatMeasuredDuration(durationMs: number): string {
  if (durationMs < 1_000 || durationMs >= 120_000) return formatDuration(durationMs);
  return `${(durationMs / 1_000).toFixed(2)} s`;
}

/** How a connection ended, to stand behind "it is closed". */
export function tellCloseStyle(style: string): string {
  const [last = '', before] = style.split('+').toReversed();
  const end = END_WORDS[last] ?? last;
  if (before === undefined) return end;
  const code = /^goaway\((.*)\)$/.exec(before)?.[1];
  return `${end}, behind ${code === undefined ? (BEFORE_WORDS[before] ?? before) : `a GOAWAY of ${code}`}`;
}

const END_WORDS: Readonly<Record<string, string>> = {
  fin: 'by FIN',
  rst: 'by a reset (RST)',
  tls: 'by an orderly end of TLS',
};

const BEFORE_WORDS: Readonly<Record<string, string>> = {
  '408': 'an answer 408',
  bytes: 'bytes that nobody had asked for',
  goaway: 'a GOAWAY',
};

/** What became of a connection that was watched. Undefined where it was not. */
export function tellEnd(
  what: string,
  timeoutMs: number | null,
  style: string | null,
  maxWaitMs: number,
): string | undefined {
  if (timeoutMs !== null && style?.endsWith('+none') === true) {
    return `${what} is given up after ${formatMeasuredDuration(timeoutMs)}, by a GOAWAY, and left open`;
  }
  if (timeoutMs !== null) {
    const how = style === null ? '' : `, ${tellCloseStyle(style)}`;
    return `${what} is closed after ${formatMeasuredDuration(timeoutMs)}${how}`;
  }
  return style === 'none' ? `${what} is still open after ${formatDuration(maxWaitMs)}` : undefined;
}

/** `1 answer`, `1,000 answers`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The one or the other; nothing where it is not known. */
export function tellBoolean(value: boolean | null, yes: string, no: string): string | undefined {
  if (value === null) return undefined;
  return value ? yes : no;
}

/** What is known, one after the other. */
export function joinClauses(...clauses: readonly (string | undefined)[]): string | undefined {
  const known = clauses.filter((clause) => clause !== undefined);
  return known.length === 0 ? undefined : known.join('; ');
}
