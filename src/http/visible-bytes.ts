// Bytes as a person can read them: one line of ASCII, whatever is in them.

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

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
