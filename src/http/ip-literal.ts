// Addresses in square brackets (RFC 3986 §3.2.2): IPv6 and what may come after it.

const IPV4_ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const HEXTET = /^[0-9A-Fa-f]{1,4}$/;
const IPV_FUTURE = /^[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+$/;

/** Whether the text between the brackets is an IPv6 address or an address of a later version. Zones (`%eth0`) are refused. */
export function isIpLiteral(text: string): boolean {
  return isIpv6Address(text) || IPV_FUTURE.test(text);
}

/** Whether the text, without brackets, is an IPv6 address. */
export function isIpv6Address(text: string): boolean {
  const gap = text.indexOf('::');
  if (gap === -1) return countGroups(text, true) === 8;
  const before = gap === 0 ? 0 : countGroups(text.slice(0, gap), false);
  const after = gap + 2 === text.length ? 0 : countGroups(text.slice(gap + 2), true);
  // The gap stands for at least one group. A second gap leaves an empty group behind, which counts as NaN.
  return before + after <= 7;
}

/** How many 16-bit groups the text has, NaN where one is none. An IPv4 address may only be the last two of the whole. */
function countGroups(text: string, isEnd: boolean): number {
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  const endsInIpv4 = isEnd && IPV4_ADDRESS.test(last);
  if (endsInIpv4) groups.pop();
  return groups.every((group) => HEXTET.test(group)) ? groups.length + (endsInIpv4 ? 2 : 0) : Number.NaN;
}
