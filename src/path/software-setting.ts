// One timeout of a piece of software: what it is called, what it is by default, and how it is written.

/** See the head of the file. */
export interface SoftwareSetting {
  /** As in its documentation, e.g. `keepalive_timeout`. */
  readonly name: string;
  /** In milliseconds; `Infinity` where there is no limit; null where the configuration has to say it. */
  readonly defaultMs: number | null;
  /** The unit of a number without one. `Duration` is a type of its own. */
  readonly unit: 'ms' | 's' | 'Duration';
  /** Where the default stands; empty where it was measured or read in the source code. */
  readonly source: string;
}
