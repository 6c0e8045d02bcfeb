// Origins (RFC 9110 §4.3.1): scheme, host and port, which decide what connection a request may use.

/** The schemes that connections are made for. */
export type Scheme = 'http' | 'https';

/** An origin in its one normal form: `scheme://host[:port]`, lower case, IPv6 in brackets, no port that is the default. */
export type Origin = `${Scheme}://${string}`;

/** What an origin says, ready to connect to. */
export interface OriginParts {
  readonly origin: Origin;
  readonly scheme: Scheme;
  /** Lower case; IPv6 without brackets, as a resolver or a socket takes it. */
  readonly host: string;
  /** Always a number: the default of the scheme where the URL names none. */
  readonly port: number;
}

const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/**
 * The authority as it stands in a URL and in the Host field (RFC 9110 §7.2): brackets around IPv6, no port where undefined or
 * the default of the scheme.
 */
export function formatAuthority(host: string, port: number | undefined, scheme: Scheme): string {
  const uriHost = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === undefined || port === DEFAULT_PORTS[scheme] ? uriHost : `${uriHost}:${port}`;
}

/** The origin of an absolute URL; undefined where it is no URL, or neither http nor https. User, path and query are left out. */
export function parseOrigin(url: string | URL): OriginParts | undefined {
  if (typeof url === 'string' && !URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = typeof url === 'string' ? new URL(url) : url;
  const scheme = protocol === 'http:' ? 'http' : protocol === 'https:' ? 'https' : undefined;
  if (scheme === undefined) return undefined;
  return {
    origin: `${scheme}://${port === '' ? hostname : `${hostname}:${port}`}`,
    scheme,
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? DEFAULT_PORTS[scheme] : Number(port),
  };
}

/** Whether two absolute URLs have the same origin (RFC 9110 §4.3.1). What has no origin is the same as nothing. */
export function sameOrigin(left: string | URL, right: string | URL): boolean {
  const origin = parseOrigin(left)?.origin;
  return origin !== undefined && origin === parseOrigin(right)?.origin;
}
