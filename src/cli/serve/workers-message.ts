// What `perdura serve --workers` says of its workers, a line for each event that somebody should know of.
import { formatDuration } from '../../text/index.ts';
import type { WorkersEvent } from '../../workers/index.ts';

/** A line for standard output, or for standard error where something went wrong, with its line end. */
export interface WorkersLine {
  readonly isTrouble: boolean;
  readonly text: string;
}

const good = (text: string): WorkersLine => ({ isTrouble: false, text: `${text}\n` });
const trouble = (text: string): WorkersLine => ({ isTrouble: true, text: `${text}\n` });

const KILL_REASONS: Readonly<Record<Extract<WorkersEvent, { type: 'killed' }>['because'], string>> = {
  startTimeout: 'it was not ready in time',
  drainTimeout: 'it did not end in time',
  stopping: 'all are to end',
};

/** Undefined where there is nothing to say: what was wanted, and what another line says already. */
export function formatWorkersEvent(event: WorkersEvent): WorkersLine | undefined {
  switch (event.type) {
    case 'ready':
      return good(`Worker ${event.worker} (pid ${event.pid}) is ready after ${formatDuration(event.startMs)}`);
    case 'draining':
      if (event.because === 'stopping') return undefined;
      return good(`Worker ${event.worker} (pid ${event.pid}) is replaced; it drains`);
    case 'killed':
      if (event.because === 'stopping') return undefined;
      return trouble(`Worker ${event.worker} (pid ${event.pid}) is killed: ${KILL_REASONS[event.because]}`);
    case 'ended':
      return formatEnded(event);
    case 'restartDelayed':
      // One that ended is an accident, and its end was told.
      if (event.failures === 1) return undefined;
      return trouble(
        `Workers fail (${event.failures} in a row): the next one is started in ${formatDuration(event.delayMs)}`,
      );
    case 'reloaded':
      return good(`SIGHUP: all workers are new after ${formatDuration(event.durationMs)}`);
    case 'reloadFailed':
      return trouble(`SIGHUP: worker ${event.worker} failed, so the workers of before stay: ${event.reason}`);
    default:
      return undefined;
  }
}

function formatEnded(event: Extract<WorkersEvent, { type: 'ended' }>): WorkersLine | undefined {
  const who = `Worker ${event.worker} (pid ${event.pid})`;
  if (event.expected) return event.phase === 'draining' ? good(`${who} has ended`) : undefined;
  if (event.phase === 'starting') {
    const why = event.message === undefined ? '' : `: ${event.message}`;
    return trouble(`${who} ended ${event.how} before it was ready${why}`);
  }
  return trouble(
    `${who} ended ${event.how}, and what was under way on its connections with it; another one takes its place`,
  );
}
