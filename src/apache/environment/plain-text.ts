// Whether a regular expression is but a text to look for.

const SPECIAL = '^.$|()[]*+?{}';

/** The text, its backslashes removed; undefined for an expression that needs a matcher. */
export function plainText(source: string): string | undefined {
  let text = '';
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at]!;
    if (SPECIAL.includes(character)) return undefined;
    if (character === '\\') {
      at += 1;
      const next = source[at];
      // A backslash before anything else may mean a class: `\d`.
      if (next !== undefined && next !== '\\' && !SPECIAL.includes(next)) return undefined;
      text += next ?? '';
    } else {
      text += character;
    }
  }
  return text;
}
