// What a line of the benchmark is and what it is given. Types only.
import type { Finding } from './finding.ts';
import type { Tools } from './process/tools.ts';
import type { Pinning } from './process/pinning.ts';

export interface Settings {
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  readonly pinning: Pinning;
  readonly tools: Tools;
  /** Told how far a line is, for a person who waits. */
  readonly progress: (text: string) => void;
}

/** One group of figures that are measured together. */
export interface Line {
  readonly name: string;
  readonly title: string;
  run(settings: Settings): Promise<Finding[]>;
}
