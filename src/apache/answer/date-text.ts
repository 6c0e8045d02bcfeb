// The value of Date: the second in which the request came, so that Expires is as far behind it as the configuration says.
import { formatHttpDate } from '../../http/date.ts';

/** See the head of the file. Formats once a second. */
export class DateText {
  #second = -1;
  #text = '';

  at(atMs: number): string {
    const second = Math.floor(atMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatHttpDate(second * 1_000);
    }
    return this.#text;
  }
}
