// A server of a configuration for tests, without reading one.
import type { HostAddress, VirtualHost } from '#src/apache/config/virtual-host.js';

/** A virtual host of `addresses` such as `127.0.0.1:80`, `*:*`; without any it is the main server. */
export function makeHost(addresses: readonly string[], parts: Partial<VirtualHost> = {}): VirtualHost {
  return {
    isMain: addresses.length === 0,
    place: undefined,
    addresses: addresses.map(readAddress),
    name: undefined,
    namePort: 0,
    nameScheme: undefined,
    aliases: [],
    wildAliases: [],
    admin: undefined,
    server: [],
    directory: [],
    ...parts,
  };
}

function readAddress(text: string): HostAddress {
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  return { host: text.slice(0, colon), port: port === '*' ? 0 : Number(port) };
}
