// A server as a child process that tells of itself in lines, on either output. It is killed when disposed of.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, NetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a server may take to start on a machine that is busy. */
const START_MS = 15_000;
const START_PAUSE_MS = 20;

/** See the head of the file. */
export class ServerProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Everything that it printed. */
  output = '';
  readonly #changed = new EventEmitter();
  readonly #ended: Promise<void>;

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#changed.emit('changed');
      });
    }
    this.child.stdin!.on('error', () => {});
    this.#ended = once(this.child, 'close').then(() => void this.#changed.emit('changed'));
  }

  /** Resolves when what was printed from the offset on matches; rejects where the process ended before. */
  async printed(pattern: RegExp, offset = 0): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output.slice(offset));
      if (match !== null) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`${this.child.spawnfile} ended without ${String(pattern)}:\n${this.output}`);
      await once(this.#changed, 'changed');
    }
  }

  /** Resolves when somebody accepts connections there. */
  async accepting(target: NetConnectOpts): Promise<void> {
    const untilMs = Date.now() + START_MS;
    while (!(await accepts(target))) {
      if (this.child.exitCode !== null || Date.now() > untilMs)
        throw new Error(`${this.child.spawnfile} does not accept connections:\n${this.output}`);
      await sleep(START_PAUSE_MS);
    }
  }

  say(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  /** Asks it to stop at once, and kills it if it does not. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.#ended;
    this.child.stdin!.end();
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 2_000);
    await this.#ended;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL');
  }
}

function accepts(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A port that nobody had a moment ago, for programs that cannot choose one and tell. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
