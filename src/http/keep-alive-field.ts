// The Keep-Alive field (RFC 2068 §19.7.1, kept alive by everybody): `timeout=5, max=100`. Hints, so nothing in it is an error.
import { splitOutsideQuotes } from './tokens.ts';

/** What a server promised. A name is missing where it promised nothing that can be understood. */
export interface KeepAliveHint {
  /** How long it keeps the connection when idle, in milliseconds. 0 means: not at all. */
  timeoutMs?: number;
  /** How many more requests it answers on the connection. */
  max?: number;
}

/** What a timer of Node.js can hold, 24.8 days: whoever promises more means "long". */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
const MAX_REQUESTS = 2 ** 31 - 1;

// Digits, perhaps in quotes. White space around "=" is not allowed by the grammar but is met.
const PARAMETER = /^(timeout|max)[ \t]*=[ \t]*(?:(\d+)|"(\d+)")$/i;

/**
 * The value of the field: whole seconds, rounded down and never 0, because a promise of 0 tells the client not to reuse at all.
 * What is unlimited (undefined or Infinity) is left out; '' where nothing is left, and then no field should be sent.
 */
export function formatKeepAlive(timeoutSeconds: number, max: number | undefined): string {
  const parameters: string[] = [];
  if (timeoutSeconds !== Infinity) parameters.push(`timeout=${Math.max(1, Math.floor(timeoutSeconds))}`);
  if (max !== undefined && max !== Infinity) parameters.push(`max=${max}`);
  return parameters.join(', ');
}

/**
 * Reads the parameters in any order and letter case, separated by commas or, as some servers do, semicolons; quotes and white
 * space do not matter. Unknown parameters and junk are ignored, absurd numbers are bounded.
 *
 * Of several values of one name the smallest counts: a field that a proxy added to the server's has two promises in it, and
 * only the shorter one is kept by both. To believe it too early costs a new connection, to believe the longer one a request.
 */
export function parseKeepAlive(value: string): KeepAliveHint {
  const hint: KeepAliveHint = {};
  for (const parameter of splitOutsideQuotes(value, ',;')) {
    const match = PARAMETER.exec(parameter);
    if (match === null) continue;
    const number = Number(match[2] ?? match[3]);
    if (match[1]?.toLowerCase() === 'timeout') {
      hint.timeoutMs = Math.min(number * 1000, hint.timeoutMs ?? MAX_TIMEOUT_MS);
    } else {
      hint.max = Math.min(number, hint.max ?? MAX_REQUESTS);
    }
  }
  return hint;
}
