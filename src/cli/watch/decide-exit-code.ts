// The exit code of a watch: what it saw, or what broke it off. Pure.
import { EXIT_CODES, SIGNAL_EXIT_CODES } from '../exit-code.ts';
import type { Belief } from './watched-target.ts';

/** What ended a watch: a signal, or that it had come to its end. */
export type End = 'SIGINT' | 'SIGTERM' | 'done';

/** What is known of one target in the end. */
export interface FinalTarget {
  readonly wasReached: boolean;
  readonly belief: Belief;
  /** How often it went down. */
  readonly downs: number;
  /** Whether no interval was found that keeps its connection. */
  readonly keepsNothing: boolean;
}

/** What the command line said. */
export interface EndOptions {
  /** Whether `--count` or `--for` was given. */
  readonly hasOwnEnd: boolean;
  /** Whether connections are lost on purpose: then a missed signal speaks against nobody. */
  readonly isAdaptive: boolean;
}

/**
 * A watch without an end of its own is ended by a signal, as a server is: the exit code then tells what it saw, as that of ping does. Where
 * an end was given the signal broke it off, and the shell is told so, as with `perdura check`.
 *
 * 0 is said of targets that all answered, up to the end: one that never did would have been down a little later, and so would one whose
 * last signals were missed, where it was not a person who chose that moment.
 */
export function decideExitCode(
  targets: readonly FinalTarget[],
  end: End,
  { hasOwnEnd, isAdaptive }: EndOptions,
): number {
  if (end !== 'done' && hasOwnEnd) return SIGNAL_EXIT_CODES[end];
  if (!targets.some(({ wasReached }) => wasReached)) return EXIT_CODES.unreachable;
  const isFinding = ({ wasReached, belief, downs, keepsNothing }: FinalTarget): boolean =>
    downs > 0 || !wasReached || keepsNothing || (belief === 'suspect' && hasOwnEnd && !isAdaptive);
  return targets.some(isFinding) ? EXIT_CODES.finding : EXIT_CODES.good;
}
