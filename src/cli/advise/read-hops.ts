// Hops as they are typed: a name of the table, words of one, or a duration.
import { findHop, describeHop, formatTimeout, hopNames, searchHops, suggestNames } from '../../path/index.ts';
import type { Hop } from '../../path/index.ts';
import { parseDeadline } from '../duration.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

const wordsOf = (name: string): string[] => name.split('-');

/** The only one whose name has all the words: `front-door`. Of several, the only one that is a NAT, where one is looked for. */
function findByWords(text: string, hops: readonly Hop[], isNat: boolean): Hop | undefined {
  const words = wordsOf(text.toLowerCase());
  const found = hops.filter(({ name }) => words.every((word) => wordsOf(name).includes(word)));
  const nats = isNat ? found.filter(({ name }) => wordsOf(name).includes('nat')) : [];
  const chosen = nats.length > 0 ? nats : found;
  return chosen.length === 1 ? chosen[0] : undefined;
}

function suggest(option: string, text: string): CommandError {
  const suggested = [...new Set([...searchHops(text).map(({ name }) => name), ...suggestNames(text, hopNames())])];
  const meant = suggested.length === 0 ? '' : ` Did you mean ${suggested.slice(0, 4).join(', ')}?`;
  return new CommandError(
    EXIT_CODES.usage,
    `${option}: there is no hop called '${text}'.${meant}\nSee perdura advise --list, or write its idle timeout, e.g. 60s.`,
  );
}

/** Of `aws-nat-gateway,90s`. @throws CommandError where one is neither a hop nor a duration. */
export function readHops(option: '--behind' | '--nat', text: string): Hop[] {
  const kind = option === '--nat' ? 'flow' : 'proxy';
  return text.split(',').map((part) => {
    const name = part.trim();
    // A duration begins with a digit or a point, a name with a letter.
    if (/^[\d.]/.test(name)) {
      const idleMs = parseTyped(option, name);
      return describeHop(kind, idleMs, formatTimeout(idleMs));
    }
    const hop =
      findHop(name) ??
      findByWords(
        name,
        searchHops('').filter((each) => kind === 'proxy' || each.kind === 'flow'),
        kind === 'flow',
      );
    if (hop === undefined || name === '') throw suggest(option, name);
    if (kind === 'flow' && hop.kind !== 'flow') {
      throw new CommandError(
        EXIT_CODES.usage,
        `${option}: ${hop.title} ends connections and opens its own; name it with --behind ${hop.name}.`,
      );
    }
    return hop;
  });
}

/** @throws CommandError that names the option. */
export function parseTyped(option: string, text: string): number {
  try {
    return parseDeadline(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT_CODES.usage, `${option}: '${text}' is invalid. ${reason}`, { cause: error });
  }
}

/** The hop of a path that a text means: its name, or words of it that no other has. */
export function findInPath(text: string, hops: readonly Hop[]): Hop | undefined {
  return hops.find(({ name }) => name === text) ?? findByWords(text, hops, false);
}
