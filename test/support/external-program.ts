// Programs that some tests need and that may be missing: finds them on the PATH, and names the Debian package of those it does not find.
import { accessSync, constants, readdirSync } from 'node:fs';
import path from 'node:path';

/** The programs that tests may ask for, with the Debian packages that `.ci/run` installs. */
export const DEBIAN_PACKAGES = {
  ab: 'apache2-utils',
  apache2: 'apache2',
  caddy: 'caddy',
  chromium: 'chromium',
  curl: 'curl',
  go: 'golang-go',
  h2load: 'nghttp2-client',
  haproxy: 'haproxy',
  htpasswd: 'apache2-utils',
  initdb: 'postgresql',
  ip: 'iproute2',
  lighttpd: 'lighttpd',
  memcached: 'memcached',
  mosquitto: 'mosquitto',
  nc: 'netcat-openbsd',
  nginx: 'nginx-light',
  openssl: 'openssl',
  postgres: 'postgresql',
  prlimit: 'util-linux',
  python3: 'python3',
  'redis-server': 'redis-server',
  setpriv: 'util-linux',
  slowhttptest: 'slowhttptest',
  unshare: 'util-linux',
  varnishd: 'varnish',
  wrk: 'wrk',
} as const;

export type ProgramName = keyof typeof DEBIAN_PACKAGES;

/** Spread it in the options of a test: where the program is missing, the test is skipped and says why. */
export interface ExternalProgram {
  /** Absolute; empty where the program is missing. */
  readonly path: string;
  /** Why it cannot be run, `false` where it can. */
  readonly skip: string | false;
}

/** Where Debian keeps servers; often not on the PATH of a user. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** Debian lets several versions of PostgreSQL stand side by side, none of them on the PATH. */
const POSTGRESQL_VERSIONS = '/usr/lib/postgresql';

/** The folders of every version in there, the newest first. */
export function versionFolders(folder: string): string[] {
  try {
    const versions = readdirSync(folder).filter((name) => /^\d/.test(name));
    return versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => path.join(folder, version, 'bin'));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds a program: `test('…', { ...externalProgram('curl') }, …)`, or keep the result for its `path`.
 *
 * @throws Error where it is missing and the environment has `PERDURA_TEST_EXTERNAL=required`.
 */
export function externalProgram(name: ProgramName, environment: NodeJS.ProcessEnv = process.env): ExternalProgram {
  const folders = [
    ...(environment['PATH'] ?? '').split(path.delimiter).filter(Boolean),
    ...SYSTEM_FOLDERS,
    ...(DEBIAN_PACKAGES[name] === 'postgresql' ? versionFolders(POSTGRESQL_VERSIONS) : []),
  ];
  const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
  if (found !== undefined) return { path: path.resolve(found), skip: false };
  const skip = `${name} is not installed (apt-get install ${DEBIAN_PACKAGES[name]})`;
  if (environment['PERDURA_TEST_EXTERNAL'] === 'required')
    throw new Error(`PERDURA_TEST_EXTERNAL=required, but ${skip}`);
  return { path: '', skip };
}
