// Words of peers on a terminal: what they send may hold escape sequences, which a terminal would obey.

/** The text on one line, with a question mark for every control character and for what turns the direction of writing. */
export function printable(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
