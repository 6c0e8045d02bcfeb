// The report for people, on standard error: a line for each thing that happened with -v, and always what went wrong.
import type { SessionEvent } from '../../trace.ts';
import { formatDuration } from '../../text/index.ts';
import { formatLabelRows } from '../label-rows.ts';
import { paletteFor, wrapWidth } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { formatMoment } from './elapsed.ts';
import type { ExchangeRecord, FailureRecord } from './exchange-record.ts';
import type { Report, Step } from './report.ts';
import { formatSummary } from './summary.ts';
import type { SummaryFacts } from './summary.ts';
import { formatStatus, tellEvent } from './tell-event.ts';
import { tellFailure } from './tell-failure.ts';
import { tellFields } from './tell-head.ts';
import type { KnownConnection, Tone } from './telling.ts';

/** `verbosity` 0: what went wrong; 1: what happens to connections as well; 2: heads as well. */
export class TextReport implements Report {
  readonly #terminal: Terminal;
  readonly #verbosity: number;
  readonly #elapsedMs: () => number;
  readonly #paint: Readonly<Record<Tone | 'strong', (text: string) => string>>;

  constructor(terminal: Terminal, verbosity: number, elapsedMs: () => number) {
    const palette = paletteFor(terminal, terminal.stderr);
    this.#terminal = terminal;
    this.#verbosity = verbosity;
    this.#elapsedMs = elapsedMs;
    this.#paint = {
      plain: (text) => text,
      strong: palette.bold,
      quiet: palette.dim,
      good: palette.cyan,
      warning: palette.yellow,
      bad: palette.red,
    };
  }

  onEvent(event: SessionEvent, known: KnownConnection): void {
    if (this.#verbosity === 0) return;
    const telling = tellEvent(event, known);
    if (telling !== undefined) this.#tell(telling.text, telling.tone);
  }

  onStep(step: Step): void {
    if (this.#verbosity === 0) return;
    switch (step.type) {
      case 'request': {
        const { request, round, rounds, fields } = step;
        const place = rounds === 1 ? '' : ` (${round} of ${rounds})`;
        this.#tell(`${request.method} ${request.url}${place}`, 'strong');
        const { pathname, search } = new URL(request.url);
        return this.#tellHead('>', `${request.method} ${pathname}${search} HTTP/1.1`, fields);
      }
      case 'pause':
        return this.#tell(`pause of ${formatDuration(step.durationMs)} (--gap)`, 'quiet');
      case 'interim':
        return this.#tell(`${formatStatus(step.status)}, the answer is still to come`, 'plain');
      case 'head':
        return this.#tellHead('<', step.firstLine, step.fields);
      case 'redirect':
        return this.#tell(`follows ${formatStatus(step.status)} to ${step.url}`, 'plain');
    }
  }

  onExchange(): void {
    // The response was told of when it began.
  }

  onFailure({ error }: FailureRecord): void {
    this.#error(tellFailure(error));
  }

  onBadStatus({ method, url, status }: ExchangeRecord): void {
    this.#error(`${method} ${url}: the server answered ${formatStatus(status)}`);
  }

  onSummary(facts: SummaryFacts): void {
    const { stderr } = this.#terminal;
    stderr.write(`${this.#paint.strong(formatSummary(facts))}\n`);
  }

  note(text: string): void {
    this.#terminal.stderr.write(`${this.#paint.warning('note:')} ${text}\n`);
  }

  #error(text: string): void {
    this.#terminal.stderr.write(`${this.#paint.bad('error:')} ${text}\n`);
  }

  #tellHead(mark: '>' | '<', firstLine: string, fields: Iterable<readonly [string, string]>): void {
    if (this.#verbosity < 2) return;
    for (const line of tellFields(mark, firstLine, fields)) this.#tell(line, 'quiet');
  }

  #tell(text: string, tone: Tone | 'strong'): void {
    const { stderr } = this.#terminal;
    const rows = [{ label: formatMoment(this.#elapsedMs()), lines: [text] }];
    stderr.write(formatLabelRows(rows, wrapWidth(stderr), this.#paint.quiet, this.#paint[tone]));
  }
}
