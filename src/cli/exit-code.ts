// What the exit codes mean, and the error that carries one. The same for every command; scripts rely on them.

export const EXIT_CODES: {
  /** All is well. */
  readonly good: 0;
  /** The command did its work and found something, or an expectation was not met. */
  readonly finding: 1;
  /** The command line cannot be carried out as it stands. */
  readonly usage: 2;
  /** The command line is right, but an address could not be reached, or not be listened on. */
  readonly unreachable: 3;
} = { good: 0, finding: 1, usage: 2, unreachable: 3 };

/** What the shell expects of a command that a signal ended: 128 plus the signal's number (POSIX, `kill -l`). */
export const SIGNAL_EXIT_CODES: { readonly SIGHUP: 129; readonly SIGINT: 130; readonly SIGTERM: 143 } = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** Ends a command with a message for the person who typed it: what is wrong, where, and what to do. No stack is shown. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
