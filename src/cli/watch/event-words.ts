// Events of a watch as lines of text, for people and logs. Pure.
import type { HeartbeatEvent } from '../../heartbeat/index.ts';
import { formatDuration, printable } from '../../text/index.ts';
import type { Palette } from '../color.ts';
import { countOf, formatRtt } from './figures.ts';

/** How much text tells: 'changes', or every signal as well. */
export type Telling = 'changes' | 'signals';

/** The width of the longest word in front of a target. */
const WORD_WIDTH = 'resumed'.length;

/** What an event means where it happened. */
export interface EventPlace {
  /** The first sign of life of all, of a target that was not told to be down. */
  readonly isFirst: boolean;
  /** Whether the target counts as down now. */
  readonly isDown: boolean;
}

/**
 * One event as a line without its end, or undefined where it is not worth one: what is a change always is, an acknowledgement or a miss
 * that changes nothing only with 'signals'.
 */
export function formatEventLine(
  event: HeartbeatEvent,
  place: EventPlace,
  telling: Telling,
  palette: Palette,
): string | undefined {
  const told = describe(event, place, telling);
  if (told === undefined) return undefined;
  const [word, text] = told;
  const painted = paintOf(word, palette)(word.padEnd(WORD_WIDTH));
  return `${palette.dim(event.at.toISOString())}  ${painted}  ${printable(event.target)}${text === '' ? '' : `  ${printable(text)}`}`;
}

function describe(
  event: HeartbeatEvent,
  { isFirst, isDown }: EventPlace,
  telling: Telling,
): readonly [string, string] | undefined {
  const { type, missed, reason = '' } = event;
  switch (type) {
    case 'ack': {
      // What came back is told by 'up'; the first answer of all is a change, too.
      if (isFirst) return ['up', joinParts([rttOf(event), event.detail])];
      if (telling === 'changes') return undefined;
      return [
        'ack',
        joinParts([rttOf(event), event.detail, event.connection === 'new' ? 'new connection' : undefined]),
      ];
    }
    case 'missed':
      // The first of a row makes it suspect; the one that makes it down is told as that.
      if (telling === 'changes' && (missed !== 1 || isDown)) return undefined;
      return ['missed', missed > 1 ? `${reason} (${missed} in a row)` : reason];
    case 'down':
      return ['down', `${reason} (${countOf(missed, 'signal')} missed)`];
    case 'up':
      return ['up', joinParts([`after ${formatDuration(event.downMs)}`, rttOf(event)])];
    case 'resumed':
      return ['resumed', reason === '' ? `the program did not run for about ${formatDuration(event.sleptMs)}` : reason];
    case 'calmed':
      return ['calmed', joinParts([reason, `every ${formatDuration(event.intervalMs)} from now on`])];
    case 'adapted':
      return ['adapted', describeSearch(event)];
  }
}

/** What the search for the longest interval has come to. */
export interface SearchResult {
  readonly survivedMs: number;
  readonly diedMs: number;
  readonly isHolding: boolean;
}

/** It is over, and even the shortest silence that it tries is too long: signals go on at that interval, and keep no connection. */
export function survivesNothing({ survivedMs, isHolding }: SearchResult): boolean {
  return isHolding && survivedMs === 0;
}

/** One sentence. */
export function describeSearch(found: SearchResult): string {
  const { survivedMs, diedMs, isHolding } = found;
  if (survivesNothing(found)) {
    return `nothing survives the shortest silence that was tried (lost after ${formatDuration(diedMs)}), and no shorter one is tried; begin lower, e.g. --adaptive-range ${formatLower(diedMs)}..${Math.ceil(diedMs)}ms`;
  }
  return joinParts([
    survivedMs > 0 ? `longest silence survived ${formatDuration(survivedMs)}` : 'no silence survived yet',
    diedMs < Infinity ? `lost after ${formatDuration(diedMs)}` : undefined,
    isHolding ? 'held from now on' : undefined,
  ]);
}

/** A fifth, in one digit: as far below as a search goes in a few steps. */
const formatLower = (durationMs: number): string => `${Math.max(1, Number((durationMs / 5).toPrecision(1)))}ms`;

const rttOf = ({ rttMs }: HeartbeatEvent): string | undefined =>
  rttMs === undefined ? undefined : `rtt ${formatRtt(rttMs)}`;

const joinParts = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(', ');

function paintOf(word: string, palette: Palette): (text: string) => string {
  if (word === 'down') return palette.red;
  if (word === 'up') return palette.cyan;
  return word === 'ack' ? palette.dim : palette.yellow;
}
