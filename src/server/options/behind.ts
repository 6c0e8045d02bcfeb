// What stands in front of the server, as the option `behind` names it: hops of the table, or idle timeouts.
import { OptionError } from '../../errors.ts';
import { describe } from '../../option-checks.ts';
import { describeHop, findHop, formatTimeout, hopNames, suggestNames } from '../../path/index.ts';
import type { Hop } from '../../path/index.ts';

/**
 * A name of the table of hops (`perdura advise --list`), the idle timeout in milliseconds of a proxy in front, or a list of those:
 * a path, the outermost first, so that the last one is next to the server.
 */
export type Behind = string | number | readonly (string | number)[];

/** The hops, the outermost first; none where nothing was given. @throws OptionError with the nearest names. */
export function resolveBehind(behind: Behind | undefined): readonly Hop[] {
  if (behind === undefined) return [];
  const parts: readonly unknown[] = Array.isArray(behind) ? behind : [behind];
  return parts.map(toHop);
}

function toHop(part: unknown): Hop {
  if (typeof part === 'number') {
    if (!(part >= 1) || part === Infinity) {
      throw new OptionError(
        'behind',
        `is ${describe(part)}, it must be 1 or more milliseconds, or the name of what is in front`,
      );
    }
    return describeHop('proxy', part, formatTimeout(part));
  }
  const hop = typeof part === 'string' ? findHop(part) : undefined;
  if (hop !== undefined) return hop;
  const suggested = typeof part === 'string' ? suggestNames(part, hopNames()) : [];
  const meant = suggested.length === 0 ? '' : `; did you mean ${suggested.join(', ')}`;
  throw new OptionError(
    'behind',
    `is ${describe(part)}, which is no known hop${meant}; perdura advise --list shows them all; its idle timeout in milliseconds is taken, too`,
  );
}
