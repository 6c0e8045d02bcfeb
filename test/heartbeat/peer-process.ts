// A program beside the test, in a process group of its own, so that it can be stopped, continued and killed with all its workers.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

/** How long a program may take until it accepts connections. */
const START_MS = 15_000;

/** See the head of the file. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';

  /** Spawns the program; it must stay in the foreground. */
  constructor(command: string, parameters: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.#child = spawn(command, parameters, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'exit');
    // A program that cannot be spawned is told of by untilListening.
    this.#ended.catch(() => {});
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.#output = (this.#output + bytes.toString()).slice(-4_096);
      });
    }
  }

  /** The last 4,096 characters that it wrote. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when the port accepts connections. @throws Error with what the program said, where it does not. */
  async untilListening(port: number): Promise<this> {
    const untilMs = performance.now() + START_MS;
    while (!(await accepts(port))) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null || performance.now() > untilMs) {
        await this.kill();
        throw new Error(`${this.#child.spawnfile} does not accept connections on port ${port}: ${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this;
  }

  /** The peer is there no more and nobody is told: its kernel still holds the connections. */
  stop(): void {
    this.#signal('SIGSTOP');
  }

  continue(): void {
    this.#signal('SIGCONT');
  }

  /** Resolves when the program is gone. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    await this.#ended.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // The group is gone already.
    }
  }
}

/** A port of loopback that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
