// What a target that was put together from a pattern becomes before it is a Location: taken apart as APR does, its path escaped again.
import { escapePath } from '../request/escape-path.ts';

/** A port that needs not be named. APR's table. */
const STANDARD_PORTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ftp: 21,
    ssh: 22,
    telnet: 23,
    gopher: 70,
    http: 80,
    pop: 110,
    nntp: 119,
    imap: 143,
    prospero: 191,
    wais: 210,
  }).concat(
    Object.entries({ ldap: 389, https: 443, rtsp: 554, snews: 563, acap: 674, nfs: 2049, tip: 3372, sip: 5060 }),
  ),
);

/** Whether it begins with a scheme, whatever comes then (Apache's ap_is_url). */
export function isUrl(text: string): boolean {
  return /^[A-Za-z0-9+.-]+:/.test(text);
}

/**
 * Escapes everything before the query. Query and fragment stay as they are, passwords become `XXXXXXXX`, a standard port goes, and behind
 * a port that is none everything is lost.
 */
export function escapeUrl(url: string): string {
  const [, scheme = '', rest = ''] = /^([A-Za-z0-9+.-]+:)?(.*)$/s.exec(url) ?? [];
  const authority = scheme === '' || !rest.startsWith('//') ? undefined : rest.slice(2).split(/[/?#]/, 1)[0]!;
  let front = scheme;
  let tail = rest;
  if (authority !== undefined) {
    const spelled = respellAuthority(authority, scheme.slice(0, -1).toLowerCase());
    front = `${scheme}//${spelled.text}`;
    if (!spelled.complete) return escapePath(front);
    tail = rest.slice(2 + authority.length);
  }
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(tail) ?? [];
  return escapePath(front + path) + query + fragment;
}

/** `user:password@host:port`. Not complete: the port is not a number. */
function respellAuthority(authority: string, scheme: string): { text: string; complete: boolean } {
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, at + 1).replace(/:.*@$/s, ':XXXXXXXX@');
  const host = authority.slice(at + 1);
  const [, name = host, port] = /^(\[[^\]]*\]|[^:]*):(.*)$/s.exec(host) ?? [];
  if (port === undefined || port === '') return { text: user + name, complete: true };
  if (!/^\d+$/.test(port)) return { text: user + name, complete: false };
  const isStandard = Number(port) === 0 || Number(port) === STANDARD_PORTS.get(scheme);
  return { text: isStandard ? user + name : `${user}${name}:${port}`, complete: true };
}
