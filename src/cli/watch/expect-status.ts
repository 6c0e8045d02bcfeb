// `--expect-status 2xx,304`: which answers of HTTP are a sign of life.
import { InvalidArgumentError } from 'commander';
import type { StatusPattern } from '../../heartbeat/index.ts';

const CLASSES: Readonly<Record<string, StatusPattern>> = { '2xx': '2xx', '3xx': '3xx', '4xx': '4xx', '5xx': '5xx' };

/** Added to those before: the option may be repeated. */
export function parseExpectStatus(text: string, before: readonly StatusPattern[] = []): readonly StatusPattern[] {
  return [...before, ...text.split(',').map(parsePattern)];
}

function parsePattern(text: string): StatusPattern {
  const word = text.trim().toLowerCase();
  const pattern = CLASSES[word] ?? (/^[2-5]\d\d$/.test(word) ? Number(word) : undefined);
  if (pattern !== undefined) return pattern;
  throw new InvalidArgumentError('Write final statuses of HTTP, or classes of them, with commas between: 2xx,304.');
}
