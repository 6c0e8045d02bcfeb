// Plain HTTP where TLS is spoken: whatever was asked is answered as a GET that explains itself, as Apache does before it has read more.
import type { RawRequest } from '../../server/index.ts';
import type { VirtualHost } from '../config/virtual-host.ts';
import { ssl } from '../modules/ssl.ts';

/** For the page (HTML). */
export const PLAIN_ON_TLS_NOTES: string =
  "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />\n Instead use the HTTPS scheme to access this URL, please.<br />\n";

/** What a request is taken for. */
export type SeenRequest = Pick<RawRequest, 'requestLine' | 'method' | 'target' | 'version' | 'startedAtMs' | 'fields'>;

/** `first` is the host that answers before anybody has named one. */
export function speaksPlainOnTls(raw: RawRequest, first: VirtualHost): boolean {
  return !raw.secure && ssl.ofServer(first.server).engine === true;
}

export function plainRequest({ startedAtMs }: RawRequest): SeenRequest {
  return {
    requestLine: 'GET / HTTP/1.0',
    method: 'GET',
    target: '/',
    version: 'HTTP/1.0',
    startedAtMs,
    fields: [],
  };
}
