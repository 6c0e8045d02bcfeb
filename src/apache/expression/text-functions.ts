// Functions of expressions that depend on their argument alone. Byte strings in, byte strings out.
import { lowerAscii, upperAscii } from '../syntax/ascii-case.ts';
import type { TextFunction } from './names.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What stays as it is in a path (ap_escape_uri). */
const PATH_BYTES = /[^a-zA-Z0-9$\-_.+!*'(),:;@&=/~]/g;

/** The special characters of filters (RFC 4515, section 3) and distinguished names (RFC 4514, section 2.4), and what is not printable. */
const LDAP_BYTES = /[^ !#-'\--:=?-[\]-~]/g;

function hex(byte: string): string {
  return byte.charCodeAt(0).toString(16).padStart(2, '0');
}

function encodeBase64(text: string): string {
  let result = '';
  for (let at = 0; at < text.length; at += 3) {
    const left = text.length - at;
    const bits =
      (text.charCodeAt(at) << 16) |
      ((left > 1 ? text.charCodeAt(at + 1) : 0) << 8) |
      (left > 2 ? text.charCodeAt(at + 2) : 0);
    result += BASE64.charAt(bits >> 18) + BASE64.charAt((bits >> 12) & 63);
    result += left > 1 ? BASE64.charAt((bits >> 6) & 63) : '=';
    result += left > 2 ? BASE64.charAt(bits & 63) : '=';
  }
  return result;
}

/** Up to the first byte that is none of the alphabet. */
function decodeBase64(text: string): string {
  let result = '';
  let bits = 0;
  let count = 0;
  for (const character of text) {
    const value = BASE64.indexOf(character);
    if (value === -1) break;
    bits = ((bits << 6) | value) & 0xff_ffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    result += String.fromCharCode((bits >> count) & 0xff);
  }
  return result;
}

/** Empty where an escape is broken, or stands for a zero byte; `%2F` stays. */
function unescapePath(text: string): string {
  if (/%(?![0-9a-fA-F]{2})|%00/.test(text)) return '';
  return text.replace(/%([0-9a-fA-F]{2})/g, (escape, digits: string) =>
    digits.toLowerCase() === '2f' ? escape : String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

const FUNCTIONS: Readonly<Record<TextFunction, (text: string) => string>> = {
  tolower: lowerAscii,
  toupper: upperAscii,
  escape: (text) => text.replace(PATH_BYTES, (byte) => `%${hex(byte)}`),
  unescape: unescapePath,
  base64: encodeBase64,
  unbase64: decodeBase64,
  ldap: (text) => text.replace(LDAP_BYTES, (byte) => `\\${hex(byte)}`),
};

export function isTextFunction(name: string): name is TextFunction {
  return Object.hasOwn(FUNCTIONS, name);
}

export function callTextFunction(name: TextFunction, argument: string): string {
  return FUNCTIONS[name](argument);
}
