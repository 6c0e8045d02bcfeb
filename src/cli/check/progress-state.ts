// What an inspection is doing, for whoever watches: kept from its events, told as a few lines. Pure but for what it remembers.
import type { CheckId, ProgressEvent } from '../../inspect/index.ts';
import { formatDuration } from '../../text/index.ts';

interface RunningCheck {
  readonly title: string;
  waiting: { readonly what: string; readonly untilMs: number } | undefined;
}

/** More lines would jump around more than they tell. */
const MOST_LINES = 5;

/** See the head of the file. Times in milliseconds since the inspection began. */
export class ProgressState {
  readonly #running = new Map<CheckId, RunningCheck>();
  #planned = 0;
  #finished = 0;

  observe(event: ProgressEvent): void {
    switch (event.kind) {
      case 'planned':
        this.#planned = event.checks.length;
        break;
      case 'started':
        this.#running.set(event.check, { title: event.title, waiting: undefined });
        break;
      case 'waiting': {
        const running = this.#running.get(event.check);
        if (running !== undefined) running.waiting = { what: event.what, untilMs: event.atMs + event.atMostMs };
        break;
      }
      case 'finished':
        this.#running.delete(event.outcome.id);
        this.#finished += 1;
        break;
    }
  }

  /** What stands on the screen now, at most so many columns wide. */
  lines(nowMs: number, width: number): string[] {
    const waits = [...this.#running.values()].map(({ title, waiting }) => {
      if (waiting === undefined) return title;
      const leftMs = Math.max(0, waiting.untilMs - nowMs);
      return `waits ${formatLeft(leftMs)}${waiting.what}`;
    });
    const shown = waits.slice(0, MOST_LINES - 1);
    const hidden = waits.length - shown.length;
    return [
      `${this.#finished} of ${this.#planned} checks done, ${formatWholeSeconds(Math.floor(nowMs / 1_000))}`,
      ...shown.map(
        (line, index) => `  ${line}${hidden > 0 && index === shown.length - 1 ? ` (and ${hidden} more)` : ''}`,
      ),
    ].map((line) => shorten(line, width));
  }
}

/** Whole seconds: they change once a second, and nothing flickers. */
function formatLeft(leftMs: number): string {
  return leftMs === 0 ? '' : `at most ${formatWholeSeconds(Math.ceil(leftMs / 1_000))} more `;
}

function formatWholeSeconds(seconds: number): string {
  return seconds === 0 ? '0 s' : formatDuration(seconds * 1_000);
}

function shorten(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(1, width - 1))}…`;
}

/** One event as a line, for whoever reads it later; undefined where it is not worth one. */
export function formatProgressLine(event: ProgressEvent): string | undefined {
  switch (event.kind) {
    case 'planned':
      return undefined;
    case 'started':
      return `${formatTime(event.atMs)}  ${event.check}: ${event.title}`;
    case 'waiting':
      return `${formatTime(event.atMs)}  ${event.check}: waits ${event.what}, at most ${formatDuration(event.atMostMs)}`;
    case 'finished': {
      const { id, outcome, reason } = event.outcome;
      return `${formatTime(event.atMs)}  ${id}: ${OUTCOME_WORDS[outcome]}${reason === '' ? '' : `: ${reason}`}`;
    }
  }
}

const OUTCOME_WORDS = {
  measured: 'done',
  skipped: 'skipped',
  failed: 'could not be found out',
  cutShort: 'cut short',
} as const;

function formatTime(atMs: number): string {
  return `${(atMs / 1_000).toFixed(2)} s`.padStart(9);
}
