// What is inspected: one URL, taken apart once.
import { OptionError } from '../errors.ts';
import { formatAuthority, parseOrigin } from '../http/index.ts';
import type { Scheme } from '../http/index.ts';
import type { ConnectTarget } from '../io/index.ts';

/** See the head of the file. */
export interface InspectTarget {
  /** Without user, password and fragment. */
  readonly url: string;
  readonly scheme: Scheme;
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** What Host says. */
  readonly authority: string;
  /** Path and query, as they are requested. */
  readonly path: string;
  readonly connect: ConnectTarget;
}

/** @throws OptionError where the URL cannot be inspected. */
export function parseTarget(url: string | URL): InspectTarget {
  const text = String(url);
  const origin = parseOrigin(text);
  if (origin === undefined) {
    throw new OptionError('url', 'is no absolute http: or https: URL; write it as http://host:port/path');
  }
  const parsed = new URL(text);
  if (parsed.username !== '' || parsed.password !== '') {
    throw new OptionError('url', 'has a user or a password in it; send them as a field, in `headers`');
  }
  parsed.hash = '';
  const { scheme, host, port } = origin;
  return {
    url: parsed.href,
    scheme,
    host,
    port,
    authority: formatAuthority(host, port, scheme),
    path: `${parsed.pathname}${parsed.search}`,
    connect: { scheme, host, port, socketPath: undefined },
  };
}
