// Links to the server itself: scheme, the name that the client knows it by, and the port where it is not the usual one.
import type { ApacheRequest } from './apache-request.ts';

/** `path` is escaped already and begins with a slash. */
export function absoluteUrl(request: ApacheRequest, path: string): string {
  const secure = request.connection.tls || request.host.nameScheme === 'https';
  const port = request.services.serverPortOf(request);
  const suffix = port === (secure ? 443 : 80) ? '' : `:${port}`;
  return `${secure ? 'https' : 'http'}://${request.services.serverNameOf(request)}${suffix}${path}`;
}
