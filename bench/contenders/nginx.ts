// nginx with one worker, as a fast server that is not ours to slow down: logs off, sendfile on, connections never ended.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../line.ts';
import { ExternalServer, findFreePort } from '../process/external-server.ts';

/** Serves `root`, or answers everything with three bytes. The caller has made sure that nginx is there. */
export async function startNginx(settings: Settings, root?: string): Promise<ExternalServer> {
  const folder = mkdtempSync(join(tmpdir(), 'perdura-bench-nginx-'));
  const port = await findFreePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, formatConfiguration(folder, port, root));
  const command = [...settings.pinning.server, settings.tools.nginx!, '-p', folder, '-e', join(folder, 'error.log')];
  return ExternalServer.start([...command, '-c', file], port, () => rmSync(folder, { recursive: true, force: true }));
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
