// What the commands see of the process they run in: two streams, the environment, signals. The only file that names `process`,
// so that every command runs in a test with streams and signals of the test's own.
import type { Readable, Writable } from 'node:stream';
import { createPalette, decideColor } from './color.ts';
import type { Palette } from './color.ts';

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Standard output or standard error: a terminal, a pipe or a file. */
export type TerminalStream = Writable & {
  readonly isTTY?: boolean;
  /** Of a terminal, which emits 'resize' when they change. */
  readonly columns?: number;
  readonly rows?: number;
};

/** The surroundings of a command. */
export interface Terminal {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  /** Undefined where there is nothing to read from. */
  readonly stdin?: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly processId: number;
  /** Calls back at every arrival of the signal, which then no longer ends the process; the result takes that back. */
  onSignal(name: SignalName, listener: () => void): () => void;
  /** Ends the process at once, whatever is under way. */
  exit(code: number): void;
  /** Calls back while the process ends, for whatever reason but a kill: only what is done at once is done. The result takes that back. */
  onExit(listener: () => void): () => void;
  /** Calls back before Ctrl-Z stops the process, and when it goes on (`fg`). The result takes that back. Missing where there is no such thing. */
  onSuspend?(leave: () => void, comeBack: () => void): () => void;
}

/** The styles for one stream of the terminal. */
export function paletteFor(terminal: Terminal, stream: TerminalStream): Palette {
  return createPalette(decideColor({ isTerminal: stream.isTTY === true, environment: terminal.environment }));
}

/** The columns to wrap text at; Infinity where no person reads along, so that a line stays a line for grep. */
export function wrapWidth(stream: TerminalStream): number {
  // Above 100 columns the eye loses the line; below 40 wrapping does more harm than good. A terminal that does not know says 0.
  return stream.isTTY === true ? Math.max(40, Math.min(stream.columns || 80, 100)) : Infinity;
}

/**
 * Keeps the process alive until the result is called: neither idle connections nor the timers of a Clock do. A message port is the
 * cheapest thing that can.
 */
export function holdProcess(): () => void {
  const { port1 } = new MessageChannel();
  port1.ref();
  return () => port1.close();
}

const ignore = (): void => {};

/** The real process. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) {
    // `perdura serve | head -1`: that nobody reads any more (EPIPE) is no reason to stop serving, nor to crash with a stack.
    // The listener stays for good: the error may come after the command has ended.
    if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  }
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    // Asked for by whoever reads it: looking at it opens it.
    get stdin() {
      return process.stdin;
    },
    environment: process.env,
    processId: process.pid,
    onSignal(name, listener) {
      process.on(name, listener);
      return () => void process.off(name, listener);
    },
    exit: (code) => process.exit(code),
    onExit(listener) {
      process.on('exit', listener);
      return () => void process.off('exit', listener);
    },
    onSuspend(leave, comeBack) {
      const stop = (): void => {
        leave();
        // SIGTSTP no longer stops whoever listens to it; nobody can listen to this one.
        process.kill(process.pid, 'SIGSTOP');
      };
      process.on('SIGTSTP', stop);
      process.on('SIGCONT', comeBack);
      return () => {
        process.off('SIGTSTP', stop);
        process.off('SIGCONT', comeBack);
      };
    },
  };
}
