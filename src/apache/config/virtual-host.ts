// One server of the configuration: the main one, or a <VirtualHost>. Apache calls it server_rec.
import type { ConfigVector } from '../module/config-vector.ts';
import type { SourcePlace } from '../syntax/config-tree.ts';

/** An address of `Listen` or `<VirtualHost>`. `*` for all addresses, port 0 for all ports. */
export interface HostAddress {
  readonly host: string;
  readonly port: number;
}

/** See the head of the file. Filled in while the configuration is read, and left alone afterwards. */
export interface VirtualHost {
  readonly isMain: boolean;
  readonly place: SourcePlace | undefined;
  /** Of `<VirtualHost>`; empty for the main server. */
  addresses: readonly HostAddress[];
  /** ServerName; undefined where it is not set. */
  name: string | undefined;
  /** What a host without ServerName goes by: the name of its first address, or that of the main server; undefined where nobody knows one. */
  addressName?: string | undefined;
  /** The port of ServerName, 0 without one. */
  namePort: number;
  nameScheme: string | undefined;
  /** ServerAlias, without wildcards. */
  aliases: string[];
  wildAliases: string[];
  admin: string | undefined;
  /** What holds for the host as a whole. */
  server: ConfigVector;
  /** What holds for every request of the host, before any section. */
  directory: ConfigVector;
}

/** A host of which nothing is known but where it stands; `place` undefined: the main server. */
export function createVirtualHost(place: SourcePlace | undefined, addresses: readonly HostAddress[]): VirtualHost {
  return {
    isMain: place === undefined,
    place,
    addresses,
    name: undefined,
    namePort: 0,
    nameScheme: undefined,
    aliases: [],
    wildAliases: [],
    admin: undefined,
    server: [],
    directory: [],
  };
}
