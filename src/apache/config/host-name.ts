// The name in a Host field or in an absolute URL: what Apache takes for one (RFC 9110, §7.2; RFC 1123, §2.1), and in which form it compares it.
import { isIpv6Address } from '../../http/ip-literal.ts';

/** A name in lower case, without its last dot, or an address without its brackets. */
export interface HostName {
  readonly name: string;
  readonly port: number | undefined;
}

/** How strictly it is read: as HttpProtocolOptions says. */
export type HostStrictness = 'strict' | 'unsafe';

const HIGHEST_PORT = 65_535;

/** Undefined: the request is refused with 400. */
export function parseHostName(text: string, strictness: HostStrictness): HostName | undefined {
  if (text.startsWith('[')) return parseAddress(text);
  const colon = text.lastIndexOf(':');
  if (colon === -1) return withPort(text, undefined, strictness);
  const digits = text.slice(colon + 1);
  if (/^[0-9]+$/.test(digits)) {
    const port = readPort(digits);
    return port === undefined ? undefined : withPort(text.slice(0, colon), port, strictness);
  }
  // Without the strict rules a colon may stand anywhere.
  return strictness === 'strict' ? undefined : withPort(text, undefined, strictness);
}

/** Undefined for what is no port; `digits` may be empty. */
export function readPort(digits: string): number | undefined {
  const port = Number(digits);
  return port >= 1 && port <= HIGHEST_PORT ? port : undefined;
}

function withPort(text: string, port: number | undefined, strictness: HostStrictness): HostName | undefined {
  const name = readName(text, strictness);
  return name === undefined ? undefined : { name, port };
}

function parseAddress(text: string): HostName | undefined {
  const bracket = text.indexOf(']');
  if (bracket === -1) return undefined;
  const address = text.slice(1, bracket);
  if (!isIpv6Address(address)) return undefined;
  const rest = text.slice(bracket + 1);
  if (rest === '') return { name: address.toLowerCase(), port: undefined };
  if (!/^:[0-9]+$/.test(rest)) return undefined;
  const port = readPort(rest.slice(1));
  return port === undefined ? undefined : { name: address.toLowerCase(), port };
}

/** The name of a host as it is compared; undefined for what is none. Also for absolute URLs, whose port was cut off. */
export function readName(text: string, strictness: HostStrictness): string | undefined {
  // Names may become parts of paths.
  if (text === '' || text.includes('..') || /[/\\]/.test(text)) return undefined;
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name === '') return undefined;
  return strictness === 'unsafe' || isStrictName(name) ? name : undefined;
}

/** Letters, digits, `-` and `_`. Only digits and dots are an address, of four parts without zeros in front; a top-level domain has a letter first. */
function isStrictName(name: string): boolean {
  if (!/^[a-z0-9._-]+$/.test(name)) return false;
  if (/^[0-9.]+$/.test(name)) {
    const parts = name.split('.');
    return parts.length === 4 && parts.every((part) => part !== '' && !/^0[0-9]/.test(part));
  }
  const dot = name.lastIndexOf('.');
  return dot === -1 || /[a-z]/.test(name.charAt(dot + 1));
}
