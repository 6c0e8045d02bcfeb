// Which hosts are asked directly although there is a proxy: the list in NO_PROXY, as curl reads it. No standard exists; every program
// has rules of its own, and those of curl since 7.86 are the ones that most agree with. Ports are from Go. Pure.
import { isIpv6Address } from '../../http/ip-literal.ts';
import type { OriginParts } from '../../http/origin.ts';

/** Whether a host is on the list. */
export type NoProxy = (origin: Pick<OriginParts, 'host' | 'port'>) => boolean;

/** An address, or the beginning that many addresses share. */
interface Network {
  /** 32 or 128. */
  readonly bits: number;
  readonly value: bigint;
  /** How many bits must agree. */
  readonly prefix: number;
}

interface Entry {
  /** Undefined: any. */
  readonly port: number | undefined;
  /** `undefined` where {@link network} decides. */
  readonly name: string | undefined;
  readonly network: Network | undefined;
}

const NOBODY: NoProxy = () => false;

/**
 * Reads a list whose entries are separated by commas or white space:
 *
 * - `*`: every host.
 * - `example.com`, `.example.com`, `*.example.com`: this host and all below it.
 * - `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`: this address, where the URL has it as an address: names are not looked up.
 * - `192.0.2.0/24`, `2001:db8::/32`: every address of this network.
 * - each of them with a port, `example.com:8080`: only that port.
 */
export function parseNoProxy(list: string | undefined): NoProxy {
  const entries = (list ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  if (entries.includes('*')) return () => true;
  const parsed = entries.map(parseEntry);
  if (parsed.length === 0) return NOBODY;
  return ({ host, port }) => {
    const name = host.replace(/\.$/, '');
    const address = parseAddress(name);
    return parsed.some((entry) => {
      if (entry.port !== undefined && entry.port !== port) return false;
      if (entry.network !== undefined) return address !== undefined && isWithin(address, entry.network);
      // An address has no hosts below it.
      return address === undefined && (name === entry.name || name.endsWith(`.${entry.name}`));
    });
  };
}

function parseEntry(text: string): Entry {
  const [, bracketed, host = bracketed ?? text, portText] =
    // An address of IPv6 without brackets has no port.
    isIpv6Address(text.split('/', 1)[0] ?? '') ? [] : (/^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(text) ?? []);
  const port = portText === undefined ? undefined : Number(portText);
  const network = parseNetwork(host);
  if (network !== undefined) return { port, name: undefined, network };
  const name = host
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  return { port, name, network: undefined };
}

function parseNetwork(text: string): Network | undefined {
  const [address = '', prefixText] = text.split('/');
  const network = parseAddress(address);
  if (network === undefined || prefixText === undefined) return network;
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Infinity;
  return prefix <= network.bits ? { ...network, prefix } : undefined;
}

function parseAddress(text: string): Network | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const bytes = text.split('.').map(Number);
    return bytes.every((byte) => byte <= 255) ? makeAddress(bytes, 8) : undefined;
  }
  if (!isIpv6Address(text)) return undefined;
  // The parser of URLs has one form for each address, with hexadecimal groups only.
  const [before = '', after] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split('::');
  const head = readGroups(before);
  const tail = readGroups(after ?? '');
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return makeAddress([...head, ...gap, ...tail], 16);
}

function readGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function makeAddress(parts: readonly number[], bitsOfEach: number): Network {
  const bits = parts.length * bitsOfEach;
  const value = parts.reduce((sum, part) => (sum << BigInt(bitsOfEach)) | BigInt(part), 0n);
  return { bits, value, prefix: bits };
}

function isWithin(address: Network, { bits, value, prefix }: Network): boolean {
  const rest = BigInt(bits - prefix);
  return address.bits === bits && address.value >> rest === value >> rest;
}
