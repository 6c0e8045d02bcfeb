// What a condition that does not hold encloses: nothing in it is read but where its sections end.
import { ConfigurationError } from './configuration-error.ts';
import type { LogicalLines } from './logical-lines.ts';
import { takeWord } from './words.ts';

/**
 * Takes lines up to the end tag of a section.
 *
 * @param name with its bracket: `<IfModule`
 * @throws ConfigurationError where the sections in there cross, or the text ends
 */
export function skipSection(lines: LogicalLines, name: string): void {
  const open = [name];
  for (let expected = open.at(-1); expected !== undefined; expected = open.at(-1)) {
    const line = lines.next();
    if (line === undefined)
      throw new ConfigurationError(`Expected </${expected.slice(1)}> before end of configuration`);
    const { word } = takeWord(line);
    if (word.startsWith('</')) {
      // Apache takes the last character off without a look at it.
      const closed = word.slice(0, -1);
      if (closed.slice(2).toLowerCase() !== expected.slice(1).toLowerCase()) {
        throw new ConfigurationError(`Expected </${expected.slice(1)}> but saw ${closed}>`);
      }
      open.pop();
    } else if (word.startsWith('<')) open.push(word.endsWith('>') ? word.slice(0, -1) : word);
  }
}
