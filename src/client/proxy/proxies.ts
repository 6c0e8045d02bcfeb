// The proxies of a session on its requests: which way each of them goes, and what it is on that way.
import { OptionError } from '../../errors.ts';
import type { Origin, OriginParts } from '../../http/origin.ts';
import type { ConnectionOpener } from '../../io/index.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';
import { ProxyOpener } from './proxy-opener.ts';
import type { TunnelTools } from './pending-tunnel.ts';
import type { ProxyRules, ProxyServer } from './proxy-rules.ts';

/** How an origin is reached. */
export interface Route {
  /** Connections of one key serve each other's requests. */
  readonly key: string;
  /** Where the connections lead to, as far as we can see: an origin, or a proxy that forwards. */
  readonly parts: OriginParts;
  readonly opener: ConnectionOpener;
  /** The proxy on the way; undefined: none. */
  readonly proxy: Origin | undefined;
  /** Field lines that a proxy which forwards the request gets of us; undefined: nobody forwards it. */
  readonly forwardLines: string | undefined;
}

/** Routes that are remembered; beyond, all are found anew. */
const REMEMBERED_ROUTES = 1_024;

/** What RFC 9110 §11.7.1 has for the next proxy, and for nobody behind it. */
const PROXY_AUTHORIZATION = '\r\nproxy-authorization:';

/** One proxy, and both ways through it. */
class ProxyRoutes {
  readonly server: ProxyServer;
  /** One for all origins of http: a request names the whole URL, so any connection to the proxy will do. */
  readonly forward: Route;
  readonly #tunnels: ProxyOpener;

  constructor(server: ProxyServer, tools: TunnelTools) {
    const { parts, authorization } = server;
    this.server = server;
    const opener = new ProxyOpener(tools, server, 'forward');
    const forwardLines = authorization === undefined ? '' : `proxy-authorization: ${authorization}\r\n`;
    this.forward = { key: `forwarded by ${parts.origin}`, parts, opener, proxy: parts.origin, forwardLines };
    this.#tunnels = new ProxyOpener(tools, server, 'tunnel');
  }

  tunnelTo(parts: OriginParts): Route {
    const proxy = this.server.parts.origin;
    return { key: parts.origin, parts, opener: this.#tunnels, proxy, forwardLines: undefined };
  }
}

/** See the head of the file. */
export class Proxies {
  readonly #rules: ProxyRules;
  readonly #tools: TunnelTools;
  readonly #servers = new Map<ProxyServer, ProxyRoutes>();
  /** By origin; undefined: there is no proxy on the way. */
  readonly #routes = new Map<Origin, Route | undefined>();

  constructor(rules: ProxyRules, tools: TunnelTools) {
    this.#rules = rules;
    this.#tools = tools;
  }

  /** Undefined: directly. */
  routeTo(origin: OriginParts): Route | undefined {
    if (this.#routes.has(origin.origin)) return this.#routes.get(origin.origin);
    const routes = this.#routesOf(this.#rules(origin));
    const route = origin.scheme === 'http' ? routes?.forward : routes?.tunnelTo(origin);
    if (this.#routes.size >= REMEMBERED_ROUTES) this.#routes.clear();
    this.#routes.set(origin.origin, route);
    return route;
  }

  /**
   * The request as it goes out: to a proxy that forwards it, with its whole URL (RFC 9112 §3.2.2) and our credentials for the proxy.
   * Throws an OptionError where the caller gave such credentials: on another way they would go to the origin.
   */
  prepare(outgoing: OutgoingRequest): OutgoingRequest {
    if (outgoing.fieldLines.includes(PROXY_AUTHORIZATION)) {
      throw new OptionError(
        'headers.proxy-authorization',
        'cannot be set where the session has a proxy: put user and password into its URL',
      );
    }
    const lines = this.routeTo(outgoing.origin)?.forwardLines;
    return lines === undefined
      ? outgoing
      : { ...outgoing, target: outgoing.url, fieldLines: outgoing.fieldLines + lines };
  }

  #routesOf(server: ProxyServer | undefined): ProxyRoutes | undefined {
    if (server === undefined) return undefined;
    let routes = this.#servers.get(server);
    if (routes === undefined) {
      routes = new ProxyRoutes(server, this.#tools);
      this.#servers.set(server, routes);
    }
    return routes;
  }
}
