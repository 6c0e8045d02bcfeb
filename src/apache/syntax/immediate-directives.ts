// Directives that hold as soon as they are read, before anything else of the file is looked at: Define, UnDefine, LoadModule,
// LoadFile, ServerRoot. What they do not have is left for later.
import path from 'node:path';
import type { ArgumentKind } from '../module/directive.ts';
import { ConfigurationError } from './configuration-error.ts';
import { BUILT_IN_MODULES, fileNameOfModule } from './module-names.ts';
import type { ReadingEnvironment } from './reading-environment.ts';

/** See the head of the file. */
export interface ImmediateDirective {
  readonly name: string;
  readonly arguments: ArgumentKind;
  readonly usage: string;
  readonly run: (words: readonly string[], environment: ReadingEnvironment) => void;
}

function checkVariableName(name: string): void {
  if (name.includes(':')) throw new ConfigurationError("Variable name must not contain ':'");
}

function define(
  [name = '', value]: readonly string[],
  { process: configuration, variables }: ReadingEnvironment,
): void {
  checkVariableName(name);
  configuration.defines.set(name, value ?? configuration.defines.get(name) ?? '');
  if (value !== undefined) variables.set(name.toLowerCase(), value);
}

function undefine([name = '']: readonly string[], { process: configuration, variables }: ReadingEnvironment): void {
  checkVariableName(name);
  configuration.defines.delete(name);
  variables.delete(name.toLowerCase());
}

/** Names are remembered, files are not looked at: Apache's modules need not be installed. */
function loadModule([identifier = '']: readonly string[], { process: configuration, warn }: ReadingEnvironment): void {
  if (BUILT_IN_MODULES.includes(identifier)) return;
  if (configuration.modules.has(identifier)) {
    warn(`AH01574: module ${identifier} is already loaded, skipping`, 'so');
    return;
  }
  configuration.modules.add(identifier);
  configuration.modules.add(fileNameOfModule(identifier));
}

function loadFile([name = '']: readonly string[], { process: configuration }: ReadingEnvironment): void {
  configuration.notes.push({ level: 'info', message: `LoadFile ${name} is without effect` });
}

function setServerRoot([name = '']: readonly string[], { process: configuration, files }: ReadingEnvironment): void {
  const stats = name.startsWith('/') ? files.stat(name) : undefined;
  if (stats === undefined || stats === 'denied' || stats.kind !== 'folder') {
    throw new ConfigurationError('ServerRoot must be a valid directory');
  }
  configuration.serverRoot = path.posix.resolve(name);
}

const DIRECTIVES: readonly ImmediateDirective[] = [
  {
    name: 'Define',
    arguments: 'oneOrTwo',
    usage: 'Define a variable, optionally to a value.  Same as passing -D to the command line.',
    run: define,
  },
  {
    name: 'UnDefine',
    arguments: 'one',
    usage: 'Undefine the existence of a variable. Undo a Define.',
    run: undefine,
  },
  {
    name: 'LoadModule',
    arguments: 'two',
    usage: 'a module name and the name of a shared object file to load it from',
    run: loadModule,
  },
  {
    name: 'LoadFile',
    arguments: 'each',
    usage: 'shared object file or library to load into the server at runtime',
    run: loadFile,
  },
  {
    name: 'ServerRoot',
    arguments: 'one',
    usage: 'Common directory of server-related files (logs, confs, etc.)',
    run: setServerRoot,
  },
];

/** By their names in lower case. */
export const IMMEDIATE_DIRECTIVES: ReadonlyMap<string, ImmediateDirective> = new Map(
  DIRECTIVES.map((directive) => [directive.name.toLowerCase(), directive]),
);
