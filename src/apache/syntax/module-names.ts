// What modules are called: `headers_module` for LoadModule, `mod_headers.c` for <IfModule>, which takes both.

/** Those whose file is not called after them. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['core_module', 'core.c'],
  ['http_module', 'http_core.c'],
  ['mpm_event_module', 'event.c'],
  ['mpm_worker_module', 'worker.c'],
  ['mpm_prefork_module', 'prefork.c'],
  ['ldap_module', 'util_ldap.c'],
]);

/** Modules that nobody has to load, as in Debian's build. A LoadModule for one of them, as other builds need it, does no harm. */
export const BUILT_IN_MODULES: readonly string[] = [
  'core_module',
  'so_module',
  'watchdog_module',
  'http_module',
  'log_config_module',
  'logio_module',
  'version_module',
  'unixd_module',
];

/** True in perdura only: `<IfModule !perdura_module>` holds what is for Apache alone. */
export const OWN_MODULE = 'perdura_module';

/** `headers_module` → `mod_headers.c`. */
export function fileNameOfModule(identifier: string): string {
  return EXCEPTIONS.get(identifier) ?? `mod_${identifier.replace(/_module$/, '')}.c`;
}
