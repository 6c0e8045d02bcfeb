// IP addresses as bytes, ranges of them (CIDR, RFC 4632 and RFC 4291 §2.3), and their text (RFC 5952). Nothing is looked up.
import { isIpv6Address } from './ip-literal.ts';

/** Sixteen bytes; an IPv4 address stands in its IPv4-mapped form (RFC 4291 §2.5.5.2), so that both are compared in one way. */
export type IpAddress = Uint8Array;

/** All addresses that begin with the same bits. */
export interface AddressRange {
  readonly address: IpAddress;
  /** Of the sixteen bytes: a range of IPv4 has 96 more than its text says. */
  readonly prefixBits: number;
}

const ADDRESS_BYTES = 16;
const MAPPED_BITS = 96;
const IPV4_PATTERN = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const PREFIX_PATTERN = /^(?:0|[1-9]\d{0,2})$/;

/** Whether the text is an IPv4 address in dots; no octal, no short forms. */
export function isIpv4Address(text: string): boolean {
  return IPV4_PATTERN.test(text);
}

/** The address that the text is, IPv6 without brackets and without a zone; undefined where it is none. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (isIpv4Address(text)) {
    const bytes = new Uint8Array(ADDRESS_BYTES);
    bytes[10] = 0xff;
    bytes[11] = 0xff;
    bytes.set(text.split('.').map(Number), 12);
    return bytes;
  }
  return isIpv6Address(text) ? parseIpv6(text) : undefined;
}

function parseIpv6(text: string): IpAddress {
  const [before = '', after] = text.split('::');
  const head = toBytes(before);
  const tail = after === undefined ? [] : toBytes(after);
  const bytes = new Uint8Array(ADDRESS_BYTES);
  bytes.set(head);
  bytes.set(tail, ADDRESS_BYTES - tail.length);
  return bytes;
}

function toBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Whether it is an IPv4 address, written as such or mapped. */
export function isMappedIpv4(address: IpAddress): boolean {
  return address[10] === 0xff && address[11] === 0xff && address.subarray(0, 10).every((byte) => byte === 0);
}

/** The one text of an address: IPv4 in dots, IPv6 in lower case with its longest run of zeros left out (RFC 5952 §4). */
export function formatIpAddress(address: IpAddress): string {
  if (isMappedIpv4(address)) return address.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (address[index * 2]! << 8) | address[index * 2 + 1]!);
  const texts = groups.map((group) => group.toString(16));
  const { start, length } = longestZeros(groups);
  // §4.2.2: a single group of zeros is not shortened.
  if (length < 2) return texts.join(':');
  return `${texts.slice(0, start).join(':')}::${texts.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}

/** `10.0.0.0/8`, `fd00::/8`, or a single address; undefined where the text is neither. Bits behind the prefix do not matter. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf('/');
  const addressText = slash === -1 ? text : text.slice(0, slash);
  const address = parseIpAddress(addressText);
  if (address === undefined) return undefined;
  if (slash === -1) return { address, prefixBits: ADDRESS_BYTES * 8 };
  const prefixText = text.slice(slash + 1);
  if (!PREFIX_PATTERN.test(prefixText)) return undefined;
  const prefixBits = Number(prefixText) + (isIpv4Address(addressText) ? MAPPED_BITS : 0);
  return prefixBits <= ADDRESS_BYTES * 8 ? { address, prefixBits } : undefined;
}

/** Whether the address is in the range. */
export function isInRange(address: IpAddress, range: AddressRange): boolean {
  const wholeBytes = range.prefixBits >> 3;
  for (let i = 0; i < wholeBytes; i++) if (address[i] !== range.address[i]) return false;
  const restBits = range.prefixBits & 7;
  if (restBits === 0) return true;
  const shift = 8 - restBits;
  return address[wholeBytes]! >> shift === range.address[wholeBytes]! >> shift;
}

/**
 * What counts as one client: an IPv4 address, or the /64 of an IPv6 one, which is the least that a subscriber is given (RFC 6177 §2):
 * whoever has it can come from any address in it.
 */
export function clientKey(address: IpAddress): string {
  if (isMappedIpv4(address)) return formatIpAddress(address);
  const network = new Uint8Array(ADDRESS_BYTES);
  network.set(address.subarray(0, 8));
  return `${formatIpAddress(network)}/64`;
}
