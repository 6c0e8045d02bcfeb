// A configuration from its file to what is answered with: read, applied to all modules, inherited by the virtual hosts.
import path from 'node:path';
import { MODULES } from '../catalogue.ts';
import type { FileLookup } from '../files/file-lookup.ts';
import { isTold } from '../log/log-levels.ts';
import { OWN_SOURCE } from '../module/configuration-scope.ts';
import type { ApacheModule } from '../module/module.ts';
import { coreErrorLog } from '../modules/core-error-log.ts';
import { ConfigurationRefused } from '../syntax/configuration-error.ts';
import { BUILT_IN_MODULES, fileNameOfModule, OWN_MODULE } from '../syntax/module-names.ts';
import type { ReadingEnvironment } from '../syntax/reading-environment.ts';
import { CONFIGURATION_LIMITS, type ReadingLimits } from '../syntax/reading-limits.ts';
import { TreeReader } from '../syntax/tree-reader.ts';
import { applyTree } from './apply-tree.ts';
import type { TreeScope } from './apply-tree.ts';
import { DirectiveTable } from './directive-table.ts';
import { FaultList } from './fault-list.ts';
import { HtaccessReader } from './htaccess-reader.ts';
import { inheritFromMain } from './merge-servers.ts';
import type { ConfigurationNote, ProcessConfiguration } from './process-configuration.ts';
import { createVirtualHost } from './virtual-host.ts';
import type { VirtualHost } from './virtual-host.ts';

/** What to read, and with what. Texts are bytes, one character for each. */
export interface ConfigurationSource {
  /** Absolute, or below `serverRoot`. */
  readonly file: string;
  readonly files: FileLookup;
  /** Names that `<IfDefine>` finds: `-D`. Default: none. */
  readonly defines?: Iterable<string>;
  /** What `${NAME}` finds that nobody defined. Default: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Holds until ServerRoot says something else. Default: the folder of the file. */
  readonly serverRoot?: string;
  readonly limits?: Partial<ReadingLimits>;
  /** Default: all of perdura's. */
  readonly modules?: readonly ApacheModule[];
}

/** See the head of the file. */
export interface LoadedConfiguration extends ProcessConfiguration {
  /** Reads `.htaccess` files with what is defined and loaded. */
  readonly htaccess: HtaccessReader;
}

function initialModules(): Set<string> {
  return new Set([...BUILT_IN_MODULES.flatMap((name) => [name, fileNameOfModule(name)]), OWN_MODULE]);
}

function checkProcessingModule(modules: ReadonlySet<string>): void {
  const loaded = ['event.c', 'worker.c', 'prefork.c'].filter((name) => modules.has(name));
  if (loaded.length < 2) return;
  const message = 'AH00534: Configuration error: More than one MPM loaded.';
  throw new ConfigurationRefused(message, undefined, 'structure');
}

/** By the LogLevel that was read so far. A virtual host has none before its own: those of the main server come when all is read. */
function isToldWhileReading(host: VirtualHost, level: ConfigurationNote['level'], teller: string): boolean {
  if (teller === 'startup' || teller === OWN_SOURCE) return true;
  const levels = coreErrorLog.ownServer(host.server).levels;
  return (host.isMain || levels.level !== undefined || levels.ofModules.has(teller)) && isTold(levels, level, teller);
}

/** All that is in the file goes into the configuration of the environment. */
function build(
  file: string,
  environment: ReadingEnvironment,
  main: VirtualHost,
  table: DirectiveTable,
  modules: readonly ApacheModule[],
  warn: TreeScope['warn'],
): void {
  const { process: configuration, files } = environment;
  const nodes = new TreeReader(environment).readFile(path.posix.resolve(configuration.serverRoot, file));
  checkProcessingModule(configuration.modules);
  const { directory } = main;
  applyTree(nodes, {
    process: configuration,
    table,
    files,
    host: main,
    directory,
    path: undefined,
    sections: [],
    htaccess: undefined,
    limit: undefined,
    warn,
    faults: new FaultList(configuration.notes),
  });
  for (const host of configuration.hosts) if (host !== main) inheritFromMain(main, host, modules);
}

/**
 * Reads a configuration as httpd does when it starts.
 *
 * @throws ConfigurationRefused: formatRefusal() has the text
 */
export function readConfiguration(source: ConfigurationSource): LoadedConfiguration {
  const { files } = source;
  const modules = source.modules ?? MODULES;
  const serverRoot = source.serverRoot ?? path.posix.dirname(source.file);
  const notes: ConfigurationNote[] = [];
  const main = createVirtualHost(undefined, []);
  const configuration: ProcessConfiguration = {
    listen: [],
    hosts: [main],
    serverRoot,
    modules: initialModules(),
    defines: new Map([...(source.defines ?? [])].map((name) => [name, ''])),
    notes,
    environment: source.environment ?? {},
  };
  const table = new DirectiveTable(modules, configuration.modules);
  const note = (
    host: VirtualHost,
    level: ConfigurationNote['level'],
    message: string,
    teller: string = 'core',
  ): void => {
    if (!isToldWhileReading(host, level, teller)) return;
    notes.push({ level, message, ...(teller === 'startup' ? {} : { module: teller }) });
  };
  const environment: ReadingEnvironment = {
    process: configuration,
    files,
    variables: new Map(),
    environment: source.environment ?? {},
    limits: { ...CONFIGURATION_LIMITS, ...source.limits },
    grant: undefined,
    hasDirective: (name) => table.find(name) !== undefined,
    warn: (message, teller, level) => note(main, level ?? 'warn', message, teller),
  };
  try {
    build(source.file, environment, main, table, modules, (message, teller, host = main) =>
      note(host, 'warn', message, teller),
    );
  } catch (error) {
    if (error instanceof ConfigurationRefused) error.notes = notes;
    throw error;
  }
  return Object.assign(configuration, { htaccess: new HtaccessReader(environment, table) });
}
