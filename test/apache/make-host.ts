// A server of a configuration for tests, without reading one.
import { createVirtualHost } from '#src/apache/config/virtual-host.js';
import type { HostAddress, VirtualHost } from '#src/apache/config/virtual-host.js';

/** A virtual host of `addresses` such as `127.0.0.1:80`, `*:*`; without any it is the main server. */
export function makeHost(addresses: readonly string[], parts: Partial<VirtualHost> = {}): VirtualHost {
  const host = createVirtualHost(undefined, addresses.map(readAddress));
  return { ...host, isMain: addresses.length === 0, ...parts };
}

function readAddress(text: string): HostAddress {
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  return { host: text.slice(0, colon), port: port === '*' ? 0 : Number(port) };
}
