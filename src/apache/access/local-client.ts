// Whether client and server are the same machine, as far as addresses tell (Require local).
import { formatIpAddress, parseIpAddress } from '../../http/ip-address.ts';
import { comparableAddress } from '../config/comparable-address.ts';

/** Both addresses as the system writes them. An IPv4 address written as IPv6 is one of IPv4. */
export function isLocal(remoteAddress: string, localAddress: string): boolean {
  const address = parseIpAddress(remoteAddress);
  if (address === undefined) return false;
  const remote = formatIpAddress(address);
  return remote.startsWith('127.') || remote === '::1' || remote === comparableAddress(localAddress);
}
