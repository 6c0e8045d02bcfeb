// From the first signal to the exit code: drain, report, or end at once on the second signal.
import type { CloseOptions, Server } from '../../server/index.ts';
import { EXIT_CODES, SIGNAL_EXIT_CODES } from '../exit-code.ts';
import { paletteFor } from '../terminal.ts';
import type { SignalName, Terminal } from '../terminal.ts';
import { formatCloseReport, formatCutShort, formatDraining } from './shutdown-message.ts';

/**
 * Idle connections were promised the keep-alive timeout. A supervisor that sends SIGTERM can wait for that promise; a person who
 * pressed Ctrl-C waits for the prompt. 300 ms let a request that is already on its way arrive and be answered.
 */
const INTERRUPT_IDLE_GRACE_MS = 300;

/** A terminal that is gone (its window was closed) answers writes with EIO. */
const isTerminalGone = (error: NodeJS.ErrnoException): boolean => error.code === 'EIO';

/** What is ended by signals: a server, or workers. */
export interface Endable {
  /** Drains and reports; resolves with the exit code. `howToEnd` says what ends it at once. */
  drain(options: { readonly drainMs: number; readonly idleGraceMs?: number }, howToEnd: string): Promise<number>;
  /** Ends it at once, and says so. */
  cutShort(): void;
}

/**
 * Waits for SIGINT or SIGTERM, drains the server and reports. The signals are as before when it resolves.
 *
 * @param onHangUp Is called for every SIGHUP.
 * @returns 0 where every connection ended in order, 1 where some had to be broken off, 128 plus the number of a second signal.
 */
export function drainOnSignal(
  server: Server,
  terminal: Terminal,
  drainMs: number,
  onHangUp: () => void,
): Promise<number> {
  const target: Endable = {
    drain: async (options, howToEnd) => {
      const text = formatDraining(server.connections(), drainMs, howToEnd);
      terminal.stdout.write(paletteFor(terminal, terminal.stdout).yellow(text));
      const report = await server.close(options);
      terminal.stdout.write(formatCloseReport(report));
      return report.destroyed.length === 0 ? EXIT_CODES.good : EXIT_CODES.finding;
    },
    cutShort: () => {
      terminal.stdout.write(formatCutShort(server.connections().length));
      server.destroy();
    },
  };
  return endOnSignal(target, terminal, drainMs, onHangUp).ended;
}

/**
 * As {@link drainOnSignal}, for anything that can be ended.
 *
 * @returns `ended` as there, and `release`, which makes the signals mean what they did before, where it ended by itself.
 */
export function endOnSignal(
  target: Endable,
  terminal: Terminal,
  drainMs: number,
  onHangUp: () => void,
): { readonly ended: Promise<number>; readonly release: () => void } {
  // Promise.withResolvers would do, but Node.js 20 has none.
  let resolve!: (exitCode: number) => void;
  let reject!: (reason: unknown) => void;
  const ended = new Promise<number>((whenResolved, whenRejected) => {
    resolve = whenResolved;
    reject = whenRejected;
  });
  const isPerson = terminal.stdout.isTTY === true;
  let isDraining = false;

  const drain = (options: CloseOptions, howToEnd: string): void => {
    isDraining = true;
    target.drain({ drainMs, ...options }, howToEnd).then(resolve, reject);
  };
  const stop = (name: SignalName): void => {
    if (isDraining) {
      target.cutShort();
      resolve(SIGNAL_EXIT_CODES[name]);
      terminal.exit(SIGNAL_EXIT_CODES[name]);
    } else if (name === 'SIGINT') {
      drain({ idleGraceMs: INTERRUPT_IDLE_GRACE_MS }, 'Ctrl-C again');
    } else {
      drain({}, 'a second signal');
    }
  };
  // A server must not live on unseen, its port taken, after its window was closed. SIGHUP alone does not tell: logrotate sends it too.
  const onStreamError = (error: NodeJS.ErrnoException): void => {
    if (isPerson && isTerminalGone(error) && !isDraining) drain({}, 'a second signal');
  };

  const removals = [
    terminal.onSignal('SIGINT', () => stop('SIGINT')),
    terminal.onSignal('SIGTERM', () => stop('SIGTERM')),
    terminal.onSignal('SIGHUP', onHangUp),
  ];
  terminal.stdout.on('error', onStreamError);
  const release = (): void => {
    for (const remove of removals) remove();
    terminal.stdout.off('error', onStreamError);
  };
  return { ended: ended.finally(release), release };
}
