// Progress on standard error: live lines on a terminal, plain lines with -v on a pipe, and the budget in any case.
import type { ProgressEvent } from '../../inspect/index.ts';
import type { Clock, ClockTimer } from '../../io/index.ts';
import type { Terminal } from '../terminal.ts';
import { formatBudget } from './budget.ts';
import { LiveLines } from './live-lines.ts';
import { ProgressState, formatProgressLine } from './progress-state.ts';

/** Four times a second: often enough for a countdown, seldom enough for a slow line. */
const REDRAW_MS = 250;

/** See the head of the file. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #url: string;
  readonly #isVerbose: boolean;
  readonly #live: LiveLines | undefined;
  readonly #state = new ProgressState();
  #startedMs = 0;
  #timer: ClockTimer | undefined;
  #hasEnded = false;

  constructor(terminal: Terminal, clock: Clock, url: string, isVerbose: boolean) {
    const { stderr, environment } = terminal;
    this.#terminal = terminal;
    this.#clock = clock;
    this.#url = url;
    this.#isVerbose = isVerbose;
    // A terminal that cannot move its cursor would be filled with copies.
    this.#live = stderr.isTTY === true && environment['TERM'] !== 'dumb' ? new LiveLines(stderr) : undefined;
  }

  onEvent(event: ProgressEvent): void {
    if (this.#hasEnded) return;
    this.#state.observe(event);
    if (event.kind === 'planned') {
      this.#startedMs = this.#clock.nowMs();
      this.#terminal.stderr.write(`${formatBudget(event.cost, event.longestWaitMs, this.#url)}\n`);
      if (this.#live !== undefined) this.#tick();
      return;
    }
    if (this.#live !== undefined) return;
    const line = this.#isVerbose ? formatProgressLine(event) : undefined;
    if (line !== undefined) this.#terminal.stderr.write(`${line}\n`);
  }

  /** Leaves nothing behind but the budget. */
  end(): void {
    this.#hasEnded = true;
    this.#timer?.stop();
    this.#live?.clear();
  }

  #tick(): void {
    const live = this.#live;
    if (live === undefined || this.#hasEnded) return;
    live.show(this.#state.lines(this.#clock.nowMs() - this.#startedMs, live.width));
    this.#timer = this.#clock.startTimer(REDRAW_MS, () => this.#tick());
  }
}
