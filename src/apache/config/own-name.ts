// The name and port that a host goes by where nothing else says one.
import type { VirtualHost } from './virtual-host.ts';

/** That of ServerName; without ServerName that of the address of `<VirtualHost>`. 0: the usual one of the scheme. */
export function portOfHost({ name, namePort, addresses }: VirtualHost): number {
  if (namePort !== 0 || name !== undefined) return namePort;
  return addresses[0]?.port ?? 0;
}

/** Undefined where only the machine has a name. */
export function nameOfHost({ name, addressName }: VirtualHost): string | undefined {
  return name ?? addressName;
}
