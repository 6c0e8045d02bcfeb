// Hosts that are full of expressions: each tells its value by a field of the answer, or is one of many folders with a .htaccess of its own,
// where expressions may be wrong, too.
import { SeededRandom } from '../../../wire/seeded-random.ts';
import type { Place, RandomBatch, RandomHost, RandomRequest } from '../../rewrite/random/random-host.ts';
import { drawRequests } from '../../rewrite/random/random-requests.ts';
import { drawCondition, drawText } from './random-expression.ts';
import { breakExpression } from './broken-expression.ts';

const CONDITIONS_OF_A_HOST = 30;
const TEXTS_OF_A_HOST = 10;
const FOLDERS_OF_A_HOST = 12;
const REQUESTS_OF_A_HOST = 5;

/** As an argument of a directive takes it. */
export function quotedArgument(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function drawFields(random: SeededRandom): string[] {
  const conditions = Array.from(
    { length: CONDITIONS_OF_A_HOST },
    (_, at) => `Header always append X-C ${at} ${quotedArgument(`expr=${drawCondition(random, 3)}`)}`,
  );
  const texts = Array.from(
    { length: TEXTS_OF_A_HOST },
    (_, at) => `Header always set X-T${at} ${quotedArgument(`expr=%{escape:${drawText(random, 4)}}`)}`,
  );
  return [...conditions, ...texts];
}

/** What stands in a folder of its own. */
function drawFolderLines(random: SeededRandom): string[] {
  const condition = drawCondition(random, 2);
  const written = random.oneIn(2) ? breakExpression(condition, random) : condition;
  switch (random.below(6)) {
    case 0:
      return [`<If ${quotedArgument(written)}>\nHeader set X-If 1\n</If>\n<Else>\nHeader set X-If 0\n</Else>`];
    case 1:
      return [`<If ${written}>\nHeader set X-If 1\n</If>`];
    case 2:
      return [`Require expr ${written}`];
    case 3:
      return [`Require expr "${written}"`];
    case 4:
      return [
        'RewriteEngine On',
        `RewriteCond expr "${written.replaceAll(/\$\d/g, '0')}"`,
        'RewriteRule ^ - [E=A:holds]',
      ];
    default:
      return [
        random.oneIn(2)
          ? `Header set X-Text ${quotedArgument(`expr=${breakExpression(drawText(random, 3), random)}`)}`
          : `SetEnvIfExpr ${quotedArgument(written)} A=x V`,
      ];
  }
}

function drawExpressionHost(seed: number): RandomHost {
  const random = new SeededRandom(Math.imul(seed, 0x85eb_ca6b));
  const places: Place[] = [{ kind: 'host', name: '', lines: drawFields(random) }];
  const requests: RandomRequest[] = drawRequests(random, REQUESTS_OF_A_HOST);
  for (let at = 0; at < FOLDERS_OF_A_HOST; at += 1) {
    places.push({ kind: 'htaccess', name: `x${at}`, lines: drawFolderLines(random) });
    const [request] = drawRequests(random, 1);
    requests.push({
      method: 'GET',
      target: `/x${at}/f${random.pick(['', '', '?a=1', '?5'])}`,
      fields: request!.fields,
    });
  }
  return { name: `seed ${seed}`, places, requests };
}

/** The hosts of the seeds `seed * count` and those that follow. */
export function drawExpressionBatch(seed: number, count: number): RandomBatch {
  return { main: [], hosts: Array.from({ length: count }, (_, at) => drawExpressionHost(seed * count + at)) };
}
