// HTTP dates (RFC 9110 §5.6.7): one format is written, three are read. Nobody here asks what time it is.
import { MisuseError } from '../errors.ts';

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const MONTH = `(${MONTHS.match(/.{3}/g)?.join('|')})`;
const SHORT_DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})';

const IMF_FIXDATE = new RegExp(`^${SHORT_DAY}, (\\d{2}) ${MONTH} (\\d{4}) ${TIME} GMT$`);
const RFC_850_DATE = new RegExp(`^${LONG_DAY}, (\\d{2})-${MONTH}-(\\d{2}) ${TIME} GMT$`);
const ASCTIME_DATE = new RegExp(`^${SHORT_DAY} ${MONTH} (\\d{2}| \\d) ${TIME} (\\d{4})$`);

/** The span that four digits of a year can express. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Stands in for the present where no clock is given; only a year of two digits looks at it. */
const REFERENCE_MS = Date.parse('2026-01-01T00:00:00Z');

/**
 * Formats as IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`; milliseconds are cut off.
 * Throws MisuseError outside the years 0 to 9999, which the format cannot express.
 */
export function formatHttpDate(ms: number): string {
  if (!(ms >= FIRST_MS && ms <= LAST_MS)) throw new MisuseError(`an HTTP date cannot express ${ms} ms since 1970`);
  // The ECMAScript standard fixes this format, and it is IMF-fixdate.
  return new Date(ms).toUTCString();
}

/**
 * Reads any of the three formats that RFC 9110 §5.6.7 obliges a recipient to accept; undefined for everything else.
 * Strict in syntax and letter case, and the date must exist. The name of the day must be one, but need not be the right one:
 * it carries no information, and senders that compute it wrongly still mean their date.
 * A leap second (`:60`) is the first moment of the next minute.
 *
 * `nowMs` is the present for years of two digits: the year is the latest that is not more than 50 years in the future.
 */
export function parseHttpDate(text: string, nowMs: number = REFERENCE_MS): number | undefined {
  let match = IMF_FIXDATE.exec(text);
  if (match !== null) {
    const [, day, month, year, hour, minute, second] = match;
    return toMs(Number(year), month, day, hour, minute, second);
  }
  match = RFC_850_DATE.exec(text);
  if (match !== null) {
    const [, day, month, year, hour, minute, second] = match;
    const latest = new Date(nowMs);
    latest.setUTCFullYear(latest.getUTCFullYear() + 50);
    const fullYear = Math.floor(latest.getUTCFullYear() / 100) * 100 + Number(year);
    const ms = toMs(fullYear, month, day, hour, minute, second);
    // 29 February may exist in one century and not in the other, so a date that does not exist is no verdict yet.
    if (ms !== undefined && ms <= latest.getTime()) return ms;
    return toMs(fullYear - 100, month, day, hour, minute, second);
  }
  match = ASCTIME_DATE.exec(text);
  if (match === null) return undefined;
  const [, month, day, hour, minute, second, year] = match;
  return toMs(Number(year), month, day, hour, minute, second);
}

function toMs(
  year: number,
  month: string | undefined,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
): number | undefined {
  const monthIndex = MONTHS.indexOf(month ?? '') / 3;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, monthIndex, Number(day));
  if (date.getUTCMonth() !== monthIndex || date.getUTCDate() !== Number(day)) return undefined;
  return date.setUTCHours(Number(hour), Number(minute), Number(second));
}

/** The value of the `Date` field, formatted anew only when the second changes. The same second gives the same string. */
export class DateCache {
  readonly #wallMs: () => number;
  #text = '';
  #secondStartMs = Number.NaN;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  text(): string {
    const now = this.#wallMs();
    // Both bounds, because a wall clock may be set back. NaN at first, which is within no bounds.
    if (now >= this.#secondStartMs && now < this.#secondStartMs + 1000) return this.#text;
    this.#secondStartMs = Math.floor(now / 1000) * 1000;
    this.#text = formatHttpDate(now);
    return this.#text;
  }
}
