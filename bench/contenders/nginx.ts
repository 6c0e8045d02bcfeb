// nginx with one worker, as a fast server that is not ours to slow down: logs off, sendfile on, connections never ended.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../line.ts';

const START_ATTEMPTS = 100;
const START_PAUSE_MS = 50;

/** A running nginx. */
export class Nginx {
  readonly port: Promise<number>;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.#process = child;
    this.port = Promise.resolve(port);
    this.#folder = folder;
  }

  /** Serves `root`, or answers everything with three bytes. The caller has made sure that nginx is there. */
  static async start(settings: Settings, root?: string): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'perdura-bench-nginx-'));
    const port = await findFreePort();
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, formatConfiguration(folder, port, root));
    const command = [...settings.pinning.server, settings.tools.nginx!, '-p', folder, '-e', join(folder, 'error.log')];
    const child = spawn(command[0]!, [...command.slice(1), '-c', file], { stdio: 'inherit' });
    const nginx = new Nginx(child, port, folder);
    await nginx.#whenListening(port);
    return nginx;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await exit;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #whenListening(port: number): Promise<void> {
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
      // oxlint-disable-next-line no-await-in-loop
      if (await accepts(port)) return;
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
    }
    await this.stop();
    throw new Error('nginx did not start');
  }
}

function formatConfiguration(folder: string, port: number, root: string | undefined): string {
  const content = root === undefined ? 'default_type text/plain; return 200 "ok\\n";' : `root ${root};`;
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  // Without a master the one process is the worker, so that it can be pinned and its time be read.
  return `daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
  ${paths.join('\n  ')}
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { ${content} }
  }
}
`;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
