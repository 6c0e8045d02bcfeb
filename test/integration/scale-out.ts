// HAProxy with the configuration of examples/scale-out in front of three `perdura serve`, clients that never send a request again, and
// restarts. What counts as good is the affair of the test.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PerduraProcess } from '../cli/perdura-process.ts';
import { ServerProcess, findFreePort } from './reloading/server-process.ts';

// Compiled, this file is build/test/integration/scale-out.js.
const CONFIGURATION = path.resolve(import.meta.dirname, '../../../examples/scale-out/haproxy.cfg');
/** The ports of the configuration: HAProxy's, then those of the three servers. */
const PORTS = [8080, 8081, 8082, 8083];

/** Each asks one request after the other on a connection that it keeps. */
const CLIENTS = 16;
const PAUSE_MS = 5;
/** Too large for the buffers between: it is under way for a while. */
const LARGE_BYTES = 4 * 1_024 * 1_024;
const SMALL_TEXT = 'small\n';

/** How to start the servers, and what to change in the configuration. */
export interface ScaleOutOptions {
  /** Of `perdura serve`, besides folder and port. */
  readonly flags: readonly string[];
  readonly change?: (configuration: string) => string;
}

/** What came of all requests. */
export interface LoadOutcome {
  readonly requests: number;
  /** One line each. */
  readonly failures: readonly string[];
}

/** One restart: how long it took, and what the server said of its drain. */
export interface RestartOutcome {
  readonly stoppedMs: number;
  readonly code: number | null;
  readonly report: string;
}

/** See the head of the file. */
export class ScaleOut implements AsyncDisposable {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'perdura-scale-out-'));
  readonly #options: ScaleOutOptions;
  readonly #ports: readonly number[];
  readonly #servers: PerduraProcess[] = [];
  #haproxy: ServerProcess | undefined;

  private constructor(options: ScaleOutOptions, ports: readonly number[]) {
    this.#options = options;
    this.#ports = ports;
  }

  static async start(haproxy: string, options: ScaleOutOptions): Promise<ScaleOut> {
    const ports = await Promise.all(PORTS.map(() => findFreePort()));
    const scaleOut = new ScaleOut(options, ports);
    await scaleOut.#start(haproxy);
    return scaleOut;
  }

  async #start(haproxy: string): Promise<void> {
    const site = path.join(this.#folder, 'site');
    mkdirSync(site);
    writeFileSync(path.join(site, 'small.txt'), SMALL_TEXT);
    writeFileSync(path.join(site, 'large.bin'), Buffer.alloc(LARGE_BYTES, 'x'));
    const text = PORTS.reduce(
      (before, port, index) => before.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${this.#ports[index]}`),
      readFileSync(CONFIGURATION, 'utf8'),
    );
    const file = path.join(this.#folder, 'haproxy.cfg');
    writeFileSync(file, this.#options.change?.(text) ?? text);
    await Promise.all([0, 1, 2].map((index) => this.#serve(index)));
    this.#haproxy = new ServerProcess(haproxy, ['-db', '-f', file]);
    await this.#haproxy.accepting({ port: this.#ports[0]!, host: '127.0.0.1' });
  }

  /** What HAProxy said of servers that went down and came up. */
  get told(): string {
    return this.#haproxy?.output ?? '';
  }

  /** SIGTERM, wait for the end, start again. */
  async restart(index: number): Promise<RestartOutcome> {
    const server = this.#servers[index]!;
    const startedMs = performance.now();
    server.send('SIGTERM');
    const { code, stdout } = await server.result;
    const stoppedMs = performance.now() - startedMs;
    await this.#serve(index);
    return { stoppedMs, code, report: stdout.slice(stdout.indexOf('Ended ')).trim() };
  }

  /** Clients that ask until `during` has come to its end. */
  async load(during: () => Promise<void>): Promise<LoadOutcome> {
    const ending = new AbortController();
    let requests = 0;
    const failures: string[] = [];
    const work = async (client: number): Promise<void> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let number = 0; !ending.signal.aborted; number += 1) {
        const isLarge = (number + client) % 20 === 0;
        requests += 1;
        // oxlint-disable-next-line no-await-in-loop
        const failure = await this.#ask(agent, isLarge);
        if (failure !== undefined) failures.push(failure);
        // oxlint-disable-next-line no-await-in-loop
        await sleep(PAUSE_MS);
      }
      agent.destroy();
    };
    const working = Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(client)));
    try {
      await during();
    } finally {
      ending.abort();
      await working;
    }
    return { requests, failures };
  }

  /** Resolves to what went wrong, if anything did. */
  #ask(agent: Agent, isLarge: boolean): Promise<string | undefined> {
    const name = isLarge ? 'large.bin' : 'small.txt';
    const length = isLarge ? LARGE_BYTES : SMALL_TEXT.length;
    return new Promise((resolve) => {
      const request = get({ port: this.#ports[0], host: '127.0.0.1', path: `/${name}`, agent }, (response) => {
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
        });
        response.on('error', (error) => resolve(`${name}: ${error.message}`));
        response.on('close', () => {
          const isWhole = response.statusCode === 200 && bytes === length;
          resolve(isWhole ? undefined : `${name}: ${response.statusCode} with ${bytes} bytes`);
        });
      });
      request.on('error', (error) => resolve(`${name}: ${error.message}`));
    });
  }

  async #serve(index: number): Promise<void> {
    const port = String(this.#ports[index + 1]);
    const server = new PerduraProcess([
      'serve',
      path.join(this.#folder, 'site'),
      '--port',
      port,
      ...this.#options.flags,
    ]);
    this.#servers[index] = server;
    await server.url();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#haproxy?.[Symbol.asyncDispose]();
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
