// A configuration that is refused, as `apache2 -t` tells it.
import { escapeLogItem } from '../log/escape-item.ts';
import { isUnsupported } from './fault-list.ts';
import type { ConfigurationRefused } from '../syntax/configuration-error.ts';

/** As everything in Apache's error log: one line, printable. What a message quotes keeps its quotation marks. */
export function escapeForLog(message: string): string {
  return escapeLogItem(message).replaceAll(String.raw`\"`, '"');
}

/** Apache has a buffer of this length for a line of its log, its end and a zero byte included. */
const MAX_LINE_BYTES = 8192 - 2;

/** The text as far as a line of Apache's goes. */
export function cutLogLine(line: string): string {
  return line.slice(0, MAX_LINE_BYTES);
}

function formatLines({ message, place, form }: ConfigurationRefused, self: string): string[] {
  const text = escapeForLog(message);
  if (form === 'check') return [text, 'AH00014: Configuration check failed'];
  // What has a code and no place is a module's, which does not name the program; but for AH00534.
  if (place === undefined) return [text.replace(/^(?:AH00534: |(?!AH\d{5}: ))/, (code) => code + self)];
  const head = `Syntax error on line ${place.line} of ${escapeForLog(place.file)}:`;
  return form === 'directive' ? [`AH00526: ${head}`, text] : [`${self}${head} ${text}`];
}

/**
 * One line, or two for directives, without a line end.
 *
 * @param program what the program calls itself where Apache says `apache2: `. Default: it does not.
 */
export function formatRefusal(refused: ConfigurationRefused, program?: string): string {
  const lines = formatLines(refused, program === undefined ? '' : `${program}: `);
  return lines.map((line) => cutLogLine(line)).join('\n');
}

/**
 * What else is missing here, a line for each, in the order of the files. Where the first fault is Apache's own, Apache has said all it would
 * say: then only for whoever wants to know more.
 */
export function formatFurther(refused: ConfigurationRefused, verbose: boolean): readonly string[] {
  if (!verbose && !isUnsupported(refused)) return [];
  return refused.further.map(({ message, place }) =>
    cutLogLine(escapeForLog(`${place === undefined ? '' : `${place.file}:${place.line}: `}${message}`)),
  );
}
