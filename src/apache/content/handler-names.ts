// Handlers of SetHandler and AddHandler. Only the default one is ours; a name that nobody knows means it, too, as in Apache.
import { OWN_SOURCE } from '../module/configuration-scope.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** PHP as a module, by the names that it had. */
const PHP_MODULES: readonly string[] = ['mod_php.c', 'mod_php5.c', 'mod_php7.c', 'mod_php8.c', 'sapi_apache2.c'];

const CGI: readonly string[] = ['mod_cgi.c', 'mod_cgid.c'];

/** Which module knows a handler, for those whose files must not be sent as they are. Every request asks: names are looked up, not matched. */
const FOREIGN_HANDLERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['cgi-script', CGI],
  ['server-parsed', ['mod_include.c']],
  ['type-map', ['mod_negotiation.c']],
  ['send-as-is', ['mod_asis.c']],
  ['imap-file', ['mod_imagemap.c']],
  ['server-status', ['mod_status.c']],
  ['server-info', ['mod_info.c']],
  ['balancer-manager', ['mod_proxy_balancer.c']],
  ['ldap-status', ['mod_ldap.c']],
  ['lua-script', ['mod_lua.c']],
  ['proxy-server', ['mod_proxy.c']],
  ['fcgid-script', ['mod_fcgid.c']],
  ['wsgi-script', ['mod_wsgi.c']],
  ['application/x-httpd-cgi', CGI],
  ['application/x-type-map', ['mod_negotiation.c']],
  ['httpd/send-as-is', ['mod_asis.c']],
  ['application/x-httpd-imap', ['mod_imagemap.c']],
]);

/** By how the name begins: `proxy:fcgi://…`, `php8-script`, `application/x-httpd-php`. */
const FOREIGN_BEGINNINGS: ReadonlyArray<readonly [beginning: string, modules: readonly string[]]> = [
  ['proxy:', ['mod_proxy.c']],
  ['php', [...PHP_MODULES, 'mod_suphp.c', 'mod_lsapi.c']],
  ['application/x-httpd-', [...PHP_MODULES, 'mod_suphp.c', 'mod_lsapi.c']],
];

/** What Debian's own files name before anybody has asked for it. */
const STOCK_HANDLERS: ReadonlySet<string> = new Set(['type-map', 'server-status']);

function moduleOf(name: string, isLoaded: (module: string) => boolean): string | undefined {
  const known = FOREIGN_HANDLERS.get(name) ?? FOREIGN_BEGINNINGS.find(([beginning]) => name.startsWith(beginning))?.[1];
  return known?.find(isLoaded);
}

/** Whether a loaded module would answer: its files must not be sent as they are. */
export function isForeignHandler(name: string | undefined, isLoaded: (module: string) => boolean): boolean {
  return name !== undefined && moduleOf(name, isLoaded) !== undefined;
}

/** What runs a file for which no handler is set: Apache takes its media type for the name of one, without its parameters. */
function runnerOf(handler: string | undefined, contentType: string | undefined): string | undefined {
  return handler ?? contentType?.split(';', 1)[0]!.trimEnd().toLowerCase();
}

/** Programs of PHP by their names, as Debian's own configuration tells them. */
const PHP_FILE = /\.(?:php[0-9]?|phtml|phar)$/i;

/** What people have for PHP. Where one of them is loaded, files of PHP are there to be run. */
const PHP_RUNNERS: readonly string[] = [
  ...PHP_MODULES,
  'mod_suphp.c',
  'mod_lsapi.c',
  'mod_proxy_fcgi.c',
  'mod_fcgid.c',
  'mod_fastcgi.c',
];

/** The loaded module that runs PHP. */
export function phpRunner(isLoaded: (module: string) => boolean): string | undefined {
  return PHP_RUNNERS.find(isLoaded);
}

/**
 * Why a file must not be sent as it is; undefined: it may. Files of PHP are kept back even where no line is left that would run
 * them, as whoever took that line out did not mean to publish their source. `default-handler` says that they are to be sent.
 */
export function explainUnsendable(
  handler: string | undefined,
  contentType: string | undefined,
  path: string,
  isLoaded: (module: string) => boolean,
): string | undefined {
  const runner = runnerOf(handler, contentType);
  if (isForeignHandler(runner, isLoaded)) return `perdura has no handler ${runner ?? ''}`;
  if (handler === 'default-handler' || !PHP_FILE.test(path)) return undefined;
  const module = phpRunner(isLoaded);
  return module === undefined
    ? undefined
    : `perdura has no ${module}, and does not send the source of PHP (SetHandler default-handler would)`;
}

/** A warning for a media type that runs files where a loaded module knows it. */
export function warnOfRunningType(
  directive: string,
  type: string,
  scope: Pick<ConfigurationScope, 'process' | 'place' | 'warn'>,
): void {
  const module = moduleOf(type.toLowerCase(), (candidate) => scope.process.modules.has(candidate));
  if (module === undefined) return;
  const where = `${scope.place.file}:${scope.place.line}`;
  scope.warn(`${where}: ${directive} ${type}: perdura has no ${module}, such files are answered with 500`, OWN_SOURCE);
}

/**
 * The name as it is compared. Without the module that knows it Apache sends the file itself; where that module is loaded the
 * file is a program or a template that nobody must see.
 *
 * @throws ConfigurationError for a handler of a loaded module: it is not ours. Those that are in Debian's configuration as it is
 *   installed stay: requests for them end with 500.
 */
export function takeHandlerName(
  directive: string,
  name: string,
  scope: Pick<ConfigurationScope, 'process' | 'place' | 'warn'>,
): string {
  const lower = name.toLowerCase();
  const module = moduleOf(lower, (candidate) => scope.process.modules.has(candidate));
  if (module === undefined) return lower;
  if (!STOCK_HANDLERS.has(lower)) {
    throw new ConfigurationError(`${directive} ${name} is not supported by perdura: it has no ${module}`);
  }
  const where = `${scope.place.file}:${scope.place.line}`;
  const message = `${where}: ${directive} ${name}: perdura has no ${module}, requests for it are answered with 500`;
  scope.warn(message, OWN_SOURCE);
  return lower;
}
