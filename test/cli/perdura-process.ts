// bin/perdura.js as a real child process, driven by what it prints.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../bin/perdura.js', import.meta.url));

export interface PerduraResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. It is killed when disposed of. */
export class PerduraProcess {
  readonly child: ChildProcess;
  readonly result: Promise<PerduraResult>;
  stdout = '';
  stderr = '';
  readonly #printed = new EventEmitter();

  constructor(
    args: readonly string[],
    options: { readonly cwd?: string; readonly stdoutFile?: number; readonly input?: string } = {},
  ) {
    const environment: NodeJS.ProcessEnv = { ...process.env, TZ: 'UTC' };
    delete environment['FORCE_COLOR'];
    this.child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', options.stdoutFile ?? 'pipe', 'pipe'],
      env: environment,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    this.child.stdin?.end(options.input);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#printed.emit('printed');
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#printed.emit('printed');
    });
    this.result = once(this.child, 'close').then(([code, signal]) => {
      this.#printed.emit('printed');
      return { code, signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Resolves when standard output matches; rejects where the process ended before. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#awaitMatch(pattern, () => this.stdout);
  }

  /** The same for standard error. */
  complained(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#awaitMatch(pattern, () => this.stderr);
  }

  async #awaitMatch(pattern: RegExp, text: () => string): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(text());
      if (match !== null) return match;
      if (this.child.exitCode !== null)
        throw new Error(`ended without ${String(pattern)}:\n${this.stdout}${this.stderr}`);
      await once(this.#printed, 'printed');
    }
  }

  /** The URL of the first line of `perdura serve`. */
  async url(): Promise<URL> {
    const [, url] = await this.printed(/(https?:\/\/\S+)\n/);
    return new URL(url ?? '');
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.result;
  }
}

/** Runs a command line to its end. */
export function runPerdura(...args: string[]): Promise<PerduraResult> {
  return new PerduraProcess(args).result;
}
