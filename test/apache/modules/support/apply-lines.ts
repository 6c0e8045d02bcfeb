// Applies directives to a module as the reader of a configuration does, word by word, without the reader.
import type { ConfigVector } from '#src/apache/module/config-vector.js';
import type { ConfigurationScope } from '#src/apache/module/configuration-scope.js';
import type { ApacheModule } from '#src/apache/module/module.js';
import type { ProcessConfiguration } from '#src/apache/config/process-configuration.js';
import { memoryFiles } from './memory-files.js';
import { createVirtualHost } from '#src/apache/config/virtual-host.js';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';

type AnyModule = ApacheModule<never, never>;

/** Where the lines stand. */
export interface LinesPlace {
  readonly server?: ConfigVector;
  readonly directory?: ConfigVector;
  readonly path?: string;
  readonly sections?: readonly string[];
  readonly loaded?: readonly string[];
  readonly warnings?: string[];
}

export function makeHost(server: ConfigVector = [], directory: ConfigVector = []): VirtualHost {
  return { ...createVirtualHost(undefined, []), name: 'site.example', server, directory };
}

export function makeProcess(host: VirtualHost, modules: readonly string[] = []): ProcessConfiguration {
  return {
    listen: [],
    hosts: [host],
    serverRoot: '/etc/site',
    modules: new Set(modules),
    defines: new Map(),
    notes: [],
  };
}

/** Lines are arrays of words, the name first. Gives the parts of the folder. */
export function applyLines(
  modules: readonly AnyModule[],
  lines: ReadonlyArray<readonly string[]>,
  where: LinesPlace = {},
): ConfigVector {
  const directory = where.directory ?? [];
  const server = where.server ?? [];
  const host = makeHost(server, directory);
  const place = { file: 'httpd.conf', line: 7 };
  const scope: ConfigurationScope = {
    place,
    process: makeProcess(host, where.loaded),
    files: memoryFiles({}),
    host,
    directory,
    path: where.path,
    sections: where.sections ?? [],
    htaccess: undefined,
    limit: undefined,
    applyChildren: () => undefined,
    warn: (message) => where.warnings?.push(message),
  };
  for (const [name = '', ...words] of lines) {
    const found = modules.flatMap((module) => {
      const definition = module.definition.directives.find((one) => one.name.toLowerCase() === name.toLowerCase());
      return definition?.kind === 'directive' ? [{ module, definition }] : [];
    })[0];
    if (found === undefined) throw new Error(`no directive ${name}`);
    const { module, definition } = found;
    const call = (group: readonly string[]): void => {
      definition.apply({
        name,
        words: group,
        on: group[0]?.toLowerCase() === 'on',
        place,
        server: module.ownServer(server),
        directory: module.ownDirectory(directory, where.path),
        scope,
      });
    };
    if (definition.arguments === 'each') for (const word of words) call([word]);
    else if (definition.arguments === 'pairs') for (const word of words.slice(1)) call([words[0]!, word]);
    else if (definition.arguments === 'raw') call([words.join(' ')]);
    else call(words);
  }
  return directory;
}

/** What holds where one section lies in another. */
export function mergeParts(modules: readonly AnyModule[], base: ConfigVector, over: ConfigVector): ConfigVector {
  const merged = [...base];
  for (const module of modules) {
    const outer = base[module.index];
    const inner = over[module.index];
    if (inner === undefined) continue;
    merged[module.index] =
      outer === undefined ? inner : module.definition.mergeDirectory(outer as never, inner as never);
  }
  return merged;
}
