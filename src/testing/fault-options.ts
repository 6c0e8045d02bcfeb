// What can go wrong on a path, in numbers of bytes and writes, and whether the numbers make sense. Pure.
import { OptionError } from '../errors.ts';
import type { Clock } from '../io/clock.ts';

/** What goes wrong on a {@link FaultyTransport}, as its owner sees it. Everything is off by default. */
export interface Faults {
  /** Cuts what arrives into pieces of so many bytes, counted from the start; of a list, the last length repeats. */
  readonly splitIncoming?: number | readonly number[];
  /** Holds what arrives until so many bytes have come together, the peer ends, or `flush()` is called. Cut afterwards. */
  readonly coalesceIncoming?: number;
  /** Lets everything that the peer sends arrive so much later. */
  readonly delayIncoming?: { readonly clock: Clock; readonly delayMs: number };
  /** The connection breaks with `read ECONNRESET` once exactly so many bytes have arrived; the peer gets RST. */
  readonly resetAfterReadBytes?: number;
  /** The connection breaks with `read ECONNRESET` once so many bytes were written. What reached the peer is uncertain, as with RST. */
  readonly resetAfterWrittenBytes?: number;
  /** The peer seems to send FIN after so many bytes; nothing that it sends later arrives. */
  readonly endAfterReadBytes?: number;
  /** FIN goes out after so many bytes, and what is written behind it is lost without a word: a truncated message. */
  readonly endAfterWrittenBytes?: number;
  /** The write with this number, 1 for the first, hands nothing to the kernel and breaks with `write ECONNRESET`. */
  readonly failWrite?: number;
  /** Everything that is written after so many bytes is lost without a word, FIN included: 0 is a black hole. */
  readonly swallowWritesAfterBytes?: number;
}

/** @throws OptionError where a number is not one that the fault can have. */
export function checkFaults(faults: Faults): void {
  const { splitIncoming = [] } = faults;
  const atLeast = (least: number, option: string, values: readonly (number | undefined)[]): void => {
    for (const value of values) {
      if (value !== undefined && !(Number.isInteger(value) && value >= least)) {
        throw new OptionError(option, `${value} is not an integer of at least ${least}.`);
      }
    }
  };
  const delayMs = faults.delayIncoming?.delayMs ?? 0;
  if (!(delayMs >= 0)) throw new OptionError('delayIncoming', `${delayMs} ms is not a delay.`);
  atLeast(1, 'splitIncoming', typeof splitIncoming === 'number' ? [splitIncoming] : splitIncoming);
  atLeast(1, 'coalesceIncoming', [faults.coalesceIncoming]);
  atLeast(0, 'resetAfterReadBytes', [faults.resetAfterReadBytes]);
  atLeast(0, 'resetAfterWrittenBytes', [faults.resetAfterWrittenBytes]);
  atLeast(0, 'endAfterReadBytes', [faults.endAfterReadBytes]);
  atLeast(0, 'endAfterWrittenBytes', [faults.endAfterWrittenBytes]);
  atLeast(1, 'failWrite', [faults.failWrite]);
  atLeast(0, 'swallowWritesAfterBytes', [faults.swallowWritesAfterBytes]);
}

/** How many written bytes pass, and what happens behind them. */
export interface WriteLimit {
  readonly bytes: number;
  readonly fault: 'end' | 'reset' | 'swallow';
}

/** The first of the faults that writing runs into. */
export function writeLimit(faults: Faults): WriteLimit {
  const { endAfterWrittenBytes = Infinity, resetAfterWrittenBytes = Infinity } = faults;
  const { swallowWritesAfterBytes = Infinity } = faults;
  const bytes = Math.min(endAfterWrittenBytes, resetAfterWrittenBytes, swallowWritesAfterBytes);
  if (bytes === resetAfterWrittenBytes) return { bytes, fault: 'reset' };
  return { bytes, fault: bytes === endAfterWrittenBytes ? 'end' : 'swallow' };
}
