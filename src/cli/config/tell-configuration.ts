// What is said of a configuration on standard error, in Apache's words: what is doubtful, and why it cannot be used.
import { formatRefusal } from '../../apache/index.ts';
import type { ConfigurationNote, ConfigurationRefused } from '../../apache/index.ts';
import { systemClock } from '../../io/index.ts';
import type { Terminal } from '../terminal.ts';
import type { ConfigFlags } from './config-flags.ts';
import { formatNotes } from './config-notes.ts';

export function tellNotes(notes: readonly ConfigurationNote[], flags: ConfigFlags, terminal: Terminal): void {
  const text = formatNotes(notes, flags.verbose === true, systemClock.wallMs(), terminal.processId);
  terminal.stderr.write(text);
}

/** With what was doubtful before it. */
export function tellRefusal(refused: ConfigurationRefused, flags: ConfigFlags, terminal: Terminal): void {
  tellNotes(refused.notes, flags, terminal);
  terminal.stderr.write(`${formatRefusal(refused, 'perdura')}\n`);
}

/** The same for what shows only when it is to be used: Apache adds a line then. */
export function tellUnusable(refused: ConfigurationRefused, flags: ConfigFlags, terminal: Terminal): void {
  tellRefusal(refused, flags, terminal);
  if (refused.place === undefined && refused.message.startsWith('AH')) {
    terminal.stderr.write('AH00016: Configuration Failed\n');
  }
}
