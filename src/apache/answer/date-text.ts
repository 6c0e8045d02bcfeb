// Dates as texts, without formatting the same second again and again. That of Date is the second in which the request came, so that Expires is as far behind it as the configuration says.
import { formatHttpDate } from '../../http/date.ts';

/** Seconds that are remembered: the files and the expiry times of a busy minute. */
const MAX_TEXTS = 1024;

const texts = new Map<number, string>();

/** As `formatHttpDate`: for times that are written at every request, such as that of a file. */
export function formatDateAgain(ms: number): string {
  const second = Math.floor(ms / 1_000);
  let text = texts.get(second);
  if (text === undefined) {
    text = formatHttpDate(ms);
    if (texts.size >= MAX_TEXTS) texts.clear();
    texts.set(second, text);
  }
  return text;
}

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
