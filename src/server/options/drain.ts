// What server.close() does where it is not told otherwise: each time with its default and where that comes from.
import { OptionError } from '../../errors.ts';
import { checkBoolean, describe, fillIn } from '../../option-checks.ts';
import type { CloseOptions } from '../server.ts';

/** The defaults, each with its reason at the option. `behind` may derive longer ones. */
export const DEFAULT_DRAIN: Required<CloseOptions> = {
  drainMs: 30_000,
  lameDuckMs: 0,
  idleGraceMs: Infinity,
  stopListeningFirst: false,
};

/** Fills in the defaults. @throws OptionError with the name of the option and what is allowed. */
export function resolveDrain(
  given: CloseOptions | undefined,
  defaults: Required<CloseOptions> = DEFAULT_DRAIN,
): Required<CloseOptions> {
  const drain = fillIn('drain', given, defaults);
  checkCloseOptions(drain, 'drain.');
  return drain;
}

/** @throws OptionError where a time is no number of milliseconds, or a switch neither true nor false. */
export function checkCloseOptions(options: CloseOptions, prefix = ''): void {
  for (const name of ['drainMs', 'lameDuckMs', 'idleGraceMs'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw new OptionError(`${prefix}${name}`, `is ${describe(value)}, it must be 0 or more milliseconds`);
  }
  const { stopListeningFirst } = options;
  if (stopListeningFirst !== undefined) checkBoolean(`${prefix}stopListeningFirst`, stopListeningFirst);
}
