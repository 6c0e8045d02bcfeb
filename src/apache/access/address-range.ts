// Ranges of addresses as Require ip, Allow from and expressions name them: whole, in part (`10.1`), with bits or a mask. Pure.
import { isIpv6Address } from '../../http/ip-literal.ts';

/** The bytes of an address that count, and which bits of them. */
export interface AddressRange {
  readonly bytes: readonly number[];
  readonly mask: readonly number[];
}

/** What is wrong with a text. `noAddress`: it may be a name. */
export type AddressFault = 'noAddress' | 'badAddress' | 'badMask';

/** Apache's words for a fault behind the text it repeats. */
export function describeAddressFault(fault: Exclude<AddressFault, 'noAddress'>): string {
  return fault === 'badMask' ? 'The specified network mask is invalid.' : 'The specified IP address is invalid.';
}

export function parseAddressRange(text: string): AddressRange | AddressFault {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const isVersion6 = address.includes(':');
  if (!isVersion6 && !/^[\d.]+$/.test(address)) return 'noAddress';
  if (slash === -1 && !isVersion6) {
    const part = parsePartial(address);
    if (part !== undefined) return part;
  }
  const bytes = isVersion6 ? parseVersion6(address) : parseVersion4(address);
  if (bytes === undefined) return 'badAddress';
  if (slash === -1) return { bytes, mask: bytes.map(() => 255) };
  const mask = parseMask(text.slice(slash + 1), bytes.length);
  if (mask === undefined) return 'badMask';
  return { bytes: bytes.map((byte, at) => byte & mask[at]!), mask };
}

/** Whether an address, as the system writes it, is in the range. An IPv4 address written as IPv6 is one of IPv4. */
export function isInRange(address: string, range: AddressRange): boolean {
  const bytes = parseAddress(address);
  if (bytes === undefined || (bytes.length === 16) !== (range.bytes.length === 16)) return false;
  return range.bytes.every((byte, at) => (bytes[at]! & range.mask[at]!) === byte);
}

/** Whether client and server are the same machine, as far as addresses tell (Require local). */
export function isLocal(remoteAddress: string, localAddress: string): boolean {
  const remote = parseAddress(remoteAddress);
  if (remote === undefined) return false;
  if (remote.length === 4 && remote[0] === 127) return true;
  if (remote.length === 16 && remote.every((byte, at) => byte === (at === 15 ? 1 : 0))) return true;
  return parseAddress(localAddress)?.join() === remote.join();
}

function parseAddress(text: string): readonly number[] | undefined {
  if (!text.includes(':')) return parseVersion4(text);
  const bytes = parseVersion6(text);
  const isMapped = bytes?.slice(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 255)) === true;
  return isMapped ? bytes.slice(12) : bytes;
}

function parseVersion4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  return parseOctets(parts);
}

function parseOctets(parts: readonly string[]): readonly number[] | undefined {
  return parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255) ? parts.map(Number) : undefined;
}

/** `10`, `10.1` or `10.1.2`, with or without a dot at the end. */
function parsePartial(text: string): AddressRange | undefined {
  const parts = text.replace(/\.$/, '').split('.');
  const bytes = parts.length < 4 ? parseOctets(parts) : undefined;
  return bytes === undefined ? undefined : { bytes, mask: bytes.map(() => 255) };
}

function parseVersion6(text: string): readonly number[] | undefined {
  if (!isIpv6Address(text)) return undefined;
  const embedded = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  let whole = text;
  if (embedded !== null) {
    const [a, b, c, d] = embedded.slice(2).map(Number) as [number, number, number, number];
    whole = `${embedded[1]!}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [before = '', after] = whole.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const all = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
  return all.flatMap((group) => [group >> 8, group & 255]);
}

function parseMask(text: string, lengthBytes: number): readonly number[] | undefined {
  if (/^\d+$/.test(text)) {
    const bits = Number(text);
    if (bits < 1 || bits > lengthBytes * 8) return undefined;
    return Array.from({ length: lengthBytes }, (_, at) => 256 - 2 ** (8 - Math.max(0, Math.min(8, bits - at * 8))));
  }
  return lengthBytes === 4 ? parseVersion4(text) : undefined;
}
