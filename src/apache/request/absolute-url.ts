// Links to the server itself: scheme, the name that the client knows it by, and the port where it is not the usual one.
import type { ApacheRequest } from './apache-request.ts';

/** ServerName may name a scheme, for a server behind one that ends TLS. */
export function schemeOf({ connection, host }: ApacheRequest): 'http' | 'https' {
  return connection.tls || host.nameScheme === 'https' ? 'https' : 'http';
}

/** The port that links need not name. */
export function defaultPortOf(request: ApacheRequest): number {
  return schemeOf(request) === 'https' ? 443 : 80;
}

/** `path` begins with a slash; it is taken as it is. */
export function absoluteUrl(request: ApacheRequest, path: string): string {
  const port = request.services.serverPortOf(request);
  const suffix = port === defaultPortOf(request) ? '' : `:${port}`;
  return `${schemeOf(request)}://${request.services.serverNameOf(request)}${suffix}${path}`;
}
