// Dates of conditional fields as Apache reads them: more than RFC 9110 §5.6.7 has, and less. What is not a date counts as none.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// The name of the day is whatever stands before the first space; the zone is not looked at.
const RFC_1123 = /^(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) /;
const RFC_850 = /^(\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) /;
const ASCTIME = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})/;

/** Whole seconds since 1970; 0 for what is not a date: Apache does not tell them apart. */
export function readApacheDate(text: string): number {
  const trimmed = text.trimStart();
  const space = trimmed.indexOf(' ');
  if (space === -1) return 0;
  const rest = trimmed.slice(space + 1);
  let match = RFC_1123.exec(rest);
  if (match !== null) {
    const [, day, month, year, hour, minute, second] = match;
    return toSeconds(Number(year), month!, Number(day), Number(hour), Number(minute), Number(second));
  }
  match = RFC_850.exec(rest);
  if (match !== null) {
    const [, day, month, year, hour, minute, second] = match;
    const fullYear = Number(year) + (Number(year) < 70 ? 2000 : 1900);
    return toSeconds(fullYear, month!, Number(day), Number(hour), Number(minute), Number(second));
  }
  match = ASCTIME.exec(rest);
  if (match === null) return 0;
  const [, month, day, hour, minute, second, year] = match;
  return toSeconds(Number(year), month!, Number(day), Number(hour), Number(minute), Number(second));
}

function toSeconds(year: number, month: string, day: number, hour: number, minute: number, second: number): number {
  const monthIndex = MONTHS.indexOf(month);
  if (monthIndex === -1 || year < 1970 || hour > 23 || minute > 59 || second > 61) return 0;
  const date = new Date(Date.UTC(year, monthIndex, day));
  if (date.getUTCDate() !== day || date.getUTCMonth() !== monthIndex) return 0;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}
