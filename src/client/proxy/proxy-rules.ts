// Which requests of a session go through which proxy: the option `proxy`, and the variables that curl reads. Pure.
import { OptionError } from '../../errors.ts';
import { parseOrigin } from '../../http/origin.ts';
import type { OriginParts, Scheme } from '../../http/origin.ts';
import type { Environment } from '../../io/index.ts';
import { formatBasic } from '../../http/basic-credentials.ts';
import { parseNoProxy } from './no-proxy.ts';

/** A proxy, without what must not be shown. */
export interface ProxyServer {
  readonly parts: OriginParts;
  /** The value of Proxy-Authorization; undefined where its URL has neither user nor password. */
  readonly authorization: string | undefined;
  /** Who says so, e.g. `HTTPS_PROXY`: what errors tell. */
  readonly source: string;
}

/** The proxy for requests to this origin; undefined: none, they go there directly. */
export type ProxyRules = (origin: OriginParts) => ProxyServer | undefined;

/** Everything goes through this one. */
export function rulesOfProxy(proxy: string | URL): ProxyRules {
  const server = parseProxy(String(proxy), 'proxy');
  return () => server;
}

/**
 * What the environment says; undefined where it names no proxy. In lower case first, as curl:
 *
 * - `http_proxy` for http, `https_proxy` for https, and `all_proxy` where the other is not set; set to nothing, there is none.
 * - `HTTP_PROXY` is left out within CGI, where a request's field `Proxy` becomes that variable (CVE-2016-5385, "httpoxy").
 * - `no_proxy`: see no-proxy.ts.
 */
export function rulesOfEnvironment(environment: Environment): ProxyRules | undefined {
  const servers = { http: findProxy(environment, 'http'), https: findProxy(environment, 'https') };
  if (servers.http === undefined && servers.https === undefined) return undefined;
  const isExempt = parseNoProxy(environment['no_proxy'] ?? environment['NO_PROXY']);
  return (origin) => (isExempt(origin) ? undefined : servers[origin.scheme]);
}

function findProxy(environment: Environment, scheme: Scheme): ProxyServer | undefined {
  const isCgi = environment['REQUEST_METHOD'] !== undefined;
  const own = [`${scheme}_proxy`, ...(scheme === 'http' && isCgi ? [] : [`${scheme.toUpperCase()}_PROXY`])];
  const name = [...own, 'all_proxy', 'ALL_PROXY'].find((each) => environment[each] !== undefined);
  const text = name === undefined ? '' : environment[name]!.trim();
  return name === undefined || text === '' ? undefined : parseProxy(text, name);
}

/** Errors do not quote it: it may have a password in it. */
function parseProxy(text: string, source: string): ProxyServer {
  const where = source === 'proxy' ? '' : `${source} `;
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(absolute)) {
    throw new OptionError('proxy', `${where}is no URL, it must be one such as 'http://proxy.example.com:3128'`);
  }
  const url = new URL(absolute);
  const parts = parseOrigin(url);
  if (parts === undefined) {
    throw new OptionError('proxy', `${where}has the scheme '${url.protocol}', it must be http: or https:`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new OptionError('proxy', `${where}has a path, a query or a fragment: a proxy is a host and a port`);
  }
  const hasCredentials = url.username !== '' || url.password !== '';
  return { parts, authorization: hasCredentials ? formatBasic(url, 'proxy') : undefined, source };
}

/** `the proxy http://proxy.example.com:3128 (HTTPS_PROXY)`, for messages. */
export function describeProxy({ parts, source }: ProxyServer): string {
  return `the proxy ${parts.origin} (${source === 'proxy' ? 'option proxy' : source})`;
}
