// What a virtual host has of the main server: module by module, once the whole configuration is read.
import type { ConfigVector } from '../module/config-vector.ts';
import type { ApacheModule } from '../module/module.ts';
import type { VirtualHost } from './virtual-host.ts';

/** Both halves come into being even where only one of them was configured: what a host does not inherit is the module's decision. */
function mergePart(
  base: unknown,
  over: unknown,
  create: () => unknown,
  merge: (a: unknown, b: unknown) => unknown,
): unknown {
  if (base === undefined && over === undefined) return undefined;
  return merge(base ?? create(), over ?? create());
}

/** Gives a host what the main server has, as if it had been written there. */
export function inheritFromMain(main: VirtualHost, host: VirtualHost, modules: readonly ApacheModule[]): void {
  const server: ConfigVector = [];
  const directory: ConfigVector = [];
  for (const { definition, index } of modules) {
    server[index] = mergePart(
      main.server[index],
      host.server[index],
      () => definition.createServer(),
      (base, over) => definition.mergeServer(base, over),
    );
    directory[index] = mergePart(
      main.directory[index],
      host.directory[index],
      () => definition.createDirectory(undefined),
      (base, over) => definition.mergeDirectory(base, over),
    );
  }
  host.admin ??= main.admin;
  if (host.addresses[0]?.host === '*') host.addressName = main.name;
  if (host.name === undefined && (host.addresses[0]?.port ?? 0) === 0) host.namePort = main.namePort;
  host.server = server;
  host.directory = directory;
}
