// A URL of PostgreSQL taken apart, as libpq writes them: postgres://user:password@host:port/database?sslmode=require
import { OptionError } from '../../../errors.ts';
import { describe } from '../../../option-checks.ts';
import { ENCODED } from '../connection/probe-target.ts';
import type { PostgresTlsMode } from './postgres-conversation.ts';
import { parseRequiredAuth } from './required-auth.ts';
import type { RequiredAuth } from './required-auth.ts';

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
  readonly requiredAuth: RequiredAuth;
}

const DEFAULT_PORT = 5432;

const TLS_MODES: Readonly<Record<string, PostgresTlsMode>> = {
  disable: 'disable',
  prefer: 'prefer',
  require: 'require',
  'verify-full': 'require',
};

/** What is understood. What is not is refused: half of the others are there to make a connection safer. */
const PARAMETERS: readonly string[] = [
  'user',
  'password',
  'host',
  'port',
  'sslmode',
  'require_auth',
  'channel_binding',
];

/** @throws OptionError that never quotes the URL: a password may be in it. */
export function parsePostgresUrl(text: string): PostgresTarget {
  const url = parseUrl(text);
  const parameters = url.searchParams;
  checkParameters(url);
  const user = textOf('user', decode('user', url.username) || parameters.get('user'));
  const password = textOf('password', decode('password', url.password) || parameters.get('password'));
  if (user === undefined && password !== undefined) throw new OptionError('url', 'has a password and no user');
  const mode = parameters.get('sslmode') ?? 'prefer';
  const tlsMode = Object.hasOwn(TLS_MODES, mode) ? TLS_MODES[mode] : undefined;
  if (tlsMode === undefined) {
    const allowed = Object.keys(TLS_MODES).join(', ');
    throw new OptionError('url', `has sslmode=${describe(mode)}, it must be one of ${allowed}`);
  }
  checkChannelBinding(parameters.get('channel_binding'));
  const folder = parameters.get('host') ?? '';
  if (folder !== '' && !folder.startsWith('/')) {
    throw new OptionError(
      'url',
      'has a host that is no folder of a unix socket; write a name or an address before the path',
    );
  }
  const port = Number(url.port || (parameters.get('port') ?? DEFAULT_PORT));
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) throw new OptionError('url', 'has a port that cannot be');
  // Behind a / that was not encoded stands the rest of a password.
  if (url.pathname.includes('@')) throw new OptionError('url', 'has an @ behind its /; write / as %2F and @ as %40');
  if (url.hostname === '' && folder === '') throw new OptionError('url', 'has no host');
  const database = textOf('database', decode('database', url.pathname.slice(1))) ?? user ?? '';
  const path = database === '' ? '' : `/${database}`;
  return {
    target: visible(`${url.protocol}//${folder === '' ? url.hostname : folder}:${port}${path}`),
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    socketPath: folder === '' ? undefined : `${folder}/.s.PGSQL.${port}`,
    user,
    password,
    database,
    // There is no TLS on unix sockets.
    tlsMode: folder === '' ? tlsMode : 'disable',
    checksCertificate: mode !== 'prefer',
    requiredAuth: parseRequiredAuth(parameters.get('require_auth')),
  };
}

function checkParameters(url: URL): void {
  if (url.hash !== '') throw new OptionError('url', 'has a fragment; write # in a password as %23');
  const given = [...url.searchParams.keys()];
  for (const [index, name] of given.entries()) {
    if (!PARAMETERS.includes(name)) {
      // A question mark in a password that is not encoded: what follows is the rest of it.
      const which = url.search.includes('@')
        ? 'a parameter (write ? in a password as %3F)'
        : `the parameter ${describe(name)}`;
      throw new OptionError('url', `has ${which}, which is not understood here: there are ${PARAMETERS.join(', ')}`);
    }
    if (given.indexOf(name) !== index) throw new OptionError('url', `has the parameter ${name} twice`);
  }
  for (const [name, place] of [
    ['user', url.username],
    ['password', url.password],
    ['host', url.hostname],
    ['port', url.port],
  ] as const) {
    if (place !== '' && given.includes(name)) {
      throw new OptionError('url', `has a ${name} before the path and another one as a parameter`);
    }
  }
}

function checkChannelBinding(wanted: string | null): void {
  if (wanted === null || wanted === 'disable' || wanted === 'prefer') return;
  const why = wanted === 'require' ? 'is not spoken here; leave it out' : 'must be disable or prefer';
  throw new OptionError('url', `has channel_binding=${describe(wanted)}, which ${why}`);
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'postgres:' || url?.protocol === 'postgresql:') return url;
  const advice = text.includes('@') ? `; ${ENCODED}` : '';
  throw new OptionError(
    'url',
    `is no URL of PostgreSQL; write it as postgres://user:password@host:port/database${advice}`,
  );
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
