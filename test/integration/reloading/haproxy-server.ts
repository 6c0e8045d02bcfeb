// HAProxy in front of two servers of Node.js. With each reload a new process gets the listening sockets of the old one over its admin
// socket, so that no connection is refused, and tells the old one to end.
import type { ReloadedServer } from './reload-under-load.ts';
import { ScriptServer } from './script-server.ts';
import { ServedFiles } from './served-files.ts';
import { ServerProcess, findFreePort } from './server-process.ts';
import type { ExpectedAnswer, LoadRequest } from './workload.ts';

/** See the head of the file. */
export class HaproxyServer implements ReloadedServer {
  readonly url: string;
  readonly #files: ServedFiles;
  readonly #program: string;
  /** The one that listens comes last. */
  readonly #processes: ServerProcess[] = [];
  readonly #backends: readonly ScriptServer[];

  private constructor(program: string, port: number, files: ServedFiles, backends: readonly ScriptServer[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.#program = program;
    this.#files = files;
    this.#backends = backends;
    this.#processes.push(this.#spawn([]));
  }

  static async start(program: string): Promise<HaproxyServer> {
    const backends = await Promise.all(
      [1, 2].map(() => ScriptServer.start({ kind: 'node', keepAliveTimeoutMs: 60_000 })),
    );
    const files = new ServedFiles();
    const port = await findFreePort();
    files.write(
      'haproxy.cfg',
      formatConfiguration(
        files,
        port,
        backends.map(({ url }) => new URL(url).host),
      ),
    );
    const server = new HaproxyServer(program, port, files, backends);
    await server.#processes[0]!.accepting({ port, host: '127.0.0.1' });
    return server;
  }

  expect(request: LoadRequest): ExpectedAnswer {
    return this.#backends[0]!.expect(request);
  }

  async reload(): Promise<void> {
    const old = this.#processes.at(-1)!;
    const sockets = ['-x', this.#files.path('admin.sock')];
    this.#processes.push(this.#spawn([...sockets, '-sf', String(old.child.pid)]));
    await old.printed(/Proxy front stopped/);
  }

  async executedPosts(): Promise<readonly string[]> {
    return (await Promise.all(this.#backends.map((backend) => backend.executedPosts()))).flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop('SIGTERM')));
    await Promise.all(this.#backends.map((backend) => backend[Symbol.asyncDispose]()));
    this.#files.remove();
  }

  #spawn(args: readonly string[]): ServerProcess {
    return new ServerProcess(this.#program, ['-db', '-f', this.#files.path('haproxy.cfg'), ...args]);
  }
}

function formatConfiguration(files: ServedFiles, port: number, backends: readonly string[]): string {
  return `global
  maxconn 1000
  stats socket ${files.path('admin.sock')} mode 600 expose-fd listeners level admin
  hard-stop-after 2s
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  timeout http-keep-alive 1s
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  ${backends.map((host, number) => `server s${number} ${host}`).join('\n  ')}
`;
}
