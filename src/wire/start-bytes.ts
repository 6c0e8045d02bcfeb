// Bytes of start lines: what a version is made of (RFC 9112 §2.3), and the beginning of a status line (§4) where it is there as a whole.

const PREFIX: Uint8Array = Uint8Array.from([0x48, 0x54, 0x54, 0x50, 0x2f]); // HTTP/
const SPACE = 0x20;
const DOT = 0x2e;
const FIRST_DIGIT = 0x30;
const LAST_DIGIT = 0x39;

/** Bytes of `HTTP/1.1`. */
export const VERSION_LENGTH = 8;

/** Bytes of `HTTP/1.1 200 `. */
export const STATUS_START_LENGTH = 13;

/** Whether a version may have this byte at this place: `HTTP/` DIGIT `.` DIGIT, in upper case. */
export function isVersionByte(index: number, byte: number): boolean {
  if (index < 5) return byte === PREFIX[index];
  return index === 6 ? byte === DOT : byte >= FIRST_DIGIT && byte <= LAST_DIGIT;
}

/**
 * The status where nothing but `HTTP/1.1`, a space, three digits and a space stands there, as in nearly every response; otherwise 0,
 * and whoever asked looks at each byte.
 */
export function readStatusStart(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < STATUS_START_LENGTH) return 0;
  if (bytes[at] !== 0x48 || bytes[at + 1] !== 0x54 || bytes[at + 2] !== 0x54 || bytes[at + 3] !== 0x50) return 0;
  if (bytes[at + 4] !== 0x2f || bytes[at + 5] !== 0x31 || bytes[at + 6] !== DOT || bytes[at + 7] !== 0x31) return 0;
  if (bytes[at + 8] !== SPACE || bytes[at + 12] !== SPACE) return 0;
  const hundreds = bytes[at + 9]! - FIRST_DIGIT;
  const tens = bytes[at + 10]! - FIRST_DIGIT;
  const ones = bytes[at + 11]! - FIRST_DIGIT;
  if (hundreds < 1 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return 0;
  return hundreds * 100 + tens * 10 + ones;
}
