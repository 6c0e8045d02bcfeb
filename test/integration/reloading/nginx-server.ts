// nginx with two workers that gives connections up early: an idle timeout of a second that no field of it tells, and few requests
// on each. Its access log tells what was executed.
import { readFileSync } from 'node:fs';
import { runProgram } from '../run-program.ts';
import type { ReloadedServer } from './reload-under-load.ts';
import { ServedFiles } from './served-files.ts';
import { ServerProcess, findFreePort } from './server-process.ts';
import type { ExpectedAnswer, LoadRequest } from './workload.ts';

/** What differs between tests. */
export interface NginxOptions {
  /** Directives for its `server`. */
  readonly directives?: string;
}

/** See the head of the file. */
export class NginxServer implements ReloadedServer {
  readonly url: string;
  readonly files: ServedFiles;
  readonly #program: string;
  readonly #process: ServerProcess;
  readonly #args: readonly string[];

  private constructor(program: string, port: number, files: ServedFiles) {
    this.#program = program;
    this.files = files;
    this.url = `http://127.0.0.1:${port}`;
    this.#args = ['-p', files.folder, '-e', files.path('error.log'), '-c', files.path('nginx.conf')];
    this.#process = new ServerProcess(program, this.#args);
  }

  static async start(program: string, options: NginxOptions = {}): Promise<NginxServer> {
    const files = new ServedFiles();
    const port = await findFreePort();
    files.write('nginx.conf', formatConfiguration(files, port, options));
    const server = new NginxServer(program, port, files);
    await server.#process.accepting({ port, host: '127.0.0.1' });
    return server;
  }

  /** A unix socket that it listens on as well. */
  get socketPath(): string {
    return this.files.path('nginx.sock');
  }

  expect({ method, path, body }: LoadRequest): ExpectedAnswer {
    const text = method === 'GET' ? this.files.content(path) : `${body.length} bytes\n`;
    return { status: 200, body: text };
  }

  async reload(): Promise<void> {
    const { code, stderr } = await runProgram(this.#program, [...this.#args, '-s', 'reload']);
    if (code !== 0) throw new Error(`nginx -s reload: ${stderr}`);
  }

  async executedPosts(): Promise<readonly string[]> {
    const lines = readFileSync(this.files.path('access.log'), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('POST ')).map((line) => line.slice('POST '.length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop('SIGTERM');
    this.files.remove();
  }
}

function formatConfiguration(files: ServedFiles, port: number, { directives = '' }: NginxOptions): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${files.path(name)};`,
  );
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 2;
pid ${files.path('nginx.pid')};
events { worker_connections 512; }
http {
  ${paths.join('\n  ')}
  log_format executed '$request_method $http_x_id';
  access_log ${files.path('access.log')} executed;
  types { text/plain txt; text/html html; }
  keepalive_timeout 1s;
  keepalive_requests 50;
  server {
    listen 127.0.0.1:${port};
    listen unix:${files.path('nginx.sock')};
    root ${files.path('root')};
    add_header X-Echo "$request_method $request_uri $http_x_id" always;
    location /echo { default_type text/plain; return 200 "$content_length bytes\\n"; }
    ${directives}
  }
}
`;
}
