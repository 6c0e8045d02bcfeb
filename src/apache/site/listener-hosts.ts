// Which virtual hosts a listening address serves: who answers before anybody has named one, and who else there is to name.
import type { ListenAddress } from '../config/process-configuration.ts';
import { AddressHosts } from '../config/virtual-host-table.ts';
import type { VirtualHost } from '../config/virtual-host.ts';

const ANY: ReadonlySet<string> = new Set(['*', '0.0.0.0', '::']);

/** Those that have a `<VirtualHost>` there, in the order of the configuration; those of all addresses come first. Else the main server. */
export function hostsOfListener(
  [main, ...others]: readonly VirtualHost[],
  listen: ListenAddress,
): readonly VirtualHost[] {
  const matches = (host: VirtualHost, isMatch: (address: string) => boolean): boolean =>
    host.addresses.some(({ host: address, port }) => (port === 0 || port === listen.port) && isMatch(address));
  if (!ANY.has(listen.host)) {
    // Hosts of the address hide those of all addresses.
    const own = others.filter((host) => matches(host, (address) => address === listen.host));
    if (own.length > 0) return own;
    const general = others.filter((host) => matches(host, (address) => ANY.has(address)));
    return general.length > 0 ? general : [main!];
  }
  const general = others.filter((host) => matches(host, (address) => ANY.has(address)));
  const particular = others.filter((host) => !general.includes(host) && matches(host, () => true));
  const all = [...general, ...particular];
  return all.length > 0 ? all : [main!];
}

/** To choose one of them by its name. */
export function namesOfListener(hosts: readonly VirtualHost[], main: VirtualHost): AddressHosts {
  return new AddressHosts(hosts, (host) => host.name ?? main.name);
}
