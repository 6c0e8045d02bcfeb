// Who is shown what while a watch runs: a live table on a terminal, plain lines on a pipe, JSON for programs.
import type { HeartbeatEvent } from '../../heartbeat/index.ts';
import type { Clock, ClockTimer } from '../../io/index.ts';
import type { Palette } from '../color.ts';
import { paletteFor } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { formatEventJson } from './event-json.ts';
import { formatEventLine } from './event-words.ts';
import type { Telling } from './event-words.ts';
import { countOf } from './figures.ts';
import { LineOutput } from './line-output.ts';
import type { DroppedLines } from './line-output.ts';
import { LiveBlock } from './live-block.ts';
import { formatTable } from './table.ts';
import type { WatchedTarget } from './watched-target.ts';

/** See the head of the file. */
export interface WatchView {
  begin(targets: readonly WatchedTarget[]): void;
  onEvent(event: HeartbeatEvent, watched: WatchedTarget, isFirst: boolean): void;
  /** A line that is no event: what a notifier has to say. */
  note(line: string): void;
  /** Leaves the stream as it was found, with everything written. */
  end(): void;
}

/** Whether a table can be drawn: a terminal that cannot move its cursor would be filled with copies. */
export function canDrawTable({ stdout, environment }: Terminal): boolean {
  return stdout.isTTY === true && environment['TERM'] !== 'dumb';
}

/** By the locale, as every program of the terminal decides it. Without one nothing speaks against it. */
export function knowsUnicode(environment: Terminal['environment']): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return locale === '' || /utf-?8/i.test(locale);
}

/** Lines, of text or of JSON. */
export class LineView implements WatchView {
  readonly #terminal: Terminal;
  readonly #output: LineOutput;
  readonly #format: (event: HeartbeatEvent, watched: WatchedTarget, isFirst: boolean) => string | undefined;

  constructor(terminal: Terminal, format: 'text' | 'json', telling: Telling) {
    const palette = paletteFor(terminal, terminal.stdout);
    this.#terminal = terminal;
    this.#output = new LineOutput(terminal.stdout, (dropped) => this.note(describeDropped(dropped)));
    this.#format =
      format === 'json'
        ? formatEventJson
        : (event, { belief }, isFirst) =>
            formatEventLine(event, { isFirst, isDown: belief === 'down' }, telling, palette);
  }

  begin(): void {}

  onEvent(event: HeartbeatEvent, watched: WatchedTarget, isFirst: boolean): void {
    const line = this.#format(event, watched, isFirst);
    if (line !== undefined) this.#output.write(line, event.type === 'ack' && !isFirst);
  }

  note(line: string): void {
    this.#terminal.stderr.write(`${line}\n`);
  }

  end(): void {
    this.#output.end();
  }
}

function describeDropped({ acknowledgements, changes }: DroppedLines): string {
  const parts = [
    ...(acknowledgements > 0 ? [countOf(acknowledgements, 'acknowledgement')] : []),
    ...(changes > 0 ? [countOf(changes, 'change')] : []),
  ];
  return `warning: standard output is read too slowly; left out: ${parts.join(' and ')}`;
}

/** Four times a second: often enough for a countdown, seldom enough for a slow line. */
const REDRAW_MS = 250;

/** Lines of history that one redraw adds; the rest is counted. More than a screenful in a quarter of a second nobody reads. */
const MOST_HISTORY = 20;

/** A table that stays in its place, and above it the changes as they happen. */
export class TableView implements WatchView {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #block: LiveBlock;
  readonly #palette: Palette;
  readonly #telling: Telling;
  readonly #rhythm: string;
  readonly #isUnicode: boolean;
  readonly #removals: readonly (() => void)[];
  #targets: readonly WatchedTarget[] = [];
  #beganMs = 0;
  #timer: ClockTimer | undefined;
  #history: string[] = [];
  #uncounted = 0;
  #hasEnded = false;

  constructor(terminal: Terminal, clock: Clock, telling: Telling, rhythm: string) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#block = new LiveBlock(terminal.stdout);
    this.#palette = paletteFor(terminal, terminal.stdout);
    this.#telling = telling;
    this.#rhythm = rhythm;
    this.#isUnicode = knowsUnicode(terminal.environment);
    // After an exception that nobody caught, the shell would be left without a cursor.
    const removeExit = terminal.onExit(() => this.#block.end());
    const removeSuspend = terminal.onSuspend?.(
      () => this.#block.leave(),
      () => this.#draw(),
    );
    this.#removals = removeSuspend === undefined ? [removeExit] : [removeExit, removeSuspend];
  }

  begin(targets: readonly WatchedTarget[]): void {
    this.#targets = targets;
    this.#beganMs = this.#clock.nowMs();
    this.#tick();
  }

  onEvent(event: HeartbeatEvent, { belief }: WatchedTarget, isFirst: boolean): void {
    // Of many, those that answer are in the table.
    if (isFirst && this.#telling === 'changes') return;
    const line = formatEventLine(event, { isFirst, isDown: belief === 'down' }, this.#telling, this.#palette);
    if (line !== undefined) this.note(line);
  }

  note(line: string): void {
    if (this.#hasEnded) this.#terminal.stderr.write(`${line}\n`);
    else if (this.#history.length < MOST_HISTORY) this.#history.push(line);
    else this.#uncounted += 1;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#timer?.stop();
    if (this.#timer !== undefined) this.#draw();
    this.#hasEnded = true;
    this.#block.end();
    for (const remove of this.#removals) remove();
  }

  #tick(): void {
    if (!this.#block.isBlocked) this.#draw();
    this.#timer = this.#clock.startTimer(REDRAW_MS, () => this.#tick());
  }

  #draw(): void {
    const history = this.#history;
    if (this.#uncounted > 0) history.push(`… and ${countOf(this.#uncounted, 'more change')}`);
    this.#history = [];
    this.#uncounted = 0;
    const facts = { elapsedMs: this.#clock.nowMs() - this.#beganMs, rhythm: this.#rhythm };
    const { width, height } = this.#block;
    const layout = { width, height, palette: this.#palette, isUnicode: this.#isUnicode };
    this.#block.draw(history, formatTable(this.#targets, facts, layout));
  }
}
