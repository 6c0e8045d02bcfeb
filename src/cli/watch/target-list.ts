// What is to be watched: arguments and lines of files, one probe for each, and where it was named. Every fault is told with its place.
import { OptionError } from '../../errors.ts';
import type { Probe } from '../../heartbeat/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import { formatCount } from './figures.ts';

/** One target as it was written. */
export interface NamedTarget {
  readonly text: string;
  /** `targets.txt:3`; undefined for an argument. */
  readonly place: string | undefined;
}

/** Faults and duplicates that are told one by one; the rest is counted. */
const MOST_TOLD = 10;

/** Longest line of a file. RFC 9110 §4.1: URIs of 8,000 octets should be supported; no target needs more. */
export const MOST_LINE_LENGTH = 8_192;

/**
 * The targets of a file: one a line; empty lines and what follows a `#` at the beginning or behind white space are comments, so that a
 * fragment of a URL is none.
 * @throws CommandError where a line is too long to be one.
 */
export function parseTargetFile(text: string, name: string): NamedTarget[] {
  return text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\n|\r/)
    .flatMap((line, index) => {
      const place = `${name}:${index + 1}`;
      if (line.length > MOST_LINE_LENGTH) {
        throw usage(`${place}: the line has ${line.length} characters, ${MOST_LINE_LENGTH} are the limit.`);
      }
      const target = line.replace(/(?:^|\s)#.*$/, '').trim();
      return target === '' ? [] : [{ text: target, place }];
    });
}

/** A target without a scheme is http, as with `perdura check`. */
export function completeTarget(text: string): string {
  return /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}

/** Probes of the targets, each once, and what is to be said of those that were named twice. */
export interface ProbeList {
  readonly probes: readonly Probe[];
  readonly notes: readonly string[];
}

/**
 * @param probeFor Throws OptionError for what it does not understand.
 * @throws CommandError that names every target that cannot be watched, at most ten of them.
 */
export function makeProbes(named: readonly NamedTarget[], probeFor: (target: string) => Probe): ProbeList {
  const firstPlaces = new Map<string, string | undefined>();
  const probes: Probe[] = [];
  const faults: string[] = [];
  const duplicates: string[] = [];
  for (const { text, place } of named) {
    try {
      const probe = probeFor(completeTarget(text));
      if (firstPlaces.has(probe.target)) {
        const places = [firstPlaces.get(probe.target), place].filter((each) => each !== undefined).join(' and ');
        duplicates.push(`${probe.target} is named twice${places === '' ? '' : ` (${places})`}, and watched once`);
      } else {
        firstPlaces.set(probe.target, place);
        probes.push(probe);
      }
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      const message = error.message.replace(/^target: /, '');
      faults.push(`${place ?? withoutPassword(text)}: ${message}`);
    }
  }
  if (faults.length > 0) throw usage(tellSome(faults).join('\n'));
  return { probes, notes: tellSome(duplicates) };
}

/** Everything up to the last `@` may be a password, and a query may hold one as well; what is printed ends up in logs. */
function withoutPassword(text: string): string {
  const at = text.lastIndexOf('@');
  const visible = at === -1 ? text : `…${text.slice(at)}`;
  return `'${visible.replace(/[?#].*$/s, (rest) => `${rest[0]}…`)}'`;
}

function tellSome(lines: readonly string[]): string[] {
  const more = lines.length - MOST_TOLD;
  return more <= 0 ? [...lines] : [...lines.slice(0, MOST_TOLD), `… and ${formatCount(more)} more`];
}

function usage(message: string): CommandError {
  return new CommandError(EXIT_CODES.usage, message);
}
