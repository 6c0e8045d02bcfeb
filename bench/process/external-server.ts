// A server that is not ours, started with a configuration of its own: its port, its process, and its end.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const START_ATTEMPTS = 100;
const START_PAUSE_MS = 50;

/** See the head of the file. */
export class ExternalServer {
  readonly port: Promise<number>;
  readonly #process: ChildProcess;
  readonly #onStop: () => void;

  private constructor(child: ChildProcess, port: number, onStop: () => void) {
    this.#process = child;
    this.port = Promise.resolve(port);
    this.#onStop = onStop;
  }

  /** Resolves when `port` accepts connections. `onStop`: what is left to be tidied up. */
  static async start(command: readonly string[], port: number, onStop: () => void): Promise<ExternalServer> {
    const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
    const server = new ExternalServer(child, port, onStop);
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
      // oxlint-disable-next-line no-await-in-loop
      if (await accepts(port)) return server;
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
    }
    await server.stop();
    throw new Error(`${command.join(' ')} did not start`);
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
    this.#onStop();
  }
}

/** A port of the loopback interface that nobody listened on a moment ago. */
export async function findFreePort(): Promise<number> {
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
