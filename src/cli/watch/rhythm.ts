// The interval of a watch: what was typed, or what the hops of the path ask for, and in words why. Pure.
import { adviseTimeouts, formatTimeout } from '../../path/index.ts';
import type { Hop } from '../../path/index.ts';
import { DEFAULT_HEARTBEAT_OPTIONS } from '../../heartbeat/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';

/** What was typed of it. */
export interface RhythmFlags {
  readonly intervalMs: number | undefined;
  readonly isAdaptive: boolean;
  /** From the client's side to the server's. */
  readonly hops: readonly Hop[];
}

/** See the head of the file. */
export interface Rhythm {
  readonly intervalMs: number;
  readonly isAdaptive: boolean;
  /** For the head of the table: `every 15 s`. */
  readonly words: string;
  /** Sentences for people, before it begins. */
  readonly notes: readonly string[];
}

/** @throws CommandError where two of the options ask for different things. */
export function decideRhythm({ intervalMs, isAdaptive, hops }: RhythmFlags): Rhythm {
  const { intervalMs: defaultMs } = DEFAULT_HEARTBEAT_OPTIONS;
  if (isAdaptive) {
    if (intervalMs !== undefined) throw contradiction('--interval');
    if (hops.length > 0) throw contradiction('--behind and --nat');
    return { intervalMs: defaultMs, isAdaptive, words: 'as seldom as the path allows', notes: [] };
  }
  const advice = adviseTimeouts({ hops }).find(({ id }) => id === 'heartbeat');
  const adviceMs = advice?.valueMs ?? undefined;
  const usedMs = intervalMs ?? adviceMs ?? defaultMs;
  const words = `every ${formatTimeout(usedMs)}`;
  if (hops.length === 0) return { intervalMs: usedMs, isAdaptive, words, notes: [] };
  if (advice === undefined || adviceMs === undefined) {
    const names = hops.map(({ title }) => title).join(', ');
    const note = `nothing is known of ${names} that asks for signals: ${words}`;
    return { intervalMs: usedMs, isAdaptive, words, notes: [note] };
  }
  const deciding = advice.hops.length === 0 ? '' : ` (${advice.hops.join(', ')} decides)`;
  const hint = advice.ground === 'hint' ? ' This is a hint, nobody official says so.' : '';
  const wanted = `at most every ${formatTimeout(adviceMs)}${deciding}: ${advice.reason}${hint}`;
  const note =
    intervalMs === undefined
      ? `signals ${words}: ${wanted}`
      : intervalMs > adviceMs
        ? `warning: --interval ${formatTimeout(intervalMs)} is too long for the path, which asks for signals ${wanted}`
        : `signals ${words}; the path asks for signals ${wanted}`;
  return { intervalMs: usedMs, isAdaptive, words, notes: [note] };
}

function contradiction(options: string): CommandError {
  return new CommandError(EXIT_CODES.usage, `--adaptive finds the interval by itself: leave it out, or ${options}.`);
}
