// Networks as configurations write them, and whether an address is in one (apr_ipsubnet_create, as Require ip and -R take them).

/** Bytes of an address, and of the mask: 4 or 16. */
export interface Subnet {
  readonly address: readonly number[];
  readonly mask: readonly number[];
}

function maskOf(bits: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => {
    const ones = Math.min(8, Math.max(0, bits - 8 * index));
    return (0xff << (8 - ones)) & 0xff;
  });
}

/** Four numbers with dots; undefined where it is anything else. */
export function parseIPv4(text: string): number[] | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const dotted = index === groups.length - 1 && group.includes('.') ? parseIPv4(group) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}

/** RFC 4291, section 2.2; no zones. */
export function parseIPv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  if (halves.length === 1) return head?.length === 16 ? head : undefined;
  const tail = parseGroups(halves[1] ?? '');
  if (head === undefined || tail === undefined || head.length + tail.length > 14) return undefined;
  if ((halves[0] ?? '').includes('.')) return undefined;
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail];
}

function isMappedIPv4(address: readonly number[]): boolean {
  return (
    address.length === 16 &&
    address.slice(0, 10).every((byte) => byte === 0) &&
    address[10] === 255 &&
    address[11] === 255
  );
}

/** `10`, `10.1.`, `10.1.2`: as many bytes of the mask as there are numbers. */
function parsePartial(text: string): Subnet | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){0,2}\.?$/.test(text)) return undefined;
  const numbers = text.split('.').filter(Boolean).map(Number);
  if (numbers.some((number) => number > 255)) return undefined;
  return {
    address: [...numbers, 0, 0, 0, 0].slice(0, 4),
    mask: maskOf(8 * numbers.length, 4),
  };
}

/** Bits, or for IPv4 also four numbers. */
function parseMask(text: string, bytes: number): number[] | undefined {
  if (/^\+?\d+$/.test(text)) {
    const bits = Number(text);
    return bits > 0 && bits <= 8 * bytes ? maskOf(bits, bytes) : undefined;
  }
  return bytes === 4 ? parseIPv4(text) : undefined;
}

/** An address, one with a mask, or the start of an IPv4 address. Undefined where it is none of these. */
export function parseSubnet(text: string): Subnet | undefined {
  const slash = text.indexOf('/');
  const written = slash === -1 ? text : text.slice(0, slash);
  const address = parseIPv4(written) ?? parseIPv6(written);
  if (address === undefined) return slash === -1 ? parsePartial(written) : undefined;
  // Clients with such an address count as clients with the IPv4 address.
  if (isMappedIPv4(address)) return undefined;
  const mask =
    slash === -1 ? maskOf(8 * address.length, address.length) : parseMask(text.slice(slash + 1), address.length);
  if (mask === undefined) return undefined;
  return { address: address.map((byte, index) => byte & mask[index]!), mask };
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

/** Whether the address is in the network. Names are not looked up. A text that is no address is in none. */
export function isInSubnet(address: string, { address: network, mask }: Subnet): boolean {
  let bytes = parseLooseIPv4(address) ?? parseIPv6(address);
  if (bytes !== undefined && network.length === 4 && isMappedIPv4(bytes)) bytes = bytes.slice(12);
  return bytes?.length === network.length && bytes.every((byte, index) => (byte & mask[index]!) === network[index]);
}
