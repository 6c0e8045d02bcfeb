// The lines that every answer ends its fields with: Date and persistence. They change once a second, so they are formatted once a second.
import type { CloseReason } from '../../http/close-reason.ts';
import type { DateCache } from '../../http/date.ts';
import type { PersistenceLines } from '../connection/keep-alive-policy.ts';

/** One for each server. */
export class AnswerTail {
  readonly #date: DateCache;
  #lines: PersistenceLines;
  #second = '';
  #stale = true;
  #persistent = '';
  #closing = '';

  constructor(date: DateCache, lines: PersistenceLines) {
    this.#date = date;
    this.#lines = lines;
  }

  /** From now on answers say something else about persistence. */
  useLines(lines: PersistenceLines): void {
    this.#lines = lines;
    this.#second = '';
    this.#stale = true;
  }

  /** A new batch of bytes is read: time has gone on. */
  beginBatch(): void {
    this.#stale = true;
  }

  /**
   * Date and persistence lines. `closeReason` undefined means that the connection persists.
   * `withinBatch`: the answer is made while a batch is read, for which the clock is asked once.
   */
  format(closeReason: CloseReason | undefined, answerNumber: number, withinBatch: boolean): string {
    const second = this.#stale || !withinBatch ? this.#date.text() : this.#second;
    this.#stale = false;
    if (second !== this.#second) {
      this.#second = second;
      this.#persistent = flatten(`Date: ${second}\r\n${this.#lines.format(undefined, 0)}`);
      this.#closing = flatten(`Date: ${second}\r\n${this.#lines.format('weSentClose', 0)}`);
    }
    if (closeReason !== undefined) return this.#closing;
    return this.#lines.counting
      ? `Date: ${second}\r\n${this.#lines.format(undefined, answerNumber)}`
      : this.#persistent;
  }
}

/** A string made by joining is a tree of its parts; one read from bytes is not, and is written faster every time. */
function flatten(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
