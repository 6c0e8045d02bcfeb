// A terminal without a process: what was printed is text, signals are calls.
import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { SignalName, Terminal, TerminalStream } from '#src/cli/terminal.js';

/** A stream that remembers what was written and tells whoever waits for a text. */
export class CapturedStream extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly #written = new EventEmitter();

  constructor(isTTY: boolean) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Uint8Array, _encoding: BufferEncoding, callback: () => void): void {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    callback();
    this.#written.emit('written');
  }

  /** Resolves when the text matches. */
  async match(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) return match;
      await new Promise((resolve) => this.#written.once('written', resolve));
    }
  }
}

export class FakeTerminal implements Terminal {
  readonly processId = 4_711;
  readonly stdout: CapturedStream & TerminalStream;
  readonly stderr: CapturedStream & TerminalStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly exits: number[] = [];
  readonly #signals = new EventEmitter();

  constructor(
    options: {
      readonly isTTY?: boolean;
      /** Default: no colour. */
      readonly environment?: Readonly<Record<string, string | undefined>>;
    } = {},
  ) {
    this.environment = options.environment ?? { NO_COLOR: '1' };
    this.stdout = new CapturedStream(options.isTTY === true);
    this.stderr = new CapturedStream(options.isTTY === true);
  }

  onSignal(name: SignalName, listener: () => void): () => void {
    this.#signals.on(name, listener);
    return () => void this.#signals.off(name, listener);
  }

  exit(code: number): void {
    this.exits.push(code);
    this.endProcess();
  }

  onExit(listener: () => void): () => void {
    this.#signals.on('exit', listener);
    return () => void this.#signals.off('exit', listener);
  }

  onSuspend(leave: () => void, comeBack: () => void): () => void {
    this.#signals.on('suspend', leave);
    this.#signals.on('resume', comeBack);
    return () => {
      this.#signals.off('suspend', leave);
      this.#signals.off('resume', comeBack);
    };
  }

  /** Ctrl-Z, and `fg`. */
  suspend(): void {
    this.#signals.emit('suspend');
  }

  resume(): void {
    this.#signals.emit('resume');
  }

  /** The process ends, as it does after an exception that nobody caught. */
  endProcess(): void {
    this.#signals.emit('exit');
  }

  /** Delivers a signal; false where nobody listens, so that it would end a real process. */
  send(name: SignalName): boolean {
    return this.#signals.emit(name);
  }
}
