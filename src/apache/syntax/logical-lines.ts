// Lines of a configuration file as Apache counts and joins them. Knows nothing of what stands in them.
import { ConfigurationError } from './configuration-error.ts';
import { trimSpace } from './words.ts';

/** Takes the character off the end of what is joined, where it stands there. */
function chop(parts: string[], character: string): boolean {
  while (parts.at(-1) === '') parts.pop();
  const last = parts.pop();
  if (last === undefined) return false;
  const ends = last.endsWith(character);
  parts.push(ends ? last.slice(0, -1) : last);
  return ends;
}

/** See the head of the file. The text is bytes, one character for each. */
export class LogicalLines {
  readonly #text: string;
  readonly #maxBytes: number;
  #offset = 0;
  #line = 0;

  constructor(text: string, maxLineBytes: number) {
    this.#text = text;
    this.#maxBytes = maxLineBytes;
  }

  /** The number of the last physical line that was taken, from 1. */
  get line(): number {
    return this.#line;
  }

  /**
   * The next line without white space at its ends; undefined at the end of the text. A backslash before a line end joins. What is
   * joined is looked at as a whole, as Apache does: a line that is empty but for its end, behind `\\`, joins once more.
   *
   * @throws ConfigurationError above the limit
   */
  next(): string | undefined {
    const parts: string[] = [];
    let keptBytes = 0;
    let isContinued = false;
    while (this.#offset < this.#text.length) {
      const { piece, isEnded } = this.#takePiece();
      // With the line end, as Apache counts.
      if (keptBytes + piece.length + Number(isEnded) > this.#maxBytes) throw new ConfigurationError('Line too long');
      keptBytes += piece.length;
      parts.push(piece);
      if (isEnded && chop(parts, '\r')) keptBytes -= 1;
      if (!isEnded || !chop(parts, '\\')) return trimSpace(parts.join(''));
      keptBytes -= 1;
      isContinued = true;
    }
    if (!isContinued) return undefined;
    // Apache has counted the line that it did not find.
    this.#line += 1;
    return trimSpace(parts.join(''));
  }

  #takePiece(): { readonly piece: string; readonly isEnded: boolean } {
    const end = this.#text.indexOf('\n', this.#offset);
    const piece = this.#text.slice(this.#offset, end === -1 ? undefined : end);
    this.#offset = end === -1 ? this.#text.length : end + 1;
    this.#line += 1;
    // Apache's strings end at a zero byte: it does not see the line end behind one.
    const zero = piece.indexOf('\0');
    return zero === -1 ? { piece, isEnded: end !== -1 } : { piece: piece.slice(0, zero), isEnded: false };
  }
}
