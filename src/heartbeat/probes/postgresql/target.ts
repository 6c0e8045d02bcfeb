// A URL of PostgreSQL taken apart, as libpq writes them: postgres://user:password@host:port/database?sslmode=require
import { OptionError } from '../../../errors.ts';
import { describe } from '../../../option-checks.ts';
import type { PostgresTlsMode } from './postgres-conversation.ts';

/** See the head of the file. */
export interface PostgresTarget {
  /** For people: scheme, host, port and database. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** The unix socket, where `?host=` is a folder. */
  readonly socketPath: string | undefined;
  /** Undefined: nobody logs in. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  readonly tlsMode: PostgresTlsMode;
  /** `sslmode=prefer` takes any certificate: who can answer for the server can also say that it has no TLS. */
  readonly checksCertificate: boolean;
}

const DEFAULT_PORT = 5432;

const TLS_MODES: Readonly<Record<string, PostgresTlsMode>> = {
  disable: 'disable',
  prefer: 'prefer',
  require: 'require',
  'verify-full': 'require',
};

/** @throws OptionError that never quotes the URL: a password may be in it. */
export function parsePostgresUrl(text: string): PostgresTarget {
  const url = parseUrl(text);
  const parameters = url.searchParams;
  const user = textOf('user', decode('user', url.username) || parameters.get('user'));
  const password = textOf('password', decode('password', url.password) || parameters.get('password'));
  if (user === undefined && password !== undefined) throw new OptionError('url', 'has a password and no user');
  const mode = parameters.get('sslmode') ?? 'prefer';
  const tlsMode = TLS_MODES[mode];
  if (tlsMode === undefined) {
    const allowed = Object.keys(TLS_MODES).join(', ');
    throw new OptionError('url', `has sslmode=${describe(mode)}, it must be one of ${allowed}`);
  }
  if (parameters.get('channel_binding') === 'require') {
    throw new OptionError('url', 'has channel_binding=require, which is not spoken here; leave it out');
  }
  const folder = parameters.get('host') ?? '';
  const port = Number(url.port || (parameters.get('port') ?? DEFAULT_PORT));
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) throw new OptionError('url', 'has a port that cannot be');
  // Behind a / that was not encoded stands the rest of a password.
  if (url.pathname.includes('@')) throw new OptionError('url', 'has an @ behind its /; write / as %2F and @ as %40');
  if (url.hostname === '' && !folder.startsWith('/')) throw new OptionError('url', 'has no host');
  const database = textOf('database', decode('database', url.pathname.slice(1))) ?? user ?? '';
  const path = database === '' ? '' : `/${database}`;
  return {
    target: visible(`${url.protocol}//${folder.startsWith('/') ? folder : url.hostname}:${port}${path}`),
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    socketPath: folder.startsWith('/') ? `${folder}/.s.PGSQL.${port}` : undefined,
    user,
    password,
    database,
    // There is no TLS on unix sockets.
    tlsMode: folder.startsWith('/') ? 'disable' : tlsMode,
    checksCertificate: mode !== 'prefer',
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'postgres:' || url?.protocol === 'postgresql:') return url;
  throw new OptionError('url', 'is no URL of PostgreSQL; write it as postgres://user:password@host:port/database');
}

/** What was decoded may hold what a terminal would obey: that is encoded again. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, encodeURIComponent);
}

/** Undefined where there is nothing. U+0000 ends a text of the protocol. */
function textOf(what: string, text: string | null): string | undefined {
  if (text?.includes('\0') === true) throw new OptionError('url', `has a ${what} with U+0000 in it`);
  return text === null || text === '' ? undefined : text;
}

/** Parameters are decoded already, the other parts are not. */
function decode(what: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new OptionError('url', `has a ${what} that cannot be decoded; write a percent sign as %25`);
  }
}
