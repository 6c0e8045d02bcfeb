// What a terminal shows: as much of its language as live blocks use, with lines that wrap, a screen that scrolls, and a size that changes.
import assert from 'node:assert/strict';

interface Row {
  text: string;
  /** Whether it goes on from the row above, because that was full. */
  isRest: boolean;
}

// oxlint-disable-next-line no-control-regex
const PARTS = /\u001b\[(\??\d*)([a-zA-Z])|\u0007|\r|\n|[^\u001b\u0007\r\n]/gu;

/** See the head of the file. Lines that leave the screen at its top are kept, as terminals do. */
export class Screen {
  width: number;
  height: number;
  isCursorShown = true;
  bells = 0;
  #rows: Row[] = [{ text: '', isRest: false }];
  #row = 0;
  #column = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** Everything that was ever on it and not taken back, without blank lines at the end. */
  get lines(): string[] {
    const lines: string[] = [];
    for (const { text, isRest } of this.#rows) {
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
    for (const { text, isRest } of this.#rows) {
      if (isRest) whole[whole.length - 1] += text;
      else whole.push(text);
    }
    this.width = width;
    this.height = height;
    this.#rows = [];
    for (const [index, text] of whole.entries()) {
      if (index === logical) this.#row = this.#rows.length;
      for (let from = 0; from === 0 || from < text.length; from += width) {
        this.#rows.push({ text: text.slice(from, from + width), isRest: from > 0 });
      }
    }
    this.#column = 0;
  }

  #command(command: string, argument: string): void {
    const row = this.#rows[this.#row]!;
    if (command === 'A') this.#moveTo(Math.max(this.#top, this.#row - Number(argument)), this.#column, false);
    else if (command === 'K') row.text = row.text.slice(0, this.#column);
    else if (command === 'J') {
      row.text = row.text.slice(0, this.#column);
      if (this.#column === 0) row.isRest = false;
      for (const below of this.#rows.slice(this.#row + 1)) Object.assign(below, { text: '', isRest: false });
    } else if (argument === '?25') this.isCursorShown = command === 'h';
    else assert.equal(command, 'm', `unknown: ${command} ${argument}`);
  }

  /** The first row on the screen. */
  get #top(): number {
    return Math.max(0, this.#rows.length - this.height);
  }

  #put(character: string): void {
    if (this.#column === this.width) this.#moveTo(this.#row + 1, 0, true);
    const row = this.#rows[this.#row]!;
    row.text = `${row.text.padEnd(this.#column).slice(0, this.#column)}${character}${row.text.slice(this.#column + 1)}`;
    this.#column += 1;
  }

  #moveTo(row: number, column: number, isRest: boolean): void {
    this.#row = row;
    this.#column = column;
    if (row === this.#rows.length) this.#rows.push({ text: '', isRest });
    else if (isRest) this.#rows[row]!.isRest = true;
  }
}
