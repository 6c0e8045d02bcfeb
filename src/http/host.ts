// The value of the Host field: uri-host [ ":" port ] (RFC 9110 §7.2, RFC 3986 §3.2.2). It runs for every request.
import { isIpLiteral } from './ip-literal.ts';

/** A parsed Host value. The host is as it was sent: letter case and percent-encoding kept, IPv6 in its brackets. */
export interface HostAndPort {
  readonly host: string;
  /** Undefined where none was given, or an empty one (`example.com:`). */
  readonly port: number | undefined;
}

const PERCENT = 0x25;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const MAX_PORT = 65_535;

// RFC 3986 §2.2, §2.3: unreserved and sub-delims, what a registered name is made of besides percent-encoding.
const IS_NAME_CHARACTER: Uint8Array = new Uint8Array(128);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=") {
  IS_NAME_CHARACTER[character.charCodeAt(0)] = 1;
}

/**
 * Parses the value of a Host field that white space was trimmed from; undefined where it is invalid, which a server answers
 * with 400 (RFC 9112 §3.2). The empty value is valid: it belongs to targets without an authority. An empty host with a port is
 * refused, because a URI of http or https may not have one (RFC 9110 §4.2.1).
 */
export function parseHost(value: string): HostAndPort | undefined {
  const hostEnd = value.charCodeAt(0) === OPEN_BRACKET ? literalEnd(value) : nameEnd(value);
  if (hostEnd === -1) return undefined;
  if (hostEnd === value.length) return { host: value, port: undefined };
  if (hostEnd === 0 || value.charCodeAt(hostEnd) !== COLON) return undefined;
  const port = parsePort(value, hostEnd + 1);
  if (port === -1) return undefined;
  return { host: value.slice(0, hostEnd), port };
}

/** Where the registered name or IPv4 address ends, -1 where it is none. */
function nameEnd(value: string): number {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 128 && IS_NAME_CHARACTER[code] === 1) continue;
    if (code === COLON) return i;
    if (code !== PERCENT || !isHexDigit(value.charCodeAt(i + 1)) || !isHexDigit(value.charCodeAt(i + 2))) return -1;
    i += 2;
  }
  return value.length;
}

/** Where the address in brackets ends, behind the closing one; -1 where it is none. */
function literalEnd(value: string): number {
  const close = value.indexOf(']');
  return close !== -1 && isIpLiteral(value.slice(1, close)) ? close + 1 : -1;
}

/** The port from `start` to the end: undefined where empty, -1 where invalid. */
function parsePort(value: string, start: number): number | undefined {
  if (start === value.length) return undefined;
  let port = 0;
  for (let i = start; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
    if (port > MAX_PORT) return -1;
  }
  return port;
}

function isHexDigit(code: number): boolean {
  // NaN, from beyond the end, is in none of the ranges.
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

/**
 * Whether a Host value names a host that a URL can name. The grammar of RFC 3986 allows more (`1.2.3.4.5`, `a%00b`), but no
 * handler could make a URL of such a request, so it is refused before one fails over it. The empty value names nothing.
 */
export function isServableHost(value: string): boolean {
  return parseHost(value) !== undefined && (value === '' || URL.canParse(`http://${value}/`));
}
