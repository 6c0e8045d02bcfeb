// A Node.js program in a process of its own that answers questions: contenders and load generators.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  /** Path of the program below the folder of the benchmark, without its ending. */
  readonly program: string;
  /** Put in front of the command; see pinning.ts. */
  readonly prefix: readonly string[];
  readonly nodeArguments?: readonly string[];
  readonly arguments?: readonly string[];
}

interface Waiter {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** See the head of the file. The other side is answer-parent.ts. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiters = new Map<number, Waiter>();
  #nextId = 1;
  /** What the program said when it was ready; the port of a server. */
  readonly port: Promise<number>;

  private constructor(options: ChildOptions) {
    const program = fileURLToPath(new URL(`../${options.program}.js`, import.meta.url));
    const command = [
      ...options.prefix,
      process.execPath,
      ...(options.nodeArguments ?? []),
      program,
      ...(options.arguments ?? []),
    ];
    this.#process = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.port = new Promise((resolve, reject) => {
      this.#waiters.set(0, { resolve: (port) => resolve(port as number), reject });
    });
    this.#process.on('message', (message: { id: number; answer?: unknown; error?: string }) => {
      const waiter = this.#waiters.get(message.id);
      this.#waiters.delete(message.id);
      if (message.error === undefined) waiter?.resolve(message.answer);
      else waiter?.reject(new Error(`${options.program}: ${message.error}`));
    });
    this.#process.on('error', (error) => this.#fail(error));
    this.#process.on('exit', (code, signal) =>
      this.#fail(new Error(`${options.program} ended unexpectedly (${signal ?? `exit code ${code}`})`)),
    );
  }

  /** Starts the program; resolves when it is ready. */
  static async start(options: ChildOptions): Promise<Child> {
    const child = new Child(options);
    await child.port;
    return child;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** Asks a question that the program has an answer for. */
  ask<Answer>(question: string, detail?: unknown): Promise<Answer> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve: (answer) => resolve(answer as Answer), reject });
      this.#process.send({ id, question, detail });
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiters.values()) waiter.reject(error);
    this.#waiters.clear();
  }
}
