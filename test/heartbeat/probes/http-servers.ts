// Real servers of HTTP as processes beside the test, so that they can be stopped and killed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdirSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PeerProcess } from '../peer-process.ts';

/** Compiled, this file is build/test/heartbeat/probes/http-servers.js. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PERDURA = path.join(ROOT, 'bin/perdura.js');
const CERTIFICATE = path.join(ROOT, 'test/io/fixtures/localhost.pem');

/** Where Debian keeps the modules of Apache. */
const MODULES = '/usr/lib/apache2/modules';

const isRoot = process.getuid?.() === 0;

/** A folder for one server, and what it serves. Removed when the process of the test ends. */
function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'perdura-heartbeat-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // A server that was started by root serves as somebody else.
  chmodSync(folder, 0o755);
  mkdirSync(path.join(folder, 'root'));
  writeFileSync(path.join(folder, 'root/index.html'), 'alive\n');
  return folder;
}

/** What a server of nginx varies. */
export interface NginxSettings {
  /** Behind the address in `listen`. */
  readonly listen?: '' | 'http2' | 'ssl http2';
  /** In its `http`. */
  readonly http?: string;
  /** In its `server`. */
  readonly server?: string;
}

/** nginx in the foreground, with one worker. */
export async function startNginx(program: string, port: number, settings: NginxSettings = {}): Promise<PeerProcess> {
  const { listen = '', http = '', server = '' } = settings;
  const folder = makeFolder();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${path.join(folder, name)};`,
  );
  const certificate = listen.includes('ssl')
    ? `ssl_certificate ${CERTIFICATE}; ssl_certificate_key ${CERTIFICATE};`
    : '';
  const file = path.join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off;
${isRoot ? 'user root;' : ''}
worker_processes 1;
pid ${path.join(folder, 'nginx.pid')};
events { worker_connections 64; }
http {
  ${temporary.join('\n  ')}
  access_log off;
  ${http}
  server {
    listen 127.0.0.1:${port} ${listen};
    ${certificate}
    root ${path.join(folder, 'root')};
    ${server}
  }
}
`,
  );
  return new PeerProcess(program, ['-p', folder, '-e', path.join(folder, 'error.log'), '-c', file]).untilListening(
    port,
  );
}

/** Apache in the foreground. */
export async function startApache(program: string, port: number, directives = ''): Promise<PeerProcess> {
  const folder = makeFolder();
  const file = path.join(folder, 'httpd.conf');
  writeFileSync(
    file,
    `LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so
LoadModule authz_core_module ${MODULES}/mod_authz_core.so
LoadModule dir_module ${MODULES}/mod_dir.so
${isRoot ? 'User nobody\nGroup nogroup' : ''}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${folder}
PidFile ${path.join(folder, 'apache.pid')}
ErrorLog ${path.join(folder, 'error.log')}
DocumentRoot ${path.join(folder, 'root')}
DirectoryIndex index.html
StartServers 1
ServerLimit 2
${directives}
`,
  );
  return new PeerProcess(program, ['-d', folder, '-f', file, '-DFOREGROUND']).untilListening(port);
}

const NODE_HTTP = `
  require('node:http').createServer((request, response) => response.end('alive')).listen(Number(process.argv[1]), '127.0.0.1');
`;

const NODE_HTTP2 = `
  require('node:http2').createServer((request, response) => response.end('alive')).listen(Number(process.argv[1]), '127.0.0.1');
`;

/** node:http, or node:http2 by prior knowledge. */
export async function startNode(port: number, module: 'http' | 'http2' = 'http'): Promise<PeerProcess> {
  const program = module === 'http' ? NODE_HTTP : NODE_HTTP2;
  return new PeerProcess(process.execPath, ['-e', program, String(port)]).untilListening(port);
}

/** `perdura serve`: HTTP/1 and HTTP/2 by prior knowledge on one port. */
export async function startPerdura(port: number, parameters: readonly string[] = []): Promise<PeerProcess> {
  const root = path.join(makeFolder(), 'root');
  const all = [PERDURA, 'serve', root, '--port', String(port), ...parameters];
  return new PeerProcess(process.execPath, all).untilListening(port);
}
