// What a command prints, told line by line and not without end: it goes where a person reads.

/** Lines of one run that are told. */
const MOST_LINES = 20;

/** Characters of one line that are told. */
const MOST_CHARACTERS = 500;

/** See the head of the file. */
export class CommandOutput {
  readonly #tell: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #line = '';
  #told = 0;
  #leftOut = 0;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  add(bytes: Uint8Array): void {
    const [first = '', ...rest] = this.#decoder.decode(bytes, { stream: true }).split('\n');
    this.#append(first);
    for (const text of rest) {
      this.#endLine();
      this.#append(text);
    }
  }

  /** Tells the last line, and how many were left out. */
  end(): void {
    this.#append(this.#decoder.decode());
    if (this.#line !== '') this.#endLine();
    if (this.#leftOut > 0) this.#tell(`… and ${this.#leftOut} more lines`);
  }

  #append(text: string): void {
    // One character more than is told says that there were more.
    if (this.#line.length <= MOST_CHARACTERS) this.#line = (this.#line + text).slice(0, MOST_CHARACTERS + 1);
  }

  #endLine(): void {
    const line = this.#line.trimEnd();
    this.#line = '';
    if (this.#told >= MOST_LINES) {
      this.#leftOut += 1;
      return;
    }
    this.#told += 1;
    this.#tell(line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line);
  }
}
