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
  // Hosts of an address hide those of all addresses, and hosts of a port those of all ports.
  const find = (isAddress: (address: string) => boolean): readonly VirtualHost[] => {
    const ofPort = (wanted: number): readonly VirtualHost[] =>
      others.filter(({ addresses }) => addresses.some(({ host, port }) => port === wanted && isAddress(host)));
    const exact = ofPort(listen.port);
    return exact.length > 0 ? exact : ofPort(0);
  };
  const general = find((address) => ANY.has(address));
  if (!ANY.has(listen.host)) {
    const own = find((address) => address === listen.host);
    if (own.length > 0) return own;
    return general.length > 0 ? general : [main!];
  }
  const particular = find((address) => !ANY.has(address)).filter((host) => !general.includes(host));
  const all = [...general, ...particular];
  return all.length > 0 ? all : [main!];
}

/** To choose one of them by its name. */
export function namesOfListener(hosts: readonly VirtualHost[], main: VirtualHost): AddressHosts {
  return new AddressHosts(hosts, (host) => host.name ?? main.name);
}
