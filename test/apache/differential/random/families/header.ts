// Header and RequestHeader: every action, condition and kind of value. Content-Length and Transfer-Encoding are left out: what they do to the
// framing is a deliberate difference. So are values that are measured (%t, %D, %l, %i, %b).
import type { SeededRandom } from '../../../../wire/seeded-random.ts';
import { makeExpression, makeTextExpression } from '../make-expression.ts';
import { line } from '../plot.ts';
import { FIELD_NAMES, pickText, quoted, VARIABLE_NAMES } from '../vocabulary.ts';
import type { DirectiveFamily } from './family.ts';

/** None of them matches nothing at all behind something else: `edit*` with such an expression ends the process of the real httpd. */
const EDITS = [
  ['a', 'b'],
  ['^(.+)$', '[$1]'],
  [String.raw`(\w)(\w)`, '$2$1'],
  [',', ';'],
  ['(?i)ONE', '$0$0'],
  ['=', ''],
] as const;

function makeValue(random: SeededRandom, field: string): string {
  if (field === 'Content-Type') return random.pick(['text/html', 'text/plain; charset=utf-8', 'x/y']);
  if (field === 'Last-Modified') return '"Tue, 05 Mar 2024 06:07:08 GMT"';
  if (field === 'ETag') return random.pick([String.raw`"\"own\""`, String.raw`"W/\"own\""`, 'bare']);
  if (field === 'Location') return random.pick(['/new', 'http://other.test/', '%{A}e']);
  switch (random.below(5)) {
    case 0:
      return quoted(random, `${pickText(random)}%{${random.pick(VARIABLE_NAMES)}}e`);
    case 1:
      return `"expr=${makeTextExpression(random)}"`;
    case 2:
      return random.pick(['"100%%"', '"a %{B}e"', '"%{HTTPS}s"', '"%%{A}e"']);
    default:
      return quoted(random, pickText(random));
  }
}

function makeCondition(random: SeededRandom): string {
  if (!random.oneIn(3)) return '';
  if (random.oneIn(2)) return ` env=${random.pick(['', '!'])}${random.pick(VARIABLE_NAMES)}`;
  return ` "expr=${makeExpression(random)}"`;
}

function makeAction(random: SeededRandom, isRequest: boolean): string {
  const field = random.pick(
    isRequest ? [...FIELD_NAMES, 'If-None-Match', 'Range', 'Accept-Encoding', 'User-Agent'] : FIELD_NAMES,
  );
  const colon = random.oneIn(12) ? ':' : '';
  const action = random.pick(
    isRequest
      ? (['set', 'append', 'add', 'merge', 'setifempty', 'unset', 'edit', 'edit*'] as const)
      : (['set', 'append', 'add', 'merge', 'setifempty', 'unset', 'echo', 'edit', 'edit*', 'note', 'set'] as const),
  );
  switch (action) {
    case 'unset':
      return `unset ${field}${colon}${makeCondition(random)}`;
    case 'echo':
      return `echo ${random.pick(['^X-', 'a', '.', '^Accept$'])}${makeCondition(random)}`;
    case 'note':
      return `note ${field} ${random.pick(VARIABLE_NAMES)}${makeCondition(random)}`;
    case 'edit':
    case 'edit*': {
      const [from, to] = random.pick(EDITS);
      const value = random.oneIn(4) ? `"expr=${makeTextExpression(random)}"` : `"${to}"`;
      return `${action} ${field} "${from}" ${value}${makeCondition(random)}`;
    }
    default:
      return `${action} ${field}${colon} ${makeValue(random, field)}${makeCondition(random)}`;
  }
}

export const headerFamily: DirectiveFamily = {
  name: 'header',
  make: (random, place) => {
    if (random.oneIn(4)) {
      const early = place === 'host' && random.oneIn(4) ? ' early' : '';
      const action = makeAction(random, true);
      return line(
        `RequestHeader ${early === '' ? action : action.replace(/ (?:env=\S+|"expr=(?:[^"\\]|\\.)*")$/, '')}${early}`,
      );
    }
    const condition = random.pick(['', '', 'always ', 'onsuccess ']);
    return line(`Header ${condition}${makeAction(random, false)}`);
  },
};
