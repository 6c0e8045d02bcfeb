// Durations as people type them. On the command line a bare number is seconds, as in Apache's KeepAliveTimeout.
import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

const DURATION = /^(?<amount>\d+(?:\.\d+)?|\.\d+)\s*(?<unit>ms|s|min|m|h)?$/;

/**
 * Milliseconds of `500ms`, `65s`, `1.5m`, `2h` or `65` (seconds). `min` is taken for `m`, as Apache spells it.
 * @throws InvalidArgumentError where the text is anything else; commander puts the option's name in front of its message.
 */
export function parseDuration(text: string): number {
  const groups = DURATION.exec(text.trim())?.groups;
  const durationMs = Number(groups?.['amount']) * (UNIT_MS[groups?.['unit'] ?? 's'] ?? Number.NaN);
  // Above 2^53 neighbouring milliseconds can no longer be told apart; nobody means that.
  if (groups === undefined || durationMs > Number.MAX_SAFE_INTEGER) {
    throw new InvalidArgumentError('Write a duration such as 500ms, 65s, 2m or 1h; a bare number is seconds.');
  }
  return durationMs;
}

/** A deadline of nothing could not be kept. */
export function parseDeadline(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs < 1) throw new InvalidArgumentError('Write a duration of at least 1ms.');
  return durationMs;
}
