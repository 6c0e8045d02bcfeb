// The form in which addresses of sockets and of the configuration are compared.
import { formatIpAddress, parseIpAddress } from '../../http/ip-address.ts';

/** The text of an address, the same however it was written: IPv4 within IPv6 is IPv4. A name stays one, in lower case. */
export function comparableAddress(text: string): string {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const zone = bare.indexOf('%');
  const address = parseIpAddress(zone === -1 ? bare : bare.slice(0, zone));
  return address === undefined ? bare.toLowerCase() : formatIpAddress(address);
}
