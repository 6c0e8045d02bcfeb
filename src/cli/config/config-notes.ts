// What is said of a configuration that holds: warnings always, what is without effect only where somebody asks.
import { formatNote } from '../../apache/index.ts';
import type { ConfigurationNote } from '../../apache/index.ts';

/** One line each, for standard error. Empty where there is nothing to say. */
export function formatNotes(
  notes: readonly ConfigurationNote[],
  verbose: boolean,
  atMs: number,
  processId: number,
): string {
  return notes
    .filter(({ level }) => level !== 'info' || verbose)
    .map((note) => `${formatNote(note, atMs, processId)}\n`)
    .join('');
}
