// Chromium without a window, spoken to over its debugging pipe (file descriptors 3 and 4, messages that end with NUL):
// no library, no port. Knows the protocol, not what is tested with it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** What a message of the browser carries: parameters of an event or results of a command. */
export type Parameters = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

const FLAGS = [
  '--headless',
  '--remote-debugging-pipe',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--no-proxy-server',
  '--hide-scrollbars',
];

/** Longest time that one command may take; only a browser that hangs needs it. */
const COMMAND_TIMEOUT_MS = 30_000;

type Listener = (parameters: Parameters) => void;

/** A running browser with a profile of its own. */
export class Chromium {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #lastId = 0;
  #unread = '';

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    const output = child.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
  }

  static async launch(program: string): Promise<Chromium> {
    const profile = await mkdtemp(path.join(tmpdir(), 'perdura-chromium-'));
    const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    (child.stdio[3] as Writable).on('error', () => {});
    return new Chromium(child, profile);
  }

  /** Sends a command, to a page where `sessionId` is given. Rejects with what the browser says is wrong. */
  async send(method: string, params: Parameters = {}, sessionId?: string): Promise<Parameters> {
    this.#lastId += 1;
    const id = this.#lastId;
    const message = await new Promise<Message>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer in time`)), COMMAND_TIMEOUT_MS);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      const text = JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) });
      (this.#child.stdio[3] as Writable).write(`${text}\0`);
    });
    if (message.error !== undefined) throw new Error(`${method}: ${message.error.message}`);
    return message.result ?? {};
  }

  /** Calls back for every event of that name on a page. */
  on(sessionId: string, method: string, listener: Listener): void {
    const key = `${sessionId} ${method}`;
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
  }

  /** Ends the browser and removes its profile. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, 'exit');
      const killer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
      await Promise.all([this.send('Browser.close').catch(() => {}), exited]);
      clearTimeout(killer);
    }
    // Its helpers may still write for a moment.
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #receive(text: string): void {
    const messages = (this.#unread + text).split('\0');
    this.#unread = messages.pop() ?? '';
    for (const json of messages) this.#dispatch(JSON.parse(json) as Message);
  }

  #dispatch(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
      return;
    }
    for (const listener of this.#listeners.get(`${message.sessionId} ${message.method}`) ?? []) {
      listener(message.params ?? {});
    }
  }
}
