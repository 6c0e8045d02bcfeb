// Networks as configurations write them (Require ip, Allow from, -R, -ipmatch), and whether an address is in one.
import { isMappedIpv4, parseIpAddress } from '../../http/ip-address.ts';

/** Bytes of an address, and of the mask: 4 or 16. */
export interface Subnet {
  readonly address: readonly number[];
  readonly mask: readonly number[];
}

/** What is wrong with a text. `noAddress`: it may be a name. */
export type SubnetFault = 'noAddress' | 'badAddress' | 'badMask';

/** Apache's words for a fault. */
export function describeSubnetFault(fault: SubnetFault): string {
  switch (fault) {
    case 'noAddress':
      return 'An IP address was expected';
    case 'badAddress':
      return 'The specified IP address is invalid.';
    case 'badMask':
      return 'The specified network mask is invalid.';
  }
}

function maskOf(bits: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => {
    const ones = Math.min(8, Math.max(0, bits - 8 * index));
    return (0xff << (8 - ones)) & 0xff;
  });
}

/** Decimal numbers, however many zeros they begin with. */
function parseNumbers(parts: readonly string[]): number[] | undefined {
  return parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255) ? parts.map(Number) : undefined;
}

/** Four numbers with dots; undefined where it is anything else. */
function parseIPv4(text: string): number[] | undefined {
  const parts = text.split('.');
  return parts.length === 4 ? parseNumbers(parts) : undefined;
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const dotted = index === groups.length - 1 && group.includes('.') ? parseIPv4(group) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (/^0*[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}

/** RFC 4291, section 2.2, and any number of zeros in front; no zones. */
function parseIPv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  if (halves.length === 1) return head?.length === 16 ? head : undefined;
  const tail = parseGroups(halves[1] ?? '');
  if (head === undefined || tail === undefined || head.length + tail.length > 14) return undefined;
  if ((halves[0] ?? '').includes('.')) return undefined;
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail];
}

/** `10`, `10.1.`, `10.1.2`: as many bytes of the mask as there are numbers. */
function parsePartial(text: string): Subnet | undefined {
  const parts = text.replace(/\.$/, '').split('.');
  const numbers = parts.length <= 4 ? parseNumbers(parts) : undefined;
  if (numbers === undefined) return undefined;
  return { address: [...numbers, 0, 0, 0].slice(0, 4), mask: maskOf(8 * numbers.length, 4) };
}

/** Bits as strtol takes them, or for IPv4 also four numbers. */
function parseMask(text: string, bytes: number): number[] | undefined {
  if (/^[\t-\r ]*\+?\d+$/.test(text)) {
    const bits = Number(text);
    return bits > 0 && bits <= 8 * bytes ? maskOf(bits, bytes) : undefined;
  }
  return bytes === 4 ? parseIPv4(text) : undefined;
}

/** An address, one with a mask, or the start of an IPv4 address. */
export function parseSubnet(text: string): Subnet | SubnetFault {
  const slash = text.indexOf('/');
  const written = slash === -1 ? text : text.slice(0, slash);
  if (!written.includes(':') && !/^[\d.]+$/.test(written)) return 'noAddress';
  const address = parseIPv4(written) ?? parseIPv6(written);
  if (address === undefined) return (slash === -1 ? parsePartial(written) : undefined) ?? 'badAddress';
  // Clients with such an address count as clients with the IPv4 address.
  if (isMapped(address)) return 'badAddress';
  if (slash === -1) return { address, mask: maskOf(8 * address.length, address.length) };
  const mask = parseMask(text.slice(slash + 1), address.length);
  if (mask === undefined) return 'badMask';
  return { address: address.map((byte, index) => byte & mask[index]!), mask };
}

function isMapped(address: readonly number[]): boolean {
  return address.length === 16 && isMappedIpv4(Uint8Array.from(address));
}

/** As inet_aton takes it, where an address is looked up: also fewer numbers, of which the last one fills the rest; octal and hexadecimal ones. */
function parseLooseIPv4(text: string): number[] | undefined {
  if (!/^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}$/i.test(text)) return undefined;
  const numbers = text.split('.').map((part) => (/^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  const bytes = [3, 2, 1, 0].map((power) => Math.floor(last / 256 ** power) % 256);
  return [...numbers, ...bytes.slice(numbers.length)];
}

/** An IPv4 address that is written as IPv6 is one of IPv4. */
function parseLookedUp(text: string): ArrayLike<number> | undefined {
  const loose = parseLooseIPv4(text);
  if (loose !== undefined) return loose;
  const address = parseIpAddress(text);
  return address !== undefined && isMappedIpv4(address) ? address.subarray(12) : address;
}

/** Whether the address is in the network. Names are not looked up. A text that is no address is in none. */
export function isInSubnet(text: string, { address: network, mask }: Subnet): boolean {
  const address = parseLookedUp(text);
  return (
    address?.length === network.length && network.every((byte, index) => (address[index]! & mask[index]!) === byte)
  );
}
