// Text into HTML, and nothing else: whatever a server sent stays text, is bounded, and what cannot be seen is written out.

/** More of one text is shown nowhere: a report must open, whatever was measured. */
export const MOST_CHARACTERS = 4_000;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Control characters, those that turn the direction of the text around them, zero-width ones, lone surrogates, line and paragraph
 * separators, and code points that are no characters. A line feed and a tab are white space.
 */
const UNSEEN = /[^\P{C}\n\t]|[\u2028\u2029]/gu;

/**
 * A text for the content of an element or for an attribute in quotes. What cannot be seen becomes `\x1b` or `\u{202e}`; of a longer
 * text the first `mostCharacters` are kept.
 */
export function escapeHtml(text: string, mostCharacters: number = MOST_CHARACTERS): string {
  return boundText(text, mostCharacters)
    .replaceAll(UNSEEN, writeOut)
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The beginning of a text that is too long, with how long it was. */
export function boundText(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  return `${text.slice(0, mostCharacters)}… (${text.length} characters)`;
}

function writeOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code < 0x1_00 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
}
