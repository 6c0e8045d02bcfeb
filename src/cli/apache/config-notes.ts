// What is said of a configuration that holds: warnings always, what is without effect only where somebody asks.
import type { ConfigurationNote } from '../../apache/index.ts';

/** One line each, for standard error. Empty where there is nothing to say. */
export function formatNotes(notes: readonly ConfigurationNote[], verbose: boolean): string {
  return notes
    .filter(({ level }) => level === 'warn' || verbose)
    .map(({ message }) => `${Buffer.from(message, 'latin1').toString()}\n`)
    .join('');
}
