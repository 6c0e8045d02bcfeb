// Request lines and status lines (RFC 9112 §3, §4), and the four forms of a request target (§3.2).
import { readLatin1 } from './latin1.ts';
import { isServableHost, parseHost } from '../http/host.ts';
import { reasonPhrase } from '../http/status.ts';

/** What kind of target a request line has; `other` is none of RFC 9112 §3.2, and is met only where any target is taken. */
export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk' | 'other';

const ABSOLUTE = /^https?:\/\/([^/?]+)/i;

/** The form of a target, or the fault that it has for this method. The scanner has already checked its characters. */
export function decideTargetForm(method: string, target: string): TargetForm | 'badTarget' {
  // RFC 9110 §9.3.6: CONNECT has the authority form and nothing else.
  if (method === 'CONNECT') return hasHost(target) && hasUsablePort(target) ? 'authority' : 'badTarget';
  if (target.startsWith('/')) return 'origin';
  // RFC 9112 §3.2.4: the asterisk is for OPTIONS only.
  if (target === '*') return method === 'OPTIONS' ? 'asterisk' : 'badTarget';
  const authority = ABSOLUTE.exec(target)?.[1];
  return authority !== undefined && hasHost(authority) ? 'absolute' : 'badTarget';
}

/** RFC 9112 §3.2.2: this authority takes the place of Host, so the same grammar holds; but it is never empty (RFC 9110 §4.2.1). */
function hasHost(authority: string): boolean {
  const host = parseHost(authority)?.host;
  return host !== undefined && host !== '' && isServableHost(authority);
}

/** RFC 9110 §9.3.6: there is no default port, and an invalid one is refused; nothing listens on port 0 (RFC 6335 §6). */
function hasUsablePort(authority: string): boolean {
  const port = parseHost(authority)?.port;
  return port !== undefined && port > 0;
}

/** The method as a string; the common ones without making a new one. */
export function readMethod(bytes: Buffer, start: number, end: number): string {
  if (end - start === 3) {
    if (bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54) return 'GET';
    if (bytes[start] === 0x50 && bytes[start + 1] === 0x55 && bytes[start + 2] === 0x54) return 'PUT';
  }
  if (end - start === 4) {
    if (bytes[start] === 0x50 && bytes[start + 1] === 0x4f && bytes[start + 2] === 0x53 && bytes[start + 3] === 0x54)
      return 'POST';
    if (bytes[start] === 0x48 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x41 && bytes[start + 3] === 0x44)
      return 'HEAD';
  }
  return readLatin1(bytes, start, end);
}

/** The reason phrase as it was sent; the registered one of the status, which most servers send, without making a new string. */
export function readReason(bytes: Buffer, start: number, end: number, status: number): string {
  const phrase = reasonPhrase(status);
  if (phrase.length !== end - start) return readLatin1(bytes, start, end);
  for (let at = 0; at < phrase.length; at += 1) {
    if (bytes[start + at] !== phrase.charCodeAt(at)) return readLatin1(bytes, start, end);
  }
  return phrase;
}

const statusLines = new Map<number, string>();

/**
 * `HTTP/1.1 200 OK` and CR LF. A server always states its own version, 1.1, whatever the request's (RFC 9110 §2.5).
 * `reason` takes the place of the registered phrase, and has been checked.
 */
export function formatStatusLine(status: number, reason = ''): string {
  if (reason !== '') return `HTTP/1.1 ${status} ${reason}\r\n`;
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
    statusLines.set(status, line);
  }
  return line;
}

/** `GET /path HTTP/1.1` and CR LF. */
export function formatRequestLine(method: string, target: string): string {
  return `${method} ${target} HTTP/1.1\r\n`;
}
