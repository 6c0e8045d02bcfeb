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
    const text = formatDraining(server.connections(), drainMs, howToEnd);
    terminal.stdout.write(paletteFor(terminal, terminal.stdout).yellow(text));
    server.close(options).then((report) => {
      terminal.stdout.write(formatCloseReport(report));
      resolve(report.destroyed.length === 0 ? EXIT_CODES.good : EXIT_CODES.finding);
    }, reject);
  };
  const stop = (name: SignalName): void => {
    if (isDraining) {
      terminal.stdout.write(formatCutShort(server.connections().length));
      server.destroy();
      resolve(SIGNAL_EXIT_CODES[name]);
      terminal.exit(SIGNAL_EXIT_CODES[name]);
    } else if (name === 'SIGINT') {
      drain({ drainMs, idleGraceMs: INTERRUPT_IDLE_GRACE_MS }, 'Ctrl-C again');
    } else {
      drain({ drainMs }, 'a second signal');
    }
  };
  // A server must not live on unseen, its port taken, after its window was closed. SIGHUP alone does not tell: logrotate sends it too.
  const onStreamError = (error: NodeJS.ErrnoException): void => {
    if (isPerson && isTerminalGone(error) && !isDraining) drain({ drainMs }, 'a second signal');
  };

  const removals = [
    terminal.onSignal('SIGINT', () => stop('SIGINT')),
    terminal.onSignal('SIGTERM', () => stop('SIGTERM')),
    terminal.onSignal('SIGHUP', onHangUp),
  ];
  terminal.stdout.on('error', onStreamError);
  return ended.finally(() => {
    for (const remove of removals) remove();
    terminal.stdout.off('error', onStreamError);
  });
}
