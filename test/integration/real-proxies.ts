// Real programs as forward proxies of a session, each with a log of what it was asked for on which connection.
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { ServedFiles } from './reloading/served-files.ts';
import { ServerProcess, findFreePort } from './reloading/server-process.ts';

/** Where Debian keeps the modules of Apache. */
const MODULES = '/usr/lib/apache2/modules';

const USER = 'user';
const PASSWORD = 'pass:word';

/** A proxy, and what it was asked for. */
export class RealProxy implements AsyncDisposable {
  readonly url: string;
  /** With the user and the password that it accepts, where it wants some. */
  readonly urlWithCredentials: string;
  readonly #files: ServedFiles;
  readonly #process: ServerProcess;

  private constructor(port: number, files: ServedFiles, program: string, args: readonly string[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.urlWithCredentials = `http://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
    this.#files = files;
    this.#process = new ServerProcess(program, args);
  }

  /** mod_proxy: forwards, and opens tunnels to the ports that are named. With `protects` it wants a user and a password. */
  static async apache(program: string, tunnelPorts: readonly string[], protects = false): Promise<RealProxy> {
    const files = new ServedFiles();
    const port = await findFreePort();
    files.write('users', `${USER}:{SHA}${createHash('sha1').update(PASSWORD).digest('base64')}\n`);
    files.write('httpd.conf', formatApache(files, port, tunnelPorts, protects));
    const args = ['-d', files.folder, '-f', files.path('httpd.conf'), '-DFOREGROUND'];
    const proxy = new RealProxy(port, files, program, args);
    await proxy.#process.accepting({ port, host: '127.0.0.1' });
    return proxy;
  }

  /** No forward proxy by trade: it takes whole URLs, and passes them on to the host that they name. */
  static async nginx(program: string): Promise<RealProxy> {
    const files = new ServedFiles();
    const port = await findFreePort();
    files.write('nginx.conf', formatNginx(files, port));
    const args = ['-p', files.folder, '-e', files.path('error.log'), '-c', files.path('nginx.conf')];
    const proxy = new RealProxy(port, files, program, args);
    await proxy.#process.accepting({ port, host: '127.0.0.1' });
    return proxy;
  }

  /** `port method target status` of every request that is over, the port being ours on the connection. */
  log(): string[][] {
    const lines = readFileSync(this.#files.path('access.log'), 'utf8').trimEnd().split('\n');
    return lines.filter((line) => line !== '').map((line) => line.split(' '));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop('SIGTERM');
    this.#files.remove();
  }
}

function formatApache(files: ServedFiles, port: number, tunnelPorts: readonly string[], protects: boolean): string {
  const names = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic'];
  const modules = [...names, 'proxy', 'proxy_http', 'proxy_connect'].map(
    (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`,
  );
  const protection = `AuthType Basic\nAuthName "a proxy"\nAuthUserFile ${files.path('users')}\nRequire valid-user`;
  return `${modules.join('\n')}
${process.getuid?.() === 0 ? 'User nobody\nGroup nogroup' : ''}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${files.folder}
PidFile ${files.path('apache.pid')}
ErrorLog ${files.path('error.log')}
LogFormat "%{remote}p %m %U %>s" proxied
CustomLog ${files.path('access.log')} proxied
ProxyRequests On
AllowCONNECT ${tunnelPorts.join(' ')}
<Proxy "*">
${protects ? protection : 'Require all granted'}
</Proxy>
KeepAlive On
KeepAliveTimeout 60
MaxKeepAliveRequests 0
StartServers 1
ServerLimit 4
ThreadsPerChild 16
MaxRequestWorkers 64
`;
}

function formatNginx(files: ServedFiles, port: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${files.path(name)};`,
  );
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${files.path('nginx.pid')};
events { worker_connections 64; }
http {
  ${paths.join('\n  ')}
  log_format proxied '$remote_port $request_method $request_uri $status';
  access_log ${files.path('access.log')} proxied;
  keepalive_timeout 60s;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://$http_host$request_uri; }
  }
}
`;
}
