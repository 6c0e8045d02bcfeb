// Counts and ports as typed on a command line: decimal digits, in a range that the message names.
import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { MOST_WORKERS } from '../workers/index.ts';

/**
 * @throws InvalidArgumentError unless the text is a whole number of the range, written in digits only:
 *   `1e3`, `0x10` and `+5` are slips more often than numbers.
 */
export function parseWholeNumber(text: string, atLeast: number, atMost: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= atLeast && value <= atMost) return value;
  const range = atMost >= Number.MAX_SAFE_INTEGER ? `of at least ${atLeast}` : `from ${atLeast} to ${atMost}`;
  throw new InvalidArgumentError(`Write a whole number ${range}.`);
}

/** A TCP port; 0 asks for any free one. */
export function parsePort(text: string): number {
  return parseWholeNumber(text, 0, 65_535);
}

/** At least one of something. */
export function parseCount(text: string): number {
  return parseWholeNumber(text, 1, Number.MAX_SAFE_INTEGER);
}

/** Answers per connection. The one place where Apache's 0 ("unlimited", as MaxKeepAliveRequests has it) becomes Infinity. */
export function parseRequestLimit(text: string): number {
  return parseWholeNumber(text, 0, Number.MAX_SAFE_INTEGER) || Infinity;
}

/** Processes to serve with: a count, or `auto` for as many as can run at the same time. */
export function parseWorkers(text: string): number {
  if (text === 'auto') return availableParallelism();
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= MOST_WORKERS) return value;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${MOST_WORKERS}, or auto.`);
}
