// Tokens, field values and comma lists (RFC 9110 §5.5, §5.6). Text only: bytes are the business of the wire.

// RFC 9110 §5.6.2: tchar. A table, because every field name of every message goes through it.
const IS_TOKEN_CHARACTER: Uint8Array = new Uint8Array(128);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  IS_TOKEN_CHARACTER[character.charCodeAt(0)] = 1;
}

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

/** Whether the text is a token: at least one character, and only those that a name may have (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || IS_TOKEN_CHARACTER[code] === 0) return false;
  }
  return text.length > 0;
}

/** The token in lower case (the same string where it is so already), or undefined where the text is no token. */
export function lowerCaseToken(text: string): string | undefined {
  let hasUpperCase = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || IS_TOKEN_CHARACTER[code] === 0) return undefined;
    if (code >= UPPER_A && code <= UPPER_Z) hasUpperCase = true;
  }
  if (text.length === 0) return undefined;
  return hasUpperCase ? text.toLowerCase() : text;
}

/**
 * Whether the text may stand as a field value on the wire (RFC 9110 §5.5): code units up to 0xFF, no control character but HTAB.
 * White space at either end is allowed here; it is not part of the value and is trimmed by whoever reads it.
 */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff || code === DELETE || (code < SPACE && code !== TAB)) return false;
  }
  return true;
}

/** Cuts SP and HTAB off both ends (OWS, RFC 9110 §5.6.3), and nothing else that other languages call white space. */
export function trimFieldWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isFieldWhitespace(text.charCodeAt(start))) start++;
  while (end > start && isFieldWhitespace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/**
 * The elements of a comma list, trimmed, without the empty ones that RFC 9110 §5.6.1.2 tells a recipient to ignore.
 * A comma inside a quoted string separates nothing; quotes stay in the element. An open quote reaches to the end.
 */
export function splitList(value: string): string[] {
  return splitOutsideQuotes(value, ',');
}

/** As {@link splitList}, with other separators: each character of `separators` is one. */
export function splitOutsideQuotes(value: string, separators: string): string[] {
  const elements: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === QUOTE) quoted = !quoted;
    // A quoted-pair (RFC 9110 §5.6.4) hides the quote that it escapes.
    else if (quoted && code === BACKSLASH) i++;
    else if (!quoted && separators.includes(value.charAt(i))) {
      elements.push(trimFieldWhitespace(value.slice(start, i)));
      start = i + 1;
    }
  }
  elements.push(trimFieldWhitespace(value.slice(start)));
  return elements.filter((element) => element !== '');
}

/**
 * Whether a comma list has the token as one whole element, in any letter case. `token` is given in lower case.
 * Allocates nothing: it is asked several times for every message (`close`, `keep-alive`, `chunked`).
 */
export function hasListToken(value: string, token: string): boolean {
  if (value === token) return token !== '';
  let i = 0;
  while (i < value.length) {
    while (i < value.length && (value.charCodeAt(i) === COMMA || isFieldWhitespace(value.charCodeAt(i)))) i++;
    const start = i;
    let end = i;
    let quoted = false;
    for (; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code === QUOTE) quoted = !quoted;
      else if (quoted && code === BACKSLASH) i++;
      else if (code === COMMA && !quoted) break;
      if (!isFieldWhitespace(code)) end = i + 1;
    }
    if (end - start === token.length && end > start && equalsIgnoringCase(value, start, token)) return true;
  }
  return false;
}

function isFieldWhitespace(code: number): boolean {
  return code === SPACE || code === TAB;
}

// Only A to Z fold: `toLowerCase` would also fold letters outside ASCII, such as the Kelvin sign, into ASCII ones.
function equalsIgnoringCase(value: string, start: number, lowerCase: string): boolean {
  for (let i = 0; i < lowerCase.length; i++) {
    const code = value.charCodeAt(start + i);
    const folded = code >= UPPER_A && code <= UPPER_Z ? code + 32 : code;
    if (folded !== lowerCase.charCodeAt(i)) return false;
  }
  return true;
}
