// How a connection ended, seen from our side.
import type { CloseStyle } from '../measurements.ts';

/** See the head of the file. */
export interface Ending {
  /** `none`: it was still open when we stopped waiting. */
  readonly how: 'fin' | 'rst' | 'tls' | 'none';
  /** From the moment that is waited from to the end, or to when we gave up. */
  readonly afterMs: number;
  /** What came unasked before the end. */
  readonly before: 'nothing' | '408' | 'bytes';
}

/** The style as it stands in reports. */
export function closeStyle(ending: Ending): CloseStyle {
  if (ending.how === 'none') return 'none';
  if (ending.before === 'nothing') return ending.how;
  return `${ending.before}+${ending.how}`;
}

/** How long it lasted; null where it did not end. */
export function endedAfterMs(ending: Ending): number | null {
  return ending.how === 'none' ? null : ending.afterMs;
}
