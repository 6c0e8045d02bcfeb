// What an inspection tells while it runs, for whoever shows it.
import type { CheckId } from './check-ids.ts';
import type { CheckOutcome, Cost } from './inspection-report.ts';
import type { Measurements } from './measurements.ts';

/** Times in milliseconds since the inspection began. */
export type ProgressEvent =
  /** Before the first connection: the most that this will cost the server, and the longest wait. */
  | {
      readonly kind: 'planned';
      readonly checks: readonly CheckId[];
      readonly cost: Cost;
      readonly longestWaitMs: number;
    }
  | { readonly kind: 'started'; readonly check: CheckId; readonly title: string; readonly atMs: number }
  /** A check waits for the server; `atMostMs` from now on. */
  | {
      readonly kind: 'waiting';
      readonly check: CheckId;
      readonly what: string;
      readonly atMs: number;
      readonly atMostMs: number;
    }
  | {
      readonly kind: 'finished';
      readonly outcome: CheckOutcome;
      readonly measured: Partial<Measurements>;
      readonly atMs: number;
    };
