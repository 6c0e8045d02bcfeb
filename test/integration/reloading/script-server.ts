// A server of our own as a program that is reloaded by a line on its standard input, and prints what it executed: fixtures/go-server
// in Go, fixtures/cluster-server.ts on Node.js with node:http or with serve().
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ReloadedServer } from './reload-under-load.ts';
import { ServerProcess } from './server-process.ts';
import type { ExpectedAnswer, LoadRequest } from './workload.ts';

/** What the server on Node.js is told. */
export interface ClusterServerOptions {
  readonly kind: 'node' | 'perdura';
  /** Idle timeout. */
  readonly keepAliveTimeoutMs: number;
}

/** Compiled, this file is in build/test/integration/reloading; the source is where it was written. */
const FIXTURES = path.resolve(import.meta.dirname, '../../../../test/integration/fixtures');

/** A server in Go, compiled with nothing but its standard library. */
export class GoProgram implements Disposable {
  readonly path: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'perdura-go-'));

  /** `fixture`: the folder of its source. */
  constructor(go: string, fixture = 'go-server') {
    this.path = path.join(this.#folder, 'go-server');
    const environment = {
      ...process.env,
      GOCACHE: path.join(this.#folder, 'cache'),
      GO111MODULE: 'off',
      GOFLAGS: '',
      GOTOOLCHAIN: 'local',
    };
    const { status, stderr } = spawnSync(go, ['build', '-o', this.path, path.join(FIXTURES, fixture, 'main.go')], {
      env: environment,
    });
    if (status !== 0) throw new Error(`go build: ${String(stderr)}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** See the head of the file. */
export class ScriptServer implements ReloadedServer {
  readonly url: string;
  readonly #process: ServerProcess;

  private constructor(port: string, server: ServerProcess) {
    this.url = `http://127.0.0.1:${port}`;
    this.#process = server;
  }

  static start(options: ClusterServerOptions): Promise<ScriptServer> {
    const script = path.resolve(import.meta.dirname, '../fixtures/cluster-server.js');
    return ScriptServer.#start(process.execPath, [script, JSON.stringify(options)]);
  }

  static startGo(program: GoProgram, idleTimeout: string): Promise<ScriptServer> {
    return ScriptServer.#start(program.path, [idleTimeout]);
  }

  static async #start(program: string, args: readonly string[]): Promise<ScriptServer> {
    const server = new ServerProcess(program, args);
    const [, port] = await server.printed(/^port (\d+)$/m);
    return new ScriptServer(port!, server);
  }

  expect({ body }: LoadRequest): ExpectedAnswer {
    return { status: 200, body };
  }

  async reload(): Promise<void> {
    const offset = this.#process.output.length;
    this.#process.say('reload');
    await this.#process.printed(/^ready$/m, offset);
  }

  async executedPosts(): Promise<readonly string[]> {
    return [...this.#process.output.matchAll(/^POST (\S+)$/gm)].map(([, id]) => id!);
  }

  /** Whether something was printed that is neither the port nor a reload nor a request. */
  get complaints(): string[] {
    return this.#process.output.split('\n').filter((line) => !/^(?:|port \d+|ready|POST \S+)$/.test(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop('SIGKILL');
  }
}
