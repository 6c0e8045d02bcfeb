// mod_log_config and mod_logio: which answers are written where, and in which format.
import { evaluate, parseExpression } from '../expression/index.ts';
import type { Expression } from '../expression/index.ts';
import { parseLogFormat } from '../log/log-format.ts';
import type { LogFormat } from '../log/log-format.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { defineDirective } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import type { SourcePlace } from '../syntax/config-tree.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { placeOfLog } from '../log/log-place.ts';

/** One log of a host. */
export interface AccessLog {
  /** Absolute. */
  readonly file: string;
  /** As it was written. */
  readonly name: string;
  /** A name of LogFormat, or a format; undefined: the one that was set last without a name. */
  readonly format: string | undefined;
  readonly condition: ((request: ApacheRequest) => boolean) | undefined;
  readonly place: SourcePlace;
}

/** What a host has; a host with logs of its own does not write into those of the main server. */
export interface LogConfig {
  readonly formats: Map<string, LogFormat>;
  /** Of LogFormat without a name. */
  unnamed: string | undefined;
  readonly logs: AccessLog[];
  readonly globalLogs: AccessLog[];
}

const COMMON = '%h %l %u %t "%r" %>s %b';

const SERVER = ['server'] as const;

export const logConfig: ApacheModule<LogConfig, null> = defineModule<LogConfig, null>({
  name: 'mod_log_config.c',
  identifier: 'log_config_module',
  createServer: () => ({ formats: new Map(), unnamed: undefined, logs: [], globalLogs: [] }),
  mergeServer: (base, over) => ({
    formats: new Map([...base.formats, ...over.formats]),
    unnamed: over.unnamed ?? base.unnamed,
    logs: over.logs.length > 0 ? over.logs : base.logs,
    globalLogs: [...base.globalLogs, ...over.globalLogs],
  }),
  directives: [
    defineDirective({
      name: 'LogFormat',
      contexts: SERVER,
      tier: 1,
      arguments: 'oneOrTwo',
      usage: 'a log format string (see docs) and an optional format name',
      summary: 'what a line of an access log says, and a name for it',
      apply: ({ words, server }) => {
        const [format = '', name] = words;
        const parsed = parseLogFormat(format);
        if (name === undefined) server.unnamed = format;
        else server.formats.set(name, parsed);
      },
    }),
    defineDirective({
      name: 'CustomLog',
      contexts: SERVER,
      tier: 1,
      arguments: 'twoOrThree',
      usage:
        'a file name, a custom log format string or format name, and an optional "env=" or "expr=" clause (see docs)',
      summary: 'an access log: file, format, and when a line is written',
      apply: ({ words, server, scope }) => {
        server.logs.push(parseLog(words, scope));
      },
    }),
    defineDirective({
      name: 'GlobalLog',
      contexts: SERVER,
      virtualHost: false,
      tier: 3,
      arguments: 'twoOrThree',
      usage: 'Same as CustomLog, but forces virtualhosts to inherit the log',
      summary: 'an access log for all hosts, also those with logs of their own',
      apply: ({ words, server, scope }) => {
        server.globalLogs.push(parseLog(words, scope));
      },
    }),
    defineDirective({
      name: 'TransferLog',
      contexts: SERVER,
      tier: 2,
      arguments: 'one',
      usage: 'the filename of the access log',
      summary: 'an access log in the format that LogFormat gave last without a name',
      apply: ({ words, server, scope }) => {
        const [name = ''] = words;
        const file = placeOfLog(name, scope.process.serverRoot);
        server.logs.push({ file, name, format: undefined, condition: undefined, place: scope.place });
      },
    }),
    defineDirective({
      name: 'BufferedLogs',
      contexts: SERVER,
      virtualHost: false,
      tier: 3,
      arguments: 'flag',
      effect: 'inert',
      usage: 'Enable Buffered Logging (experimental)',
      summary: 'lines are always gathered for a moment, and never lost at the end',
      apply: () => {},
    }),
  ],
});

/** The format of a log: by its name, or as it is written. Made when the configuration is complete, as names may come later. */
export function resolveFormat(config: LogConfig, log: AccessLog): LogFormat {
  if (log.format === undefined) return parseLogFormat(config.unnamed ?? COMMON);
  return config.formats.get(log.format) ?? parseLogFormat(log.format);
}

function parseLog([name = '', format = '', clause]: readonly string[], scope: ConfigurationScope): AccessLog {
  // What is wrong with it is told here, also where it turns out to be a name.
  parseLogFormat(format);
  return {
    file: placeOfLog(name, scope.process.serverRoot),
    name,
    format,
    condition: parseCondition(clause),
    place: scope.place,
  };
}

function parseCondition(clause: string | undefined): AccessLog['condition'] {
  if (clause === undefined) return undefined;
  const [, kind, not, text = ''] = /^(?:(env=)(!?)|expr=)(.*)$/is.exec(clause) ?? [];
  if (kind === undefined && !/^expr=/i.test(clause)) throw new ConfigurationError('error in condition clause');
  if (kind !== undefined) {
    if (text === '' && not === '') throw new ConfigurationError('missing environment variable name');
    return ({ env }) => env.has(text) !== (not === '!');
  }
  if (text === '') throw new ConfigurationError('missing condition');
  let expression: Expression;
  try {
    expression = parseExpression(text);
  } catch (error) {
    throw new ConfigurationError((error as Error).message);
  }
  return (request) => evaluate(expression, expressionScope(request));
}
