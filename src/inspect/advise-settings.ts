// Settings for clients of the server and for the server itself, computed from what was measured. Pure.
import type { JudgedFacts } from './catalogue/catalogue.ts';
import type { Advice } from './inspection-report.ts';

/** See the head of the file. */
export function adviseSettings(_facts: JudgedFacts): Advice {
  return { client: { reasons: {} }, server: { reasons: {} } };
}
