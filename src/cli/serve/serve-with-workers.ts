// `perdura serve --workers N` in the primary process: it serves nothing itself. Workers run the same command line.
import { WorkersError } from '../../errors.ts';
import { startWorkers } from '../../workers/index.ts';
import type { Workers, WorkersEvent } from '../../workers/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import { paletteFor } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { endOnSignal } from './shutdown.ts';
import type { Endable } from './shutdown.ts';
import { formatDraining, formatStopReport, formatWorkersCutShort } from './shutdown-message.ts';
import { formatWorkersEvent } from './workers-message.ts';

/** Compiled, this file is dist/cli/serve/serve-with-workers.js. */
const PROGRAM = new URL('../../../bin/perdura.js', import.meta.url);

/** What it needs to know of the command line. */
export interface WorkersCommand {
  readonly workers: number;
  readonly drainMs: number;
  /** All arguments as they were typed: every worker reads them again. */
  readonly args: readonly string[];
  /** What is the same in all workers. */
  readonly shared: string | undefined;
  /** What is said once all workers are ready. */
  readonly startMessage: (workers: Workers) => string;
}

/** Serves until a signal ends it. @returns The exit code, as of `drainOnSignal`. */
export async function serveWithWorkers(command: WorkersCommand, terminal: Terminal): Promise<number> {
  let isStarted = false;
  const tell = (event: WorkersEvent): void => {
    // What a worker says of itself before any is ready is what the command ends with.
    if (!isStarted && event.type === 'ended' && event.message !== undefined) return;
    const line = formatWorkersEvent(event);
    // The start message names those that are ready by then.
    if (line === undefined || (!isStarted && !line.isTrouble)) return;
    (line.isTrouble ? terminal.stderr : terminal.stdout).write(line.text);
  };
  const { workers: count, drainMs, args, shared } = command;
  const workers = startWorkers({
    program: PROGRAM,
    args,
    workers: count,
    drainMs,
    onEvent: tell,
    ...(shared === undefined ? {} : { shared }),
  });
  const { ended, release } = endOnSignal(endableWorkers(workers, terminal, drainMs), terminal, drainMs, () => {
    terminal.stdout.write('SIGHUP: replacing the workers one after the other; access logs are re-opened\n');
    workers.hangUp();
    void workers.reload();
  });
  try {
    await workers.ready;
  } catch (error) {
    // It was stopped before: what follows is said by whoever stopped it.
    if (!(error instanceof WorkersError)) return ended;
    await workers.ended;
    release();
    throw new CommandError(toExitCode(error.exitCode), error.message, { cause: error });
  }
  isStarted = true;
  terminal.stdout.write(command.startMessage(workers));
  return ended;
}

function endableWorkers(workers: Workers, terminal: Terminal, drainMs: number): Endable {
  const { stdout } = terminal;
  return {
    drain: async (options, howToEnd) => {
      // Asked before they are told, and answered in this order; nobody waits for the answer but the message.
      const connections = workers.connections();
      const stopped = workers.stop(options);
      const text = formatDraining((await connections).connections, drainMs, howToEnd);
      stdout.write(paletteFor(terminal, stdout).yellow(text));
      const report = await stopped;
      stdout.write(formatStopReport(report));
      return report.destroyed.length === 0 && report.unreported.length === 0 ? EXIT_CODES.good : EXIT_CODES.finding;
    },
    cutShort: () => {
      stdout.write(formatWorkersCutShort(workers.list().length));
      workers.destroy();
    },
  };
}

/** A worker that failed in a way of its own tells the code of a command; anything else is a defect. */
function toExitCode(code: number): ExitCode {
  return Object.values(EXIT_CODES).find((known) => known === code && known !== EXIT_CODES.good) ?? EXIT_CODES.finding;
}
