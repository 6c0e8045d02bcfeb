// One look-up table for the classes of bytes that the grammar of HTTP knows (RFC 9110 §5.6.2, §5.5; RFC 3986 §2).

/** `tchar`: a byte of a token. */
export const TOKEN = 1;
/** A byte of a request target: visible ASCII but `#`, which ends a reference and is never sent. Anything else must be percent-encoded. */
export const TARGET = 2;
/** A byte of a field value, white space included: HTAB, SP, VCHAR and obs-text. */
export const VALUE = 4;
/** A hexadecimal digit. */
export const HEX = 8;

function buildTable(): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    const text = String.fromCharCode(byte);
    if (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/.test(text)) table[byte]! |= TOKEN;
    if (byte > 0x20 && byte < 0x7f && text !== '#') table[byte]! |= TARGET;
    if (byte === 0x09 || (byte >= 0x20 && byte !== 0x7f)) table[byte]! |= VALUE;
    if (/^[0-9A-Fa-f]$/.test(text)) table[byte]! |= HEX;
  }
  return table;
}

/** Indexed by byte; the classes above as bits. */
export const CHARACTER_CLASS: Uint8Array = buildTable();

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
