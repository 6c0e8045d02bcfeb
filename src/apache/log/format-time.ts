// Times in logs, in the time zone of the machine: that of the common log format, and what strftime(3) makes of a format.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `[10/Oct/2000:13:55:36 -0700]`. */
export function formatClfTime(atMs: number): string {
  return `[${formatTime('%d/%b/%Y:%H:%M:%S %z', atMs)}]`;
}

/** `Sun Nov 22 13:07:47.170027 2026`, for the error log. */
export function formatErrorTime(atMs: number): string {
  const micros = String(Math.floor((atMs % 1_000) * 1_000)).padStart(6, '0');
  return `${formatTime('%a %b %d %H:%M:%S', atMs)}.${micros} ${formatTime('%Y', atMs)}`;
}

/** What is not known stays as it is. */
export function formatTime(format: string, atMs: number): string {
  const time = new Date(atMs);
  return format.replace(/%[EO]?([a-zA-Z%])/g, (whole, letter: string) => formatPart(letter, time) ?? whole);
}

function formatPart(letter: string, time: Date): string | undefined {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour12 = time.getHours() % 12 === 0 ? 12 : time.getHours() % 12;
  switch (letter) {
    case '%':
      return '%';
    case 'a':
      return DAYS[time.getDay()];
    case 'A':
      return LONG_DAYS[time.getDay()];
    case 'b':
    case 'h':
      return MONTHS[time.getMonth()];
    case 'B':
      return LONG_MONTHS[time.getMonth()];
    case 'C':
      return two(Math.floor(time.getFullYear() / 100));
    case 'c':
      return formatTime('%a %b %e %H:%M:%S %Y', time.getTime());
    case 'd':
      return two(time.getDate());
    case 'D':
    case 'x':
      return formatTime('%m/%d/%y', time.getTime());
    case 'e':
      return String(time.getDate()).padStart(2, ' ');
    case 'F':
      return formatTime('%Y-%m-%d', time.getTime());
    case 'H':
      return two(time.getHours());
    case 'I':
      return two(hour12);
    case 'j':
      return String(dayOfYear(time)).padStart(3, '0');
    case 'k':
      return String(time.getHours()).padStart(2, ' ');
    case 'l':
      return String(hour12).padStart(2, ' ');
    case 'm':
      return two(time.getMonth() + 1);
    case 'M':
      return two(time.getMinutes());
    case 'n':
      return '\n';
    case 'p':
      return time.getHours() < 12 ? 'AM' : 'PM';
    case 'r':
      return formatTime('%I:%M:%S %p', time.getTime());
    case 'R':
      return formatTime('%H:%M', time.getTime());
    case 's':
      return String(Math.floor(time.getTime() / 1_000));
    case 'S':
      return two(time.getSeconds());
    case 't':
      return '\t';
    case 'T':
    case 'X':
      return formatTime('%H:%M:%S', time.getTime());
    case 'u':
      return String(time.getDay() === 0 ? 7 : time.getDay());
    case 'w':
      return String(time.getDay());
    case 'y':
      return two(time.getFullYear() % 100);
    case 'Y':
      return String(time.getFullYear());
    case 'z':
      return formatZone(time);
    default:
      return undefined;
  }
}

function dayOfYear(time: Date): number {
  const start = Date.UTC(time.getFullYear(), 0, 1);
  return Math.round((Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) - start) / 86_400_000) + 1;
}

function formatZone(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const size = Math.abs(minutes);
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}${digits(size % 60)}`;
}
