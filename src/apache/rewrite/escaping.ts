// Percent escapes of what groups matched, as Apache writes them: in lower case, by rules of its own rather than those of RFC 3986.
import type { BackReferenceEscaping } from './rule-flags.ts';

function percentEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function isControl(character: string): boolean {
  return character <= ' ' || character === '\x7f';
}

/** [B] and its kin: what a group matched, made safe for a query or a path. */
export function escapeBackReference(text: string, escaping: BackReferenceEscaping): string {
  const { only, except, controls, plusForSpace } = escaping;
  let result = '';
  for (const character of text) {
    const chosen = (controls ? isControl(character) : only === undefined) || only?.includes(character) === true;
    const escaped = chosen && except?.includes(character) !== true && !/[A-Za-z0-9_]/.test(character);
    if (!escaped) result += character;
    else result += character === ' ' && plusForSpace ? '+' : percentEscape(character);
  }
  return result;
}

/** `%xx` undone wherever it is one; the rest stays. A zero byte ends the text, as in C. */
export function unescapeText(text: string): string {
  const plain = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const zero = plain.indexOf('\0');
  return zero === -1 ? plain : plain.slice(0, zero);
}

/** Whether a byte is in there that must not stand in a query: a control character or a space. */
export function hasControls(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return /[\x00-\x20\x7f]/.test(text);
}
