// The flags in brackets behind a rule or a condition: `[R=301,L]`. What each of them means is in rule-flags.ts and condition.ts.
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** One flag as it was written. `value` is empty without `=`. */
export interface Flag {
  readonly name: string;
  readonly value: string;
}

/** @throws ConfigurationError without brackets; `directive` is in front of the message, as in Apache. */
export function parseFlags(text: string, directive: string): Flag[] {
  if (!text.startsWith('[') || !text.endsWith(']')) throw new ConfigurationError(`${directive}: bad flag delimiters`);
  const list = `${text.slice(1, -1)},`;
  const flags: Flag[] = [];
  for (let start = 0; start < list.length;) {
    const comma = list.indexOf(',', start);
    const written = list.slice(start, comma);
    // Nothing but white space: Apache takes the comma itself, and all that follows, for the name.
    const flag = written !== '' && written.trim() === '' ? list.slice(comma) : written.trim();
    const equals = flag.indexOf('=');
    if (equals === -1) flags.push({ name: flag, value: '' });
    else flags.push({ name: flag.slice(0, equals), value: flag.slice(equals + 1) });
    start = comma + 1;
  }
  return flags;
}
