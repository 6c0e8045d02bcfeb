// What an operator sees of an error in a handler: one line. The peer sees a 500 and nothing of this.

/** Controls, invisible format characters (they can reverse the direction of text) and line separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escapeCharacter = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** A cause may have a cause; more than this says nothing new, and a circle would never end. */
const MAX_CAUSES = 3;

function describeError(error: unknown, causesLeft: number): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  if (error.cause === undefined || causesLeft === 0) return stack;
  return `${stack}\ncaused by ${describeError(error.cause, causesLeft - 1)}`;
}

/**
 * `2026-01-02T03:04:05.678Z GET /path: Error: message | at handler (file.js:1:2) | …`, without a line end.
 *
 * No field of the request, no query, no body: they may hold secrets. Control characters are escaped, since a message may repeat
 * what the peer sent, and a terminal would obey them.
 */
export function formatHandlerError(error: unknown, request: { method: string; url: string }, wallMs: number): string {
  const path = URL.canParse(request.url) ? new URL(request.url).pathname : '(no path)';
  const stack = describeError(error, MAX_CAUSES)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .join(' | ');
  return `${new Date(wallMs).toISOString()} ${request.method} ${path}: ${stack}`.replace(UNPRINTABLE, escapeCharacter);
}
