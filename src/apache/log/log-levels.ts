// Which errors are told, for all modules or for one of them (LogLevel). Pure.
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { ERROR_LOG_LEVELS } from './error-log-level.ts';
import type { ErrorLogLevel } from './error-log-level.ts';

/** Of a server or a folder. */
export interface LogLevels {
  /** Undefined: not set. */
  readonly level: ErrorLogLevel | undefined;
  /** By the short name of a module: `core`, `rewrite`. */
  readonly ofModules: ReadonlyMap<string, ErrorLogLevel>;
}

export const NO_LOG_LEVELS: LogLevels = { level: undefined, ofModules: new Map() };

const KEYWORDS = 'Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/debug/trace1/.../trace8';

/** Another word of LogLevel. `isLoaded` is asked for names as `<IfModule>` knows them. @throws ConfigurationError in Apache's words */
export function addLogLevel(levels: LogLevels, word: string, isLoaded: (name: string) => boolean): LogLevels {
  const colon = word.indexOf(':');
  if (colon === -1) {
    // A level for all resets those of modules.
    const level = readLevel(word);
    if (level === undefined) throw new ConfigurationError(KEYWORDS);
    return { level, ofModules: new Map() };
  }
  const name = word.slice(0, colon);
  if (colon === word.length - 1) {
    throw new ConfigurationError(`Module specifier '${name}' must be followed by a log level keyword`);
  }
  const level = readLevel(word.slice(colon + 1));
  if (level === undefined) throw new ConfigurationError(`${word}: ${KEYWORDS}`);
  if (name !== 'core' && ![name, `mod_${name}.c`, `${name}_module`].some((known) => isLoaded(known))) {
    throw new ConfigurationError(`Cannot find module ${name}`);
  }
  return { ...levels, ofModules: new Map([...levels.ofModules, [name.replace(/^mod_|\.c$|_module$/g, ''), level]]) };
}

/** trace1 to trace8 tell no more than debug here. */
function readLevel(word: string): ErrorLogLevel | undefined {
  const lower = word.toLowerCase();
  const level = /^trace[1-8]$/.test(lower) ? 'debug' : lower;
  return ERROR_LOG_LEVELS.find((one) => one === level);
}

/** What holds where one stands within the other. A level for all resets those of modules that stand further out. */
export function mergeLogLevels(base: LogLevels, over: LogLevels): LogLevels {
  if (over.level !== undefined) return over;
  return { level: base.level, ofModules: new Map([...base.ofModules, ...over.ofModules]) };
}

/** Whether something of a level is told. Warnings are where nothing is configured, and notices always, as in Apache. */
export function isTold({ level, ofModules }: LogLevels, of: ErrorLogLevel, module: string): boolean {
  const threshold = ofModules.get(module) ?? level ?? 'warn';
  return of === 'notice' || ERROR_LOG_LEVELS.indexOf(of) <= ERROR_LOG_LEVELS.indexOf(threshold);
}
