// A block of lines at the bottom of a terminal that is written anew in place, below a history that scrolls. Lines that did not
// change are not sent again, the cursor is hidden meanwhile, and nothing of the block stays.
import { countLines } from '../../text/index.ts';
import type { TerminalStream } from '../terminal.ts';
import type { TableLine } from './table.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE_END = '\u001b[K';
const up = (lines: number): string => (lines === 0 ? '\r' : `\u001b[${lines}A\r`);

/** See the head of the file. */
export class LiveBlock {
  readonly #stream: TerminalStream;
  #shown: readonly TableLine[] = [];
  #columns = 0;
  #heightBefore = 0;
  #hasHidden = false;
  #hasEnded = false;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  /** Columns that a line may have: one less than there are, since some terminals wrap behind the last. */
  get width(): number {
    return Math.max(1, this.#columnsNow() - 1);
  }

  /** Lines that it may have: the cursor waits on the one below. */
  get height(): number {
    return Math.max(1, (this.#stream.rows || 24) - 1);
  }

  /** Whether the terminal has not taken yet what was written before: then nothing should be drawn. */
  get isBlocked(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** Writes lines that stay above the block, and the block below. In one write, so that nothing flickers. */
  draw(history: readonly string[], lines: readonly TableLine[]): void {
    if (this.#hasEnded) return;
    const columns = this.#columnsNow();
    const isResized = columns !== this.#columns || this.height !== this.#heightBefore;
    const isNew = history.length > 0 || isResized;
    const text = isNew
      ? `${this.#takeBack()}${[...history, ...lines.map((line) => line.text)].map((line) => `${line}\n`).join('')}`
      : this.#changes(lines);
    this.#columns = columns;
    this.#heightBefore = this.height;
    this.#shown = lines;
    const hide = this.#hasHidden ? '' : HIDE_CURSOR;
    this.#hasHidden = true;
    if (text !== '' || hide !== '') this.#stream.write(`${hide}${text}`);
  }

  /** Takes the block away and gives the cursor back, until the next draw. */
  leave(): void {
    if (this.#hasEnded || !this.#hasHidden) return;
    this.#stream.write(`${this.#takeBack()}${SHOW_CURSOR}`);
    this.#shown = [];
    this.#hasHidden = false;
  }

  /** The same for good. Twice is once. */
  end(): void {
    this.leave();
    this.#hasEnded = true;
  }

  #columnsNow(): number {
    return this.#stream.columns || 80;
  }

  /** Only the lines that are different, from the first of the block to the line below it. '' where there is none. */
  #changes(lines: readonly TableLine[]): string {
    const shown = this.#shown;
    const isSame = lines.length === shown.length && lines.every(({ text }, index) => text === shown[index]?.text);
    if (isSame) return '';
    const parts = [up(shown.length)];
    for (const [index, { text }] of lines.entries()) {
      parts.push(text === shown[index]?.text ? '\n' : `${text}${CLEAR_LINE_END}\n`);
    }
    if (lines.length < shown.length) parts.push(CLEAR_BELOW);
    return parts.join('');
  }

  /** Up to the first line, and clear from there to the end of the screen. */
  #takeBack(): string {
    if (this.#shown.length === 0) return '';
    // A terminal that became narrower has broken our lines in two.
    const columns = this.#columnsNow();
    const rows = this.#shown.reduce((sum, { plain }) => sum + countLines(plain, columns), 0);
    return `${up(Math.min(rows, this.height))}${CLEAR_BELOW}`;
  }
}
