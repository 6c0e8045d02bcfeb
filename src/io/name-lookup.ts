// From a name to its addresses, through the resolver of the machine.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ResolvedAddress } from './happy-eyeballs.ts';

/** Looks up all addresses of a name, in the order of the resolver. Rejects where it has none. */
export type Lookup = (host: string) => Promise<readonly ResolvedAddress[]>;

/** getaddrinfo: hosts file, DNS, mDNS, whatever the machine is set up for. Its order says what it can reach (RFC 6724). */
export const systemLookup: Lookup = (host) => lookup(host, { all: true, order: 'verbatim' });

/** Whether there is nothing to look up. */
export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}
