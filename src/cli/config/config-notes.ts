// What is said of a configuration: that it is refused, or, where it holds, warnings always, and what is without effect where somebody asks.
import { formatFurther, formatNote, formatRefusal } from '../../apache/index.ts';
import type { ConfigurationNote, ConfigurationRefused } from '../../apache/index.ts';
import { systemClock } from '../../io/index.ts';
import type { Terminal } from '../terminal.ts';

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

export function tellNotes(notes: readonly ConfigurationNote[], verbose: boolean, terminal: Terminal): void {
  terminal.stderr.write(formatNotes(notes, verbose, systemClock.wallMs(), terminal.processId));
}

/** With what was doubtful before it, and behind it what else perdura does not have. */
export function tellRefusal(refused: ConfigurationRefused, verbose: boolean, terminal: Terminal): void {
  tellNotes(refused.notes, verbose, terminal);
  terminal.stderr.write(`${formatRefusal(refused, 'perdura')}\n`);
  const further = formatFurther(refused, verbose);
  if (further.length > 0) terminal.stderr.write(`perdura: more that is to be changed:\n${further.join('\n')}\n`);
}
