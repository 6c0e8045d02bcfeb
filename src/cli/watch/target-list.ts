// What is to be watched: arguments and lines of files, one probe for each, and where it was named. Every fault is told with its place.
import { OptionError } from '../../errors.ts';
import type { Probe } from '../../heartbeat/index.ts';
import { printable } from '../../text/index.ts';
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

/** Probes of the targets, each once and each under a name of its own, and what is to be said of that. */
export interface ProbeList {
  readonly probes: readonly Probe[];
  readonly notes: readonly string[];
}

/** A target that is watched. */
interface Watched {
  readonly probe: Probe;
  readonly where: string;
  /** Undefined for an argument. */
  readonly place: string | undefined;
}

/**
 * Targets that differ in what is not shown (user, password, query) are as different as others: they are numbered, since events and
 * metrics go by the name.
 *
 * @param probeFor Throws OptionError for what it does not understand.
 * @throws CommandError that names every target that cannot be watched, at most ten of them.
 */
export function makeProbes(named: readonly NamedTarget[], probeFor: (target: string) => Probe): ProbeList {
  const watched = new Map<string, Watched>();
  const faults: string[] = [];
  const duplicates: string[] = [];
  let given = 0;
  for (const { text, place } of named) {
    if (place === undefined) given += 1;
    try {
      const url = completeTarget(text);
      const probe = probeFor(url);
      const key = identityOf(url, probe);
      const before = watched.get(key);
      if (before === undefined) watched.set(key, { probe, place, where: place ?? `argument ${given}` });
      else duplicates.push(describeDuplicate(probe, before.place, place));
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      const message = error.message.replace(/^(?:target|url): /, '');
      faults.push(printable(`${place ?? `'${withoutSecrets(text)}'`}: ${message}`));
    }
  }
  if (faults.length > 0) throw usage(tellSome(faults).join('\n'));
  const { probes, renamed } = numberEqualNames([...watched.values()]);
  return { probes, notes: [...tellSome(duplicates), ...tellSome(renamed)] };
}

/** The same for what is the same: beside what is shown, what is not. A fragment is sent to nobody. */
function identityOf(url: string, { target }: Probe): string {
  // Hosts have no case; how paths and users have it is their server's business.
  const shown = target.replace(/^[^/]*\/\/[^/]*/, (origin) => origin.toLowerCase());
  if (!URL.canParse(url)) return JSON.stringify([shown, url]);
  const { username, password, pathname, search } = new URL(url);
  return JSON.stringify([shown, username, password, pathname === '/' ? '' : pathname, search]);
}

function describeDuplicate({ target }: Probe, first: string | undefined, second: string | undefined): string {
  const places = [first, second].filter((place) => place !== undefined).join(' and ');
  return printable(`${target} is named twice${places === '' ? '' : ` (${places})`}, and watched once`);
}

/** `http://a/`, `http://a/ (2)`, `http://a/ (3)`, in the order in which they were named. */
function numberEqualNames(watched: readonly Watched[]): { readonly probes: Probe[]; readonly renamed: string[] } {
  const counts = new Map<string, number>();
  const taken = new Set(watched.map(({ probe }) => printable(probe.target)));
  const renamed: string[] = [];
  const probes = watched.map(({ probe, where }) => {
    const shown = printable(probe.target);
    let number = (counts.get(shown) ?? 0) + 1;
    let name = number === 1 ? shown : `${shown} (${number})`;
    while (number > 1 && taken.has(name)) {
      number += 1;
      name = `${shown} (${number})`;
    }
    counts.set(shown, number);
    if (number > 1) {
      taken.add(name);
      renamed.push(printable(`${name} is ${where}: it differs in what is not shown, such as user, password and query`));
    }
    return name === probe.target ? probe : nameProbe(probe, name);
  });
  return { probes, renamed };
}

/** The same probe under another name. */
function nameProbe(probe: Probe, target: string): Probe {
  return {
    target,
    origin: probe.origin ?? probe.target,
    ...(probe.keepsConnection === undefined ? {} : { keepsConnection: probe.keepsConnection }),
    get unheardMs() {
      return probe.unheardMs ?? 0;
    },
    attach: (sink) => probe.attach?.(sink),
    send: (signal) => probe.send(signal),
    close: () => probe.close?.(),
  };
}

/**
 * A target that cannot be watched, for whoever wrote it: no more than scheme, host and port, as what is printed ends up in logs. As it was
 * not understood, any character of it may be one of a password: that ends at the last @.
 */
function withoutSecrets(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][\w+.-]*:\/\/)?(.*)$/is.exec(text) ?? [];
  const [, head = '', query = ''] = /^([^?#]*)(.*)$/s.exec(rest) ?? [];
  // Either the password has a ?, or a token an @.
  if (query.includes('@')) return `${scheme}…`;
  const at = head.lastIndexOf('@');
  const [authority = '', ...path] = head.slice(at + 1).split('/');
  // `redis://user:password`, where the host was forgotten: a port has digits alone.
  const host = authority.replace(/^(\[[^\]]*\]|[^:]*):(?!\d{1,5}$).*$/s, '$1:…');
  const shownPath = path.length === 0 ? '' : path.join('') === '' ? '/' : '/…';
  return `${scheme}${at === -1 ? '' : '…@'}${host}${shownPath}${query === '' ? '' : '?…'}`;
}

function tellSome(lines: readonly string[]): string[] {
  const more = lines.length - MOST_TOLD;
  return more <= 0 ? [...lines] : [...lines.slice(0, MOST_TOLD), `… and ${formatCount(more)} more`];
}

function usage(message: string): CommandError {
  return new CommandError(EXIT_CODES.usage, message);
}
