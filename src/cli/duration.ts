// Durations as people type and read them. On the command line a bare number is seconds, as in Apache's KeepAliveTimeout.
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

const decimal = (value: number): string => String(Number(value.toFixed(2)));

const twoUnits = (whole: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`;

/** Short words: `500 ms`, `68.25 s`, `2 min 30 s`, `1 h 5 min`. Seconds up to two minutes, since timeouts are spoken of in seconds. */
export function formatDuration(durationMs: number): string {
  if (durationMs === Infinity) return 'for ever';
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 120_000) return `${decimal(durationMs / 1_000)} s`;
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 7_200) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}
