// The hop in front of the inspected server, such as a load balancer: what an option names, as far as an inspection needs it.
import { OptionError } from '../errors.ts';
import { checkNumber, describe } from '../option-checks.ts';
import { findHop, hopNames, suggestNames } from '../path/index.ts';
import type { Hop } from '../path/index.ts';

/** See the head of the file. */
export interface BehindHop {
  readonly name: string;
  readonly title: string;
  /** How long it keeps an idle connection to the server. */
  readonly serverIdleMs: number;
}

/** A name of the table of hops, or an idle timeout in milliseconds. @throws OptionError where it is neither. */
export function resolveBehind(behind: unknown): BehindHop | undefined {
  if (behind === undefined) return undefined;
  if (typeof behind === 'number') {
    checkNumber('behind', behind, 1, 'it is milliseconds');
    return { name: `${behind} ms`, title: 'the hop in front', serverIdleMs: behind };
  }
  const hop: Hop | undefined = typeof behind === 'string' ? findHop(behind) : undefined;
  if (hop === undefined) {
    const suggested = typeof behind === 'string' ? suggestNames(behind, hopNames()) : [];
    const meant = suggested.length === 0 ? '' : `; did you mean ${suggested.join(', ')}`;
    throw new OptionError(
      'behind',
      `is ${describe(behind)}, which is no known hop${meant}; perdura advise --list shows them all; milliseconds are taken, too`,
    );
  }
  if (hop.kind === 'flow') {
    // Not somebody who has to close first: it forgets connections, and whoever sends requests may be anywhere in front of it.
    throw new OptionError(
      'behind',
      `is '${hop.name}', which only forgets connections and sends no requests; name the proxy that does`,
    );
  }
  if (hop.serverIdleMs === null) {
    throw new OptionError('behind', `is '${hop.name}', of which no idle timeout is known; give it in milliseconds`);
  }
  return { name: hop.name, title: hop.title, serverIdleMs: hop.serverIdleMs };
}
