// Targets that are URLs: which schemes count, escaping them, making a path one, and taking the server's own name off again.
import { matchesAlias } from '../config/matches-alias.ts';
import { portOfHost } from '../config/own-name.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { absoluteUrl, defaultPortOf, schemeOf } from '../request/absolute-url.ts';
import { escapePath } from '../request/escape-path.ts';

/** What Apache takes for a URL, and whether `?` begins a query in it. Everything else with a colon is a path. */
const SCHEMES: ReadonlyArray<readonly [prefix: string, hasQuery: boolean]> = [
  ['http://', true],
  ['https://', true],
  ['ajp://', true],
  ['balancer://', true],
  ['fcgi://', true],
  ['ftp://', false],
  ['gopher://', false],
  ['h2://', true],
  ['h2c://', true],
  ['ldap://', false],
  ['mailto:', true],
  ['news:', false],
  ['nntp://', false],
  ['scgi://', true],
  ['unix:', false],
  ['ws://', true],
  ['wss://', true],
];

/** How long the scheme is with what separates it from the rest, or undefined for what is no URL. */
export function readScheme(url: string): { readonly length: number; readonly hasQuery: boolean } | undefined {
  // Nothing as short as a scheme alone is a URL to Apache.
  if (url.length <= 5 || !url.includes(':')) return undefined;
  for (const [prefix, hasQuery] of SCHEMES) {
    if (url.length >= prefix.length && url.slice(0, prefix.length).toLowerCase() === prefix) {
      return { length: prefix.length, hasQuery };
    }
  }
  return undefined;
}

/** Escapes what stands behind the host. `schemeLength`: of readScheme. */
export function escapeUrl(url: string, schemeLength: number): string {
  let start = schemeLength;
  if (url[schemeLength - 1] === '/') {
    const slash = url.indexOf('/', schemeLength);
    if (slash === -1 || slash === url.length - 1) return url;
    start = slash + 1;
    // RFC 4516 section 2: question marks separate the parts of an LDAP URL, at most four of them.
    if (url.slice(0, 4).toLowerCase() === 'ldap') return escapeLdapUrl(url, start);
  }
  return url.slice(0, start) + escapePath(url.slice(start));
}

function escapeLdapUrl(url: string, start: number): string {
  const parts = url.slice(start).split('?');
  const separate = [...parts.slice(0, 4), ...(parts.length > 4 ? [parts.slice(4).join('?')] : [])];
  return url.slice(0, start) + separate.map(escapePath).join('?');
}

/** A path with scheme, name and port of the server in front. */
export function qualify(path: string, request: ApacheRequest): string {
  if (request.method === 'CONNECT' || readScheme(path) !== undefined) return path;
  return absoluteUrl(request, path.startsWith('/') ? path : `/${path}`);
}

/** The path of a URL of the host that the request is for; undefined for any other. */
export function reduceToPath(url: string, request: ApacheRequest): string | undefined {
  const scheme = schemeOf(request);
  if (url.length <= scheme.length + 3) return undefined;
  if (url.slice(0, scheme.length + 3).toLowerCase() !== `${scheme}://`) return undefined;
  const rest = url.slice(scheme.length + 3);
  const end = rest.indexOf('/');
  const authority = end === -1 ? rest : rest.slice(0, end);
  const colon = authority.indexOf(':');
  const name = colon === -1 ? authority : authority.slice(0, colon);
  const port = colon === -1 ? defaultPortOf(request) : Number.parseInt(authority.slice(colon + 1), 10) || 0;
  if (!isOwnHost(name.toLowerCase(), port, request)) return undefined;
  return end === -1 ? '/' : rest.slice(end);
}

/** Apache's ap_matches_request_vhost: an address of the host, or one of its names together with its port. */
function isOwnHost(name: string, port: number, request: ApacheRequest): boolean {
  const { host } = request;
  if (host.addresses.some((own) => (own.port === 0 || own.port === port) && own.host.toLowerCase() === name)) {
    return true;
  }
  // Without a port in ServerName its port is 0, which no URL has: only names with their port are recognised.
  if (port !== portOfHost(host)) return false;
  if (host.name?.toLowerCase() === name || host.aliases.some((alias) => alias.toLowerCase() === name)) return true;
  return host.wildAliases.some((alias) => matchesAlias(alias.toLowerCase(), name));
}
