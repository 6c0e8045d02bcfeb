// A few lines at the bottom of a terminal that are written anew in place, and leave nothing behind.
import type { TerminalStream } from '../terminal.ts';

/** See the head of the file. */
export class LiveLines {
  readonly #stream: TerminalStream;
  #shown = 0;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  /** Columns that a line may have: one less than there are, since some terminals wrap behind the last. */
  get width(): number {
    return Math.max(20, (this.#stream.columns || 80) - 1);
  }

  /** Writes the lines in the place of those before. In one write, so that nothing flickers. */
  show(lines: readonly string[]): void {
    this.#stream.write(`${this.#takeBack()}${lines.map((line) => `${line}\n`).join('')}`);
    this.#shown = lines.length;
  }

  /** Takes away what is shown. */
  clear(): void {
    if (this.#shown === 0) return;
    this.#stream.write(this.#takeBack());
    this.#shown = 0;
  }

  /** Up to the first line, and clear from there to the end of the screen. */
  #takeBack(): string {
    return this.#shown === 0 ? '' : `\u001b[${this.#shown}A\r\u001b[J`;
  }
}
