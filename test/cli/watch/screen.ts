// What a terminal shows: as much of its language as live blocks use, with lines that wrap, a screen that scrolls, and a size that changes.
import assert from 'node:assert/strict';

interface Row {
  /** One for each column: a character with what is combined with it; '' for the second half of a wide one. */
  cells: string[];
  /** Whether it goes on from the row above, because that was full. */
  isRest: boolean;
}

// oxlint-disable-next-line no-control-regex
const PARTS = /\u001b\[(\??\d*)([a-zA-Z])|\u0007|\r|\n|[^\u001b\u0007\r\n]/gu;

/** What takes two columns, as far as tests write it: by script, so that it is not the table that they test. */
const WIDE =
  /^(?:[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Emoji_Presentation}、。（）「」：！]|[ァ-ヺー])$/u;

const COMBINED = /^\p{M}$/u;

/** The columns of one line of text. */
export function countColumns(text: string): number {
  return cellsOf(text).length;
}

function cellsOf(text: string): string[] {
  const cells: string[] = [];
  for (const character of text) {
    if (COMBINED.test(character)) cells[cells.length - (cells.at(-1) === '' ? 2 : 1)] += character;
    else cells.push(character, ...(WIDE.test(character) ? [''] : []));
  }
  return cells;
}

/** See the head of the file. Lines that leave the screen at its top are kept, as terminals do. */
export class Screen {
  width: number;
  height: number;
  isCursorShown = true;
  bells = 0;
  #rows: Row[] = [{ cells: [], isRest: false }];
  #row = 0;
  #column = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** Everything that was ever on it and not taken back, without blank lines at the end. */
  get lines(): string[] {
    const lines: string[] = [];
    for (const { cells, isRest } of this.#rows) {
      const text = cells.join('');
      if (isRest) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  write(text: string): void {
    for (const [part, argument = '', command = ''] of text.matchAll(PARTS)) {
      if (command !== '') this.#command(command, argument);
      else if (part === '\u0007') this.bells += 1;
      else if (part === '\r') this.#column = 0;
      else if (part === '\n') this.#moveTo(this.#row + 1, 0, false);
      else this.#put(part);
    }
  }

  /** The lines are broken anew, as terminals of today do. */
  resize(width: number, height: number): void {
    const logical = this.#rows.slice(0, this.#row + 1).filter(({ isRest }) => !isRest).length - 1;
    const whole: string[] = [];
    for (const { cells, isRest } of this.#rows) {
      if (isRest) whole[whole.length - 1] += cells.join('');
      else whole.push(cells.join(''));
    }
    this.width = width;
    this.height = height;
    this.#rows = [];
    for (const [index, text] of whole.entries()) {
      if (index === logical) this.#row = this.#rows.length;
      this.#break(cellsOf(text));
    }
    // Blank rows below the cursor make room before anything leaves the screen at its top.
    while (this.#rows.length - 1 > this.#row && this.#rows.at(-1)?.cells.length === 0) this.#rows.pop();
    this.#column = 0;
  }

  #break(cells: readonly string[]): void {
    for (let from = 0; from === 0 || from < cells.length;) {
      // Never between the halves of a wide one.
      const to = from + (cells[from + this.width] === '' ? this.width - 1 : this.width);
      this.#rows.push({ cells: cells.slice(from, to), isRest: from > 0 });
      from = to;
    }
  }

  #command(command: string, argument: string): void {
    const row = this.#rows[this.#row]!;
    if (command === 'A') this.#moveTo(Math.max(this.#top, this.#row - Number(argument)), this.#column, false);
    else if (command === 'K') row.cells.length = Math.min(row.cells.length, this.#column);
    else if (command === 'J') {
      row.cells.length = Math.min(row.cells.length, this.#column);
      if (this.#column === 0) row.isRest = false;
      for (const below of this.#rows.slice(this.#row + 1)) Object.assign(below, { cells: [], isRest: false });
    } else if (argument === '?25') this.isCursorShown = command === 'h';
    else assert.equal(command, 'm', `unknown: ${command} ${argument}`);
  }

  /** The first row on the screen. */
  get #top(): number {
    return Math.max(0, this.#rows.length - this.height);
  }

  #put(character: string): void {
    if (COMBINED.test(character)) {
      const { cells } = this.#rows[this.#row]!;
      cells[this.#column - (cells[this.#column - 1] === '' ? 2 : 1)] += character;
      return;
    }
    const cells = cellsOf(character);
    if (this.#column + cells.length > this.width) this.#moveTo(this.#row + 1, 0, true);
    const row = this.#rows[this.#row]!;
    while (row.cells.length < this.#column) row.cells.push(' ');
    row.cells.splice(this.#column, cells.length, ...cells);
    this.#column += cells.length;
  }

  #moveTo(row: number, column: number, isRest: boolean): void {
    this.#row = row;
    this.#column = column;
    if (row === this.#rows.length) this.#rows.push({ cells: [], isRest });
    else if (isRest) this.#rows[row]!.isRest = true;
  }
}
