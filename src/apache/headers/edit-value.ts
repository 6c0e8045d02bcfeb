// `Header edit` and `edit*`: puts something else in the place of what a pattern matches.
import { substitute } from '../regex/index.ts';
import type { MatchBudget, Pattern } from '../regex/index.ts';
import { checkValueLength } from './field-meter.ts';

/**
 * The value as it is afterwards. `edit*` looks at what is left of the value as at a value of its own, so that `^` matches again.
 * Where nothing is matched it goes on behind the next byte; the process of Apache dies of that.
 *
 * @throws FieldLimitError, MatchLimitError
 */
export function editValue(
  value: string,
  pattern: Pattern,
  template: string,
  every: boolean,
  budget: MatchBudget,
): string {
  let edited = '';
  let rest = value;
  for (;;) {
    const match = pattern.match(rest, budget);
    if (match === undefined) return edited + rest;
    edited += rest.slice(0, match.index) + substitute(template, match);
    checkValueLength(edited.length);
    rest = rest.slice(match.end);
    if (!every) return edited + rest;
    if (match.end > match.index) continue;
    if (rest === '') return edited;
    edited += rest[0]!;
    rest = rest.slice(1);
  }
}
