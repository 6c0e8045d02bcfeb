// What an HTTP heartbeat goes to: one URL, taken apart once. User and password become a field; they and the query are shown nowhere.
import { OptionError } from '../../../errors.ts';
import { formatAuthority, formatBasic, parseOrigin } from '../../../http/index.ts';
import { shownPath } from '../connection/shown-path.ts';
import type { ConnectTarget } from '../../../io/index.ts';
import { describe } from '../../../option-checks.ts';
import { ENCODED } from '../connection/probe-target.ts';

/** See the head of the file. */
export interface HttpTarget {
  /** For people: without user, password, query and fragment. Tokens stand in queries. */
  readonly url: string;
  readonly origin: string;
  readonly connect: ConnectTarget;
  /** What Host says (RFC 9110 §7.2). */
  readonly authority: string;
  /** Path and query, as they are requested. */
  readonly path: string;
  /** What user and password are sent as (RFC 7617); undefined where the URL has none. */
  readonly authorization: string | undefined;
}

/** Names of a scheme that say which HTTP is meant, for whoever picks a probe by the scheme. */
const HTTP2_SCHEMES: Readonly<Record<string, string>> = { 'h2:': 'https:', 'h2c:': 'http:' };

/** @throws OptionError where it is no URL of http or https, or of a name for them in `alsoKnown`. */
export function parseHttpTarget(url: string | URL, socketPath: string | undefined, http2Schemes = false): HttpTarget {
  checkSocketPath(socketPath);
  const given = String(url);
  const [scheme = ''] = /^[a-z\d]+:/i.exec(given) ?? [];
  const standard = http2Schemes ? HTTP2_SCHEMES[scheme.toLowerCase()] : undefined;
  // Replaced as text: hosts and ports of URLs are only understood in schemes that the URL standard knows.
  const text = standard === undefined ? given : standard + given.slice(scheme.length);
  const parts = parseOrigin(text);
  if (parts === undefined || parts.port === 0) {
    // No part of it is shown: everything up to the last @ may be a password.
    const also = http2Schemes ? ', h2: or h2c:' : '';
    const advice = given.includes('@') ? `; ${ENCODED}` : '';
    throw new OptionError(
      'url',
      `is no absolute URL of http:, https:${also}; write it as http://host:port/path${advice}`,
    );
  }
  const parsed = new URL(text);
  const hasCredentials = parsed.username !== '' || parsed.password !== '';
  const authorization = hasCredentials ? formatBasic(parsed, 'url') : undefined;
  const path = `${parsed.pathname}${parsed.search}`;
  const shown = `${parsed.protocol}//${parsed.host}${shownPath(parsed.pathname)}`;
  const { host, port } = parts;
  return {
    url: standard === undefined ? shown : scheme.toLowerCase() + shown.slice(standard.length),
    origin: parts.origin,
    connect: { scheme: parts.scheme, host, port, socketPath },
    authority: formatAuthority(host, port, parts.scheme),
    path,
    authorization,
  };
}

function checkSocketPath(socketPath: unknown): void {
  if (socketPath === undefined) return;
  if (typeof socketPath === 'string' && socketPath !== '' && !socketPath.includes('\0')) return;
  throw new OptionError('socketPath', `is ${describe(socketPath)}, it must be the path of a unix socket`);
}
