// Words of others on a terminal or in a log: what they send may hold escape sequences, which a terminal would obey.

/** Control characters, and what turns the direction of writing or is not seen at all. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text on one line, with a question mark for every character that is not shown as itself. */
export function printable(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll(UNSEEN, '?');
}

/** The same for a text of several lines, which stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** JSON that means the same, with an escape for every such character: RFC 8259 §7 asks for those below U+0020 alone. */
export function printableJson(json: string): string {
  return json.replaceAll(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, unit) => escapeUnit(character.charCodeAt(unit))).join(''),
  );
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
