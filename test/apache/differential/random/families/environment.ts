// SetEnv, SetEnvIf and their relatives. PassEnv names nothing that is there, as the product has no environment without a process of its own, and
// not in .htaccess, where its warning belongs to no client.
import { makeExpression } from '../make-expression.ts';
import { line } from '../plot.ts';
import { FIELD_NAMES, PATTERNS, pickSome, pickText, quoted, VARIABLE_NAMES } from '../vocabulary.ts';
import type { DirectiveFamily } from './family.ts';
import type { SeededRandom } from '../../../../wire/seeded-random.ts';

const SUBJECTS = [
  'Remote_Addr',
  'Remote_Host',
  'Server_Addr',
  'Request_Method',
  'Request_Protocol',
  'Request_URI',
  'User-Agent',
  'Referer',
  'Host',
  '"^X-"',
  'A',
  'B',
] as const;

/** Replacements only where there is a group: behind a pattern that is plain text they are whatever was in the memory of the real httpd. */
function makeSettings(random: SeededRandom, pattern: string): string {
  return pickSome(random, VARIABLE_NAMES, 2)
    .map((name) => {
      const value = pickText(random).replaceAll(/[\s"]/g, '');
      const taken = pattern.includes('(') && random.oneIn(2) ? random.pick(['$1', '$0x']) : value;
      return random.pick([name, `!${name}`, `${name}=${taken}`, `${name}=${taken}`]);
    })
    .join(' ');
}

export const environmentFamily: DirectiveFamily = {
  name: 'environment',
  make: (random, place) => {
    const name = random.pick(VARIABLE_NAMES);
    switch (random.below(8)) {
      case 0:
        return line(`SetEnv ${name}${random.oneIn(4) ? '' : ` ${quoted(random, pickText(random))}`}`);
      case 1:
        return line(`UnsetEnv ${pickSome(random, VARIABLE_NAMES, 2).join(' ')}`);
      case 2:
        return line(place === 'htaccess' ? `SetEnv ${name} 1` : 'PassEnv NOT_THERE_AT_ALL');
      case 3:
        return line(
          `BrowserMatch${random.pick(['', 'NoCase'])} ${random.pick(['^Mozilla', 'bot', '"^$"'])} ${makeSettings(random, '')}`,
        );
      case 4:
        return line(`SetEnvIfExpr "${makeExpression(random)}" ${makeSettings(random, '')}`);
      default: {
        const subject = random.oneIn(3) ? random.pick(FIELD_NAMES) : random.pick(SUBJECTS);
        const pattern = random.pick(PATTERNS);
        return line(
          `SetEnvIf${random.pick(['', '', 'NoCase'])} ${subject} "${pattern}" ${makeSettings(random, pattern)}`,
        );
      }
    }
  },
};
