// The Retry-After field (RFC 9110 §10.2.3): how long to wait before asking again, in seconds or until a date. Pure.
import { parseHttpDate } from './date.ts';

/** Further ahead nobody waits, and no timer counts in one piece: a year. */
const LONGEST_MS = 31_536_000_000;

/** Milliseconds from `wallMs` on, at most a year; 0 for a date that has passed. Undefined for everything else, which says nothing. */
export function parseRetryAfter(value: string, wallMs: number): number | undefined {
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, LONGEST_MS);
  const dateMs = parseHttpDate(value, wallMs);
  return dateMs === undefined ? undefined : Math.min(Math.max(0, dateMs - wallMs), LONGEST_MS);
}
