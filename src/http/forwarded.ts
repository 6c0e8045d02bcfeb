// What proxies say of a request in fields: Forwarded (RFC 7239), and the X-Forwarded-… family that came before it and is what most send.
// Read from the right, because every proxy adds at the right: what stands further left may be anybody's, and must not be able to
// change how the rest is read. Whom to believe is decided elsewhere.
import { isServableHost } from './host.ts';
import { formatIpAddress, parseIpAddress } from './ip-address.ts';
import type { Scheme } from './origin.ts';
import { isToken, splitOutsideQuotes, trimFieldWhitespace } from './tokens.ts';

/** One node of the way, as somebody named it. */
export interface ForwardedNode {
  /** IPv4 in dots, or IPv6 without brackets. */
  readonly address: string;
  readonly port: number | undefined;
}

/** What one proxy said of the request as it came in there. Whatever it did not say, or not in a form that is valid, is undefined. */
export interface ForwardedElement {
  /** Who sent it the request; undefined also for `unknown` and for names that were made up to hide it (RFC 7239 §6.3). */
  readonly node: ForwardedNode | undefined;
  readonly protocol: Scheme | undefined;
  readonly host: string | undefined;
}

const NOTHING: ForwardedElement = { node: undefined, protocol: undefined, host: undefined };

/** The parts between commas, the last one first. Quotes are counted from the right, so that an open one further left hides nothing. */
export function* splitFromRight(value: string): Generator<string> {
  let end = value.length;
  let quoted = false;
  for (let i = value.length - 1; i >= 0; i--) {
    const character = value[i];
    if (character === '"' && !(quoted && isEscaped(value, i))) quoted = !quoted;
    else if (character === ',' && !quoted) {
      const part = trimFieldWhitespace(value.slice(i + 1, end));
      if (part !== '') yield part;
      end = i;
    }
  }
  const first = trimFieldWhitespace(value.slice(0, end));
  if (first !== '') yield first;
}

function isEscaped(value: string, at: number): boolean {
  let start = at;
  while (value[start - 1] === '\\') start--;
  return (at - start) % 2 === 1;
}

/** One element of a Forwarded field. Where any of its pairs breaks the grammar, nothing of the element is believed. */
export function parseForwardedElement(element: string): ForwardedElement {
  const pairs = new Map<string, string>();
  for (const pair of splitOutsideQuotes(element, ';')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(equals, 0)).toLowerCase();
    const value = unquote(pair.slice(equals + 1));
    // RFC 7239 §4: each parameter once.
    if (!isToken(name) || value === undefined || pairs.has(name)) return NOTHING;
    pairs.set(name, value);
  }
  return {
    node: parseNode(pairs.get('for')),
    protocol: parseScheme(pairs.get('proto')),
    host: parseServableHost(pairs.get('host')),
  };
}

/** The text of a token or of a quoted-string (RFC 9110 §5.6.4); undefined where it is neither. */
function unquote(text: string): string | undefined {
  if (isToken(text)) return text;
  if (!/^"(?:[^"\\]|\\[^])*"$/.test(text)) return undefined;
  return text.slice(1, -1).replaceAll(/\\([^])/g, '$1');
}

/**
 * An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, and `2001:db8::1`, as X-Forwarded-For has it.
 * Undefined where it is none.
 */
export function parseNode(text: string | undefined): ForwardedNode | undefined {
  if (text === undefined) return undefined;
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = parseIpAddress(bracketed ?? plain ?? text);
  if (address === undefined || (bracketed !== undefined && !bracketed.includes(':'))) return undefined;
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && port > 65_535) return undefined;
  return { address: formatIpAddress(address), port };
}

/** The scheme of a request, in any letter case; undefined for all that are not served here. */
export function parseScheme(text: string | undefined): Scheme | undefined {
  const scheme = text?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

/** A value that a Host field could have, with a host in it; undefined where it is none. */
export function parseServableHost(text: string | undefined): string | undefined {
  return text !== undefined && text !== '' && isServableHost(text) ? text : undefined;
}
