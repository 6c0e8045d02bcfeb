// Which virtual hosts there are for an address, and for a name there. Made once for a configuration.
import { comparableAddress } from './comparable-address.ts';
import { matchesAlias } from './matches-alias.ts';
import type { VirtualHost } from './virtual-host.ts';

/** The hosts of one address and port, in the order of the configuration. */
export class AddressHosts {
  /** Answers where no name matches. */
  readonly first: VirtualHost;
  readonly #hosts: readonly VirtualHost[];
  readonly #byName = new Map<string, number>();
  readonly #wild: Array<{ readonly pattern: string; readonly index: number }> = [];
  /** Names that stand in `<VirtualHost>` itself count last. */
  readonly #byAddress = new Map<string, number>();

  /** @param hosts one at least */
  constructor(hosts: readonly VirtualHost[], nameOf: (host: VirtualHost) => string | undefined) {
    this.first = hosts[0]!;
    this.#hosts = hosts;
    for (const [index, host] of hosts.entries()) {
      const name = nameOf(host);
      if (name !== undefined) this.#add(name, index);
      for (const alias of host.aliases) this.#add(alias, index);
      for (const alias of host.wildAliases) this.#wild.push({ pattern: alias.toLowerCase(), index });
      for (const { host: address } of host.addresses) {
        const key = address.toLowerCase();
        if (!this.#byAddress.has(key)) this.#byAddress.set(key, index);
      }
    }
  }

  #add(name: string, index: number): void {
    const key = name.toLowerCase();
    if (!this.#byName.has(key)) this.#byName.set(key, index);
  }

  /** Whether there is more than one host to choose from. */
  get isNameBased(): boolean {
    return this.#hosts.length > 1;
  }

  /** The first host that has the name, ServerName and ServerAlias alike. `name` is in lower case. */
  named(name: string): VirtualHost {
    let index = this.#byName.get(name) ?? this.#hosts.length;
    for (const wild of this.#wild) {
      if (wild.index >= index) break;
      if (matchesAlias(wild.pattern, name)) index = wild.index;
    }
    return this.#hosts[index] ?? this.#hosts[this.#byAddress.get(name) ?? 0]!;
  }
}

/** All addresses. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['*', '_default_', '0.0.0.0', '::']);
const ANY_PORT = 0;

/** What `<VirtualHost localhost>` stands for: no other name is resolved. */
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];

function keysOf(address: string): readonly string[] {
  const comparable = comparableAddress(address);
  if (ANY_ADDRESS.has(comparable)) return ['*'];
  return comparable === 'localhost' ? LOOPBACK : [comparable];
}

/** A machine that answers for a whole prefix has more addresses than anybody would keep. */
const MAX_FOUND = 1024;

/** See the head of the file. The first host is the main server, which answers where no virtual host has the address. */
export class VirtualHostTable {
  readonly #byAddress = new Map<string, AddressHosts>();
  readonly #main: AddressHosts;
  /** What was found for addresses of connections, by address and port: every request asks. */
  readonly #found = new Map<string, Map<number, AddressHosts>>();

  constructor(hosts: readonly [VirtualHost, ...VirtualHost[]]) {
    const [main] = hosts;
    // Apache gives a host without a name of its own that of the main server; one of an address would be asked of the DNS.
    const nameOf = (host: VirtualHost): string | undefined =>
      host.name ?? (host.addresses.every(({ host: address }) => keysOf(address)[0] === '*') ? main.name : undefined);
    const lists = new Map<string, VirtualHost[]>();
    for (const host of hosts) {
      for (const { host: address, port } of host.addresses) {
        for (const key of keysOf(address)) append(lists, `${key} ${port}`, host);
      }
    }
    for (const [key, list] of lists) this.#byAddress.set(key, new AddressHosts(list, nameOf));
    this.#main = new AddressHosts([main], () => undefined);
  }

  /** The hosts of a connection: those of its address hide those of all addresses, and those of its port those of all ports. */
  at(localAddress: string, localPort: number): AddressHosts {
    const known = this.#found.get(localAddress)?.get(localPort);
    if (known !== undefined) return known;
    const hosts = this.#find(localAddress, localPort);
    if (this.#found.size >= MAX_FOUND) this.#found.clear();
    const ofAddress = this.#found.get(localAddress);
    if (ofAddress === undefined) this.#found.set(localAddress, new Map([[localPort, hosts]]));
    else ofAddress.set(localPort, hosts);
    return hosts;
  }

  #find(localAddress: string, localPort: number): AddressHosts {
    const address = comparableAddress(localAddress);
    return (
      this.#byAddress.get(`${address} ${localPort}`) ??
      this.#byAddress.get(`${address} ${ANY_PORT}`) ??
      this.#byAddress.get(`* ${localPort}`) ??
      this.#byAddress.get(`* ${ANY_PORT}`) ??
      this.#main
    );
  }
}

function append(lists: Map<string, VirtualHost[]>, key: string, host: VirtualHost): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [host]);
  else if (!list.includes(host)) list.push(host);
}
