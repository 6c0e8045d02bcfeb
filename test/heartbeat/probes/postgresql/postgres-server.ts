// A real PostgreSQL in a temporary folder, beside the test: a cluster with users of every kind of authentication, which can be started on
// a port, stopped, killed and started again.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { externalProgram } from '../../../support/external-program.ts';
import { PeerProcess } from '../../peer-process.ts';

/** Compiled, this file is build/test/heartbeat/probes/postgresql/postgres-server.js. It has the key, too. */
export const CERTIFICATE: string = path.resolve(import.meta.dirname, '../../../../../test/io/fixtures/localhost.pem');

/** With what SASLprep and percent-encoding are for. */
export const PASSWORD = 'pä\u00a0ss:w/or%d';

const programs = [externalProgram('postgres'), externalProgram('initdb'), externalProgram('setpriv')];

/** Why there can be none here, `false` where there can. */
export const skip: string | false = programs.map((program) => program.skip).find((reason) => reason !== false) ?? false;

/** By user: how the server lets in who comes over TCP. Who is not here is refused. */
const METHODS = { trusty: 'trust', scrammed: 'scram-sha-256', hashed: 'md5', clear: 'password', expired: 'reject' };

/** PostgreSQL refuses to run as root. */
const asPostgres = process.getuid?.() === 0;

/** The command that runs a program of PostgreSQL as somebody else than root. */
function command(program: string, parameters: readonly string[]): [string, string[]] {
  const [postgres, initdb, setpriv] = programs.map((found) => found.path);
  const file = (program === 'initdb' ? initdb : postgres) ?? '';
  if (!asPostgres) return [file, [...parameters]];
  return [setpriv ?? '', ['--reuid=postgres', '--regid=postgres', '--clear-groups', file, ...parameters]];
}

function run(program: string, parameters: readonly string[], input = ''): void {
  const [file, all] = command(program, parameters);
  const { status, stderr, stdout, error } = spawnSync(file, all, {
    input,
    encoding: 'utf8',
    cwd: '/',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? ''} ${stdout} ${stderr}`);
}

/** One running server of a cluster. Each of its processes leads a group of its own, so they are signalled one by one. */
export class PostgresProcess extends PeerProcess {
  readonly #pidFile: string;

  constructor(folder: string, port: number) {
    const settings = ['-p', String(port), '-k', folder, '-h', '127.0.0.1', '-F', '-c', 'max_connections=20'];
    super(...command('postgres', ['-D', path.join(folder, 'data'), ...settings]), { cwd: '/' });
    this.#pidFile = path.join(folder, 'data', 'postmaster.pid');
  }

  override stop(): void {
    super.stop();
    this.#signalChildren('SIGSTOP');
  }

  override continue(): void {
    this.#signalChildren('SIGCONT');
    super.continue();
  }

  override async kill(): Promise<void> {
    const children = this.#children();
    const killed = super.kill();
    for (const pid of children) signal(pid, 'SIGKILL');
    await killed;
  }

  /** Ends the sessions of a user as an administrator does with pg_terminate_backend. */
  terminate(user: string): void {
    for (const pid of this.#children()) {
      // The title that the process gives itself: `postgres: user database host(port) what it does`.
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`postgres: ${user} `)) signal(pid, 'SIGTERM');
    }
  }

  #signalChildren(name: NodeJS.Signals): void {
    for (const pid of this.#children()) signal(pid, name);
  }

  #children(): number[] {
    try {
      const [pid = ''] = readFileSync(this.#pidFile, 'utf8').split('\n');
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      return children.split(' ').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone by itself.
  }
}

/** See the head of the file. */
export class PostgresCluster implements Disposable {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'perdura-postgres-'));
    const certificate = path.join(this.folder, 'server.pem');
    copyFileSync(CERTIFICATE, certificate);
    // A key that others may read is refused.
    chmodSync(certificate, 0o600);
    if (asPostgres) for (const file of [this.folder, certificate]) chownSync(file, ...postgresIds());
    const data = path.join(this.folder, 'data');
    run('initdb', ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']);
    const quoted = `'${PASSWORD.replaceAll("'", "''")}'`;
    run(
      'postgres',
      ['--single', '-F', '-D', data, 'postgres'],
      [
        'CREATE DATABASE shop',
        ...Object.entries(METHODS).flatMap(([user, method]) => [
          `SET password_encryption = '${method === 'md5' ? 'md5' : 'scram-sha-256'}'`,
          `CREATE ROLE ${user} LOGIN PASSWORD ${quoted}`,
        ]),
        '',
      ].join('\n'),
    );
    const rules = Object.entries(METHODS).map(([user, method]) => `host all ${user} 127.0.0.1/32 ${method}`);
    writeFileSync(path.join(data, 'pg_hba.conf'), ['local all all trust', ...rules, ''].join('\n'));
  }

  /** What is written behind the settings that are there; takes effect with the next start. */
  configure(settings: string): void {
    writeFileSync(path.join(this.folder, 'data', 'postgresql.auto.conf'), settings);
  }

  /** Settings with which the server has TLS. */
  get tlsSettings(): string {
    const file = path.join(this.folder, 'server.pem');
    return `ssl = on\nssl_cert_file = '${file}'\nssl_key_file = '${file}'\n`;
  }

  /** Resolves when it accepts connections, though not yet log-ins. */
  async start(port: number): Promise<PostgresProcess> {
    const server = new PostgresProcess(this.folder, port);
    await server.untilListening(port);
    return server;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function postgresIds(): [number, number] {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const [, , user, group] = (line ?? '').split(':');
  return [Number(user), Number(group)];
}
