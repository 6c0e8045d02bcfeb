// ErrorLog and LogLevel: where errors are told, and which.
import { ERROR_LOG_LEVELS } from '../log/error-log-level.ts';
import type { ErrorLogLevel } from '../log/error-log-level.ts';
import { placeOfLog } from '../log/log-place.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** Of a host. */
export interface ErrorLogConfig {
  /** Absolute; undefined: the one of the main server, or logs/error_log below ServerRoot. */
  file: string | undefined;
  level: ErrorLogLevel | undefined;
  /** By the short name of a module: `core`, `rewrite`. */
  readonly moduleLevels: Map<string, ErrorLogLevel>;
}

const KEYWORDS = 'Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/debug/trace1/.../trace8';

export const coreErrorLog: ApacheModule<ErrorLogConfig, null> = defineModule<ErrorLogConfig, null>({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => ({ file: undefined, level: undefined, moduleLevels: new Map() }),
  mergeServer: (base, over) => ({
    file: over.file ?? base.file,
    level: over.level ?? base.level,
    moduleLevels: new Map([...base.moduleLevels, ...over.moduleLevels]),
  }),
  createDirectory: () => null,
  mergeDirectory: () => null,
  directives: [
    defineDirective({
      name: 'ErrorLog',
      contexts: ['server'],
      tier: 1,
      arguments: 'one',
      usage: 'The filename of the error log',
      summary: 'the file of errors',
      apply: ({ words, server, scope }) => {
        server.file = placeOfLog(words[0]!, scope.process.serverRoot);
      },
    }),
    defineDirective({
      name: 'LogLevel',
      contexts: ['server', 'directory'],
      tier: 1,
      arguments: 'each',
      usage: 'Level of verbosity in error logging',
      summary: 'how bad it must be to be told, for all modules or for one; within a folder without effect',
      apply: ({ words, server, scope }) => {
        const word = words[0]!;
        const colon = word.indexOf(':');
        const level = parseLevel(word.slice(colon + 1));
        if (scope.path !== undefined || scope.sections.some((name) => name !== '<VirtualHost')) return;
        if (colon === -1) {
          server.level = level;
          server.moduleLevels.clear();
          return;
        }
        const name = word.slice(0, colon);
        if (
          name !== 'core' &&
          !scope.process.modules.has(name) &&
          !scope.process.modules.has(`mod_${name}.c`) &&
          !scope.process.modules.has(`${name}_module`)
        ) {
          throw new ConfigurationError(`Cannot find module ${name}`);
        }
        server.moduleLevels.set(name.replace(/^mod_|\.c$|_module$/g, ''), level);
      },
    }),
    defineDirective({
      name: 'ErrorLogFormat',
      contexts: ['server'],
      tier: 3,
      arguments: 'oneOrTwo',
      effect: 'inert',
      usage: 'Format string for the ErrorLog',
      summary: 'errors are always told in the format that Apache has without it',
      apply: ({ words }) => {
        const [type = ''] = words;
        if (words.length === 2 && !['request', 'connection'].includes(type.toLowerCase())) {
          throw new ConfigurationError('ErrorLogFormat type must be one of request, connection');
        }
      },
    }),
  ],
});

/** trace1 to trace8 tell no more than debug here. */
function parseLevel(word: string): ErrorLogLevel {
  const lower = word.toLowerCase();
  const level = /^trace[1-8]$/.test(lower) ? 'debug' : lower;
  if ((ERROR_LOG_LEVELS as readonly string[]).includes(level)) return level as ErrorLogLevel;
  throw new ConfigurationError(KEYWORDS);
}

/** Whether something of a level is told. Warnings are where nothing is configured, as in Apache. */
export function isTold(config: ErrorLogConfig, level: ErrorLogLevel, module: string): boolean {
  const threshold = config.moduleLevels.get(module) ?? config.level ?? 'warn';
  return ERROR_LOG_LEVELS.indexOf(level) <= ERROR_LOG_LEVELS.indexOf(threshold);
}
