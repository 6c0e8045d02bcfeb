// Handlers of SetHandler and AddHandler. Only the default one is ours; a name that nobody knows means it, too, as in Apache.
import type { ProcessConfiguration } from '../config/process-configuration.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** Which module knows a handler, for those whose files must not be sent as they are. */
const FOREIGN_HANDLERS: ReadonlyArray<readonly [name: RegExp, modules: readonly string[]]> = [
  [/^cgi-script$/, ['mod_cgi.c', 'mod_cgid.c']],
  [/^server-parsed$/, ['mod_include.c']],
  [/^type-map$/, ['mod_negotiation.c']],
  [/^send-as-is$/, ['mod_asis.c']],
  [/^imap-file$/, ['mod_imagemap.c']],
  [/^server-status$/, ['mod_status.c']],
  [/^server-info$/, ['mod_info.c']],
  [/^balancer-manager$/, ['mod_proxy_balancer.c']],
  [/^ldap-status$/, ['mod_ldap.c']],
  [/^lua-script$/, ['mod_lua.c']],
  [/^proxy(?:-server$|:)/, ['mod_proxy.c']],
  [/^fcgid-script$/, ['mod_fcgid.c']],
  [/^wsgi-script$/, ['mod_wsgi.c']],
  [/^(?:php|application\/x-httpd-)/, ['mod_php.c', 'mod_php5.c', 'mod_php7.c', 'mod_php8.c', 'sapi_apache2.c']],
];

/** What Debian's own files name before anybody has asked for it. */
const STOCK_HANDLERS: ReadonlySet<string> = new Set(['type-map', 'server-status']);

function moduleOf(name: string, isLoaded: (module: string) => boolean): string | undefined {
  for (const [pattern, modules] of FOREIGN_HANDLERS) {
    if (pattern.test(name)) return modules.find(isLoaded);
  }
  return undefined;
}

/** Whether a loaded module would answer: its files must not be sent as they are. */
export function isForeignHandler(name: string | undefined, isLoaded: (module: string) => boolean): boolean {
  return name !== undefined && moduleOf(name, isLoaded) !== undefined;
}

/**
 * The name as it is compared. Without the module that knows it Apache sends the file itself; where that module is loaded the
 * file is a program or a template that nobody must see.
 *
 * @throws ConfigurationError for a handler of a loaded module: it is not ours. Those that are in Debian's configuration as it is
 *   installed stay: requests for them end with 500.
 */
export function takeHandlerName(directive: string, name: string, configuration: ProcessConfiguration): string {
  const lower = name.toLowerCase();
  const module = moduleOf(lower, (candidate) => configuration.modules.has(candidate));
  if (module === undefined) return lower;
  if (!STOCK_HANDLERS.has(lower)) {
    throw new ConfigurationError(`${directive} ${name} is not supported by perdura: it has no ${module}`);
  }
  const message = `${directive} ${name}: perdura has no ${module}, requests for it are answered with 500`;
  configuration.notes.push({ level: 'info', message });
  return lower;
}
