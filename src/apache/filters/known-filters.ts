// The output filters that httpd's modules bring with them: which of them there are here, and what is said of the others.
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** The filters that perdura has. */
export const SUPPORTED_FILTERS = ['DEFLATE'] as const;

export type SupportedFilter = (typeof SUPPORTED_FILTERS)[number];

/** Names in upper case, and the module that must be loaded. */
const MODULE_OF_FILTER: ReadonlyMap<string, string> = new Map([
  ['DEFLATE', 'deflate_module'],
  ['INFLATE', 'deflate_module'],
  ['BROTLI_COMPRESS', 'brotli_module'],
  ['BUFFER', 'buffer_module'],
  ['CHARSET', 'charset_lite_module'],
  ['DATA', 'data_module'],
  ['INCLUDES', 'include_module'],
  ['PROXY-HTML', 'proxy_html_module'],
  ['RATE_LIMIT', 'ratelimit_module'],
  ['SED', 'sed_module'],
  ['SUBSTITUTE', 'substitute_module'],
  ['XML2ENC', 'xml2enc_module'],
  ['XLATEOUT', 'charset_lite_module'],
]);

/**
 * The filter of a name in any case; undefined where no loaded module has one. Apache says so when it answers, or here, as it comes.
 *
 * @throws ConfigurationError for a filter that httpd would have and perdura has not: an answer that was not filtered could give away
 * what the filter was to hide.
 */
export function findFilter(name: string, scope: ConfigurationScope): SupportedFilter | undefined {
  const upper = name.toUpperCase();
  const module = MODULE_OF_FILTER.get(upper);
  if (module === undefined || !scope.process.modules.has(module)) return undefined;
  const supported = SUPPORTED_FILTERS.find((filter) => filter === upper);
  if (supported !== undefined) return supported;
  throw new ConfigurationError(`The output filter ${name} (${module}) is not supported by perdura`);
}

/** The names of a list: parted by semicolons, empty ones left out. */
export function splitFilterNames(list: string): string[] {
  return list.split(';').filter((name) => name !== '');
}
