// ErrorLog and LogLevel: where errors are told, and which.
import { NO_LOG_LEVELS, addLogLevel, mergeLogLevels } from '../log/log-levels.ts';
import type { LogLevels } from '../log/log-levels.ts';
import { placeOfLog } from '../log/log-place.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** Of a host. */
export interface ErrorLogConfig {
  /** Absolute; undefined: the one of the main server. */
  file: string | undefined;
  levels: LogLevels;
}

/** Of a folder. */
interface FolderLog {
  levels: LogLevels;
}

export const coreErrorLog: ApacheModule<ErrorLogConfig, FolderLog> = defineModule<ErrorLogConfig, FolderLog>({
  name: 'core.c',
  identifier: 'core_module',
  createServer: () => ({ file: undefined, levels: NO_LOG_LEVELS }),
  mergeServer: (base, over) => ({
    file: over.file ?? base.file,
    levels: mergeLogLevels(base.levels, over.levels),
  }),
  createDirectory: () => ({ levels: NO_LOG_LEVELS }),
  mergeDirectory: (base, over) => ({ levels: mergeLogLevels(base.levels, over.levels) }),
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
      summary: 'how bad it must be to be told, for all modules or for one',
      apply: ({ words: [word = ''], server, directory, scope }) => {
        const isWithin = scope.path !== undefined || scope.sections.some((name) => name !== '<VirtualHost');
        const part = isWithin ? directory : server;
        part.levels = addLogLevel(part.levels, word, (name) => scope.process.modules.has(name));
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

/** What holds at the place of a request. */
export function logLevelsOf({ host, directoryConfig }: ApacheRequest): LogLevels {
  const { levels } = coreErrorLog.ofServer(host.server);
  const within = coreErrorLog.ofDirectory(directoryConfig).levels;
  return within === NO_LOG_LEVELS ? levels : mergeLogLevels(levels, within);
}
