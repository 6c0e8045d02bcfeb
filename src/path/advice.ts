// What is advised: a number, its reason, and how well its ground is known. The shapes only.
import type { TimeoutId } from './requirement.ts';

/**
 * How well the ground of a number is known. `verified`: documented by the vendor, or measured. `hint`: nobody official says so.
 * `given`: told by whoever asks. `default`: what software does without configuration.
 */
export type Ground = 'verified' | 'hint' | 'given' | 'default';

/** See the head of the file. */
export interface Advice {
  readonly id: TimeoutId;
  /** `server`, `client`, `both`, or the name of a hop. */
  readonly who: string;
  /** What the number is, e.g. `idle timeout of the server`. */
  readonly title: string;
  readonly bound: 'at least' | 'at most';
  /** In whole seconds, except below one. Null where nothing is known that would lead to a number. */
  readonly valueMs: number | null;
  /** One to three sentences. */
  readonly reason: string;
  readonly ground: Ground;
  /** Names of the hops that it follows from. */
  readonly hops: readonly string[];
  /** Where that stands. */
  readonly sources: readonly string[];
}
