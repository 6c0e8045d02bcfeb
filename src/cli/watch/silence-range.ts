// `--adaptive-range 200ms..10m`: between which silences the longest is looked for that a path survives.
import { InvalidArgumentError } from 'commander';
import { parseDeadline } from '../duration.ts';

/** See the head of the file. */
export interface SilenceRange {
  readonly lowestMs: number;
  readonly highestMs: number;
}

/** @throws InvalidArgumentError */
export function parseSilenceRange(text: string): SilenceRange {
  const [low, high, more] = text.split('..');
  if (low === undefined || high === undefined || more !== undefined) throw misspelt();
  const range = { lowestMs: parseDeadline(low), highestMs: parseDeadline(high) };
  if (range.lowestMs >= range.highestMs) throw misspelt();
  return range;
}

function misspelt(): InvalidArgumentError {
  return new InvalidArgumentError('Write two durations, the shorter first, such as 200ms..10m.');
}
