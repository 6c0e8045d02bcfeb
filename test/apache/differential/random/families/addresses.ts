// Where a URL leads: Alias, Redirect, ErrorDocument, index files.
import type { SeededRandom } from '../../../../wire/seeded-random.ts';
import { makeTextExpression } from '../make-expression.ts';
import { line } from '../plot.ts';
import { PATTERNS, pickFolderPath, pickPlainPath, pickSome, pickUrlPath, quoted } from '../vocabulary.ts';
import type { DirectiveFamily } from './family.ts';

const STATUSES = ['', '', 'permanent ', 'temp ', 'seeother ', '301 ', '302 ', '303 ', '307 ', '308 '] as const;
const WITHOUT_TARGET = ['gone', '410', '403', '404', '400', '451', '500', '204', '200'] as const;

function makeTarget(random: SeededRandom): string {
  return random.pick([
    pickUrlPath(random),
    'http://other.test/',
    'https://other.test/x?y=1#z',
    '/new',
    '/new/',
    '/$1',
    'http://other.test/$1/$0',
    '/é',
    '"/with blank"',
  ]);
}

export const aliasFamily: DirectiveFamily = {
  name: 'alias',
  make: (random, place) => {
    if (place === 'host') {
      const folder = random.oneIn(2) ? '${SITE}/@PLOT@/other' : pickFolderPath(random);
      if (random.oneIn(3)) {
        const [from, to] = random.pick([
          ['^/alias(.*)$', `${folder}$1`],
          ['^/(\\w)lias/(.*)', `${folder}/$2`],
          ['/a', folder],
          ['(?i)^/ALIAS', `${folder}/a.txt`],
        ] as const);
        return line(`AliasMatch "${from}" "${to}"`);
      }
      const path = random.oneIn(2) ? random.pick(['/alias', '/alias/', '/alias/a']) : pickPlainPath(random);
      return line(`${random.pick(['Alias', 'Alias', 'ScriptAlias'])} "${path}" "${folder}"`);
    }
    if (place === 'location' && random.oneIn(2)) {
      return line(
        `Alias ${random.pick(['"${SITE}/@PLOT@/other"', '"${SITE}/@PLOT@/other/"', `"\${SITE}/@PLOT@/%{env:A}"`])}`,
      );
    }
    return line(`${random.pick(['AliasPreservePath', 'RedirectRelative'])} ${random.pick(['On', 'Off'])}`);
  },
};

export const redirectFamily: DirectiveFamily = {
  name: 'redirect',
  make: (random, place) => {
    const status = random.pick(STATUSES);
    switch (random.below(7)) {
      case 0:
        return line(`RedirectMatch ${random.pick(WITHOUT_TARGET)} "${random.pick(PATTERNS)}"`);
      case 1:
      case 2:
        return line(`RedirectMatch ${status}"${random.pick(PATTERNS)}" ${makeTarget(random)}`);
      case 3:
        return line(`Redirect ${random.pick(WITHOUT_TARGET)} ${quoted(random, pickPlainPath(random))}`);
      case 4:
        if (place === 'location' || place === 'files' || place === 'htaccess') {
          return line(
            `Redirect ${status}${random.oneIn(2) ? makeTarget(random) : `"/t/${makeTextExpression(random)}"`}`,
          );
        }
        return line(
          `Redirect${random.pick(['Permanent', 'Temp'])} ${quoted(random, pickPlainPath(random))} ${makeTarget(random)}`,
        );
      default:
        return line(`Redirect ${status}${quoted(random, pickPlainPath(random))} ${makeTarget(random)}`);
    }
  },
};

export const errorDocumentFamily: DirectiveFamily = {
  name: 'error document',
  make: (random) => {
    const status = random.pick([
      '404',
      '404',
      '403',
      '401',
      '500',
      '405',
      '410',
      '412',
      '416',
      '400',
      '413',
      '451',
      '200',
      '304',
    ]);
    const what = random.pick([
      '"it is not there"',
      'word',
      `"expr=${makeTextExpression(random)}"`,
      pickUrlPath(random),
      pickUrlPath(random),
      '/missing',
      'http://other.test/gone',
      'default',
      '"<b>é</b>"',
      '"\\"quoted"',
    ]);
    return line(`ErrorDocument ${status} ${what}`);
  },
};

export const indexFileFamily: DirectiveFamily = {
  name: 'index file',
  make: (random) => {
    switch (random.below(6)) {
      case 0:
        return line(`DirectorySlash ${random.pick(['On', 'Off', 'NotFound'])}`);
      case 1:
        return line(
          `FallbackResource ${random.pick([pickUrlPath(random), '/index.html', 'disabled', 'home.html', '/missing'])}`,
        );
      case 2:
        return line(
          `DirectoryIndexRedirect ${random.pick(['on', 'off', 'permanent', 'temp', 'seeother', '307', '308'])}`,
        );
      case 3:
        return line(`DirectoryCheckHandler ${random.pick(['On', 'Off'])}`);
      default:
        return line(
          `DirectoryIndex ${pickSome(random, ['index.html', 'home.html', 'a.txt', '/a/a.txt', 'disabled', 'missing', 'b', 'data.json', '/missing', 'page.html'], 3).join(' ')}`,
        );
    }
  },
};
