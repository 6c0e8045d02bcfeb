// Bytes and texts as a person can read them, on a terminal, too: one line without anything that acts, whatever is in them.

/** Longest line that is shown whole; of longer ones the start, so that a body does not bury the story. */
const MAX_LINE_CHARACTERS = 240;

const NAMED_ESCAPES: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' };

function escapeCharacter(character: string): string {
  return NAMED_ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Shows bytes as one line of ASCII: `\r`, `\n`, `\t`, `\\` and `\xNN` for what cannot be seen. A character of a text is a byte. */
export function formatBytes(bytes: Uint8Array | string): string {
  // A body may be large, and nothing behind the longest line is shown.
  const text = typeof bytes === 'string' ? bytes : latin1(bytes.subarray(0, MAX_LINE_CHARACTERS));
  const shown = text.slice(0, MAX_LINE_CHARACTERS).replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, escapeCharacter);
  return bytes.length > MAX_LINE_CHARACTERS ? `${shown}… (${bytes.length} bytes)` : shown;
}

/**
 * Shows a text in one line, letters of every script as they are: `\r`, `\n`, `\t`, `\\`, and `\xNN` or `\u{N}` for what a terminal would act
 * upon or nobody would see, such as escape sequences, and what turns the direction of the text around.
 */
export function formatText(text: string): string {
  const shown = text.slice(0, MAX_LINE_CHARACTERS).replaceAll(/[\\\p{C}\p{Zl}\p{Zp}]/gu, escapeCodePoint);
  return text.length > MAX_LINE_CHARACTERS ? `${shown}… (${text.length} characters)` : shown;
}

function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xff ? `\\u{${code.toString(16)}}` : escapeCharacter(character);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
