// How it is found out whether HTTP/2 is spoken: by ALPN (RFC 7301) over TLS; without, somebody has to try.
import type { CheckRun } from '../check.ts';

/** As browsers do. */
export const HTTP2_OFFER: readonly string[] = ['h2', 'http/1.1'];

/** Why the server is not asked for HTTP/2, or undefined where it is. */
export function whyNotHttp2({ target, options }: Pick<CheckRun, 'target' | 'options'>): string | undefined {
  // Who does not speak it gets a malformed request.
  return options.gentle && target.scheme === 'http' ? 'to try HTTP/2 without TLS is not gentle' : undefined;
}
