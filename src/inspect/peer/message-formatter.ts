// The bytes of one direction as a person can read them, line by line, without the secrets in them. They come in pieces of any size.
import { formatBytes, redactField } from '../../http/index.ts';
import type { Headers } from '../../http/index.ts';
import { SHORTEST_SECRET, SecretFilter } from './secret-filter.ts';

/** Characters of one piece that are shown. */
const SHOWN_CHARACTERS = 1_000;

/** Of a line that is not complete: enough to know the name of its field. */
const KEPT_CHARACTERS = 200;

/** The sign for what was left out, as the bytes that it has in UTF-8. */
const LEFT_OUT = '\xe2\x80\xa6';
const LEFT_OUT_SHOWN = '\\xe2\\x80\\xa6';

/** Values of these fields that a server may send back in a body, as those do that show what they were asked. */
export function secretValues(headers: Headers): readonly string[] {
  const values: string[] = [];
  for (const [name, value] of headers) {
    if (redactField(name, value) === value) continue;
    values.push(value);
    if (name.toLowerCase() === 'cookie') values.push(...value.split(/;[ \t]*/).map((pair) => behind(pair, '=')));
    // The scheme is none, and is often left out by those who show what they were sent.
    else if (/authorization$/i.test(name)) values.push(behind(value, ' '));
  }
  const isLong = (value: string): boolean => value.length >= SHORTEST_SECRET;
  // The longest first: what contains another is left out as a whole.
  return [...new Set(values)].filter(isLong).toSorted((left, right) => right.length - left.length);
}

/** None of them is within a secret. */
const LINE_ENDS = /(?<=\n)/;

/** See the head of the file. */
export class MessageFormatter {
  readonly #secrets: SecretFilter;
  /** The beginning of the line within which the last piece ended. */
  #unfinished = '';
  /** Whether the line before is one of secrets: a folded line goes on with it. */
  #afterSecret = false;

  constructor(secrets: readonly string[]) {
    this.#secrets = new SecretFilter(secrets, LEFT_OUT);
  }

  format(bytes: Uint8Array | string): string {
    const text = toText(bytes.slice(0, SHOWN_CHARACTERS));
    const shown = this.#secrets.hide(text).split(LINE_ENDS);
    this.#secrets.moveOn(toText(bytes));
    const lines = text.split(LINE_ENDS).map((line, index) => this.#formatLine(line, shown[index] ?? ''));
    if (bytes.length <= SHOWN_CHARACTERS) return lines.join('\n');
    this.#moveOn(toText(bytes.slice(SHOWN_CHARACTERS)));
    // Nobody has looked at the lines between: what is folded behind them may belong to a secret.
    this.#afterSecret = true;
    return `${lines.join('\n')}\n… (${bytes.length} bytes)`;
  }

  /** A line, or the part of one that this piece has. */
  #formatLine(part: string, withoutSecrets: string): string {
    const isStart = this.#unfinished === '';
    const whole = this.#unfinished + part;
    const isFolded = this.#afterSecret && /^[ \t]/.test(whole);
    const isHidden = isFolded || redactLine(whole) !== whole;
    this.#moveOn(part);
    if (part.endsWith('\n')) this.#afterSecret = isHidden;
    // The name of the field can only be seen in the first part.
    let shown = isHidden && (isFolded || !isStart) ? `${LEFT_OUT}${/[\r\n]*$/.exec(part)?.[0]}` : withoutSecrets;
    if (isStart) shown = redactLine(shown);
    return formatBytes(shown).replaceAll(LEFT_OUT_SHOWN, '…');
  }

  #moveOn(text: string): void {
    const last = text.lastIndexOf('\n');
    const line = last < 0 ? this.#unfinished + text : text.slice(last + 1);
    this.#unfinished = line.slice(0, KEPT_CHARACTERS);
  }
}

function redactLine(line: string): string {
  const [, name, space, value, end] = /^([\w!#$%&'*+.^`|~-]+):([ \t]*)(.*?)([\r\n]*)$/s.exec(line) ?? [];
  if (name === undefined || value === undefined) return line;
  return `${name}:${space ?? ''}${redactField(name, value).replaceAll('…', LEFT_OUT)}${end ?? ''}`;
}

function toText(bytes: Uint8Array | string): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
}

function behind(text: string, sign: string): string {
  return text.slice(text.indexOf(sign) + 1);
}
