// Options, and how folders are listed.
import type { SeededRandom } from '../../../../wire/seeded-random.ts';
import { line } from '../plot.ts';
import { pickSome } from '../vocabulary.ts';
import type { DirectiveFamily } from './family.ts';

const OPTION_NAMES = [
  'Indexes',
  'FollowSymLinks',
  'SymLinksIfOwnerMatch',
  'Includes',
  'ExecCGI',
  'MultiViews',
  'IncludesNOEXEC',
] as const;

const INDEX_OPTIONS = [
  'FancyIndexing',
  'FancyIndexing',
  'HTMLTable',
  'FoldersFirst',
  'IgnoreCase',
  'IgnoreClient',
  'IconsAreLinks',
  'IconWidth=9',
  'IconHeight',
  'ScanHTMLTitles',
  'NameWidth=*',
  'NameWidth=12',
  'DescriptionWidth=*',
  'DescriptionWidth=14',
  'SuppressColumnSorting',
  'SuppressDescription',
  'SuppressHTMLPreamble',
  'SuppressIcon',
  'SuppressLastModified',
  'SuppressRules',
  'SuppressSize',
  'TrackModified',
  'VersionSort',
  'XHTML',
  'ShowForbidden',
  'UseOldDateFormat',
  'AddAltClass',
  'None',
  'Charset=utf-8',
  'Type=text/plain',
] as const;

const NAMES = ['*.txt', '*.html', 'a*', 'README', '..', '.', '*', 'b', '?.css', '/a/a.txt', '.txt'] as const;

function signed(random: SeededRandom, words: readonly string[]): string {
  const isSigned = random.oneIn(2);
  return words.map((word) => (isSigned ? `${random.pick(['+', '-', '+'])}${word}` : word)).join(' ');
}

export const optionFamily: DirectiveFamily = {
  name: 'options',
  make: (random) => {
    if (random.oneIn(4))
      return line(
        `Options ${random.pick(['All', 'None', 'Indexes', '+Indexes', '-Indexes', 'Indexes FollowSymLinks'])}`,
      );
    return line(`Options ${signed(random, pickSome(random, OPTION_NAMES, 3))}`);
  },
};

export const listingFamily: DirectiveFamily = {
  name: 'listing',
  make: (random) => {
    const name = random.pick(NAMES);
    switch (random.below(14)) {
      case 0:
        return line(`AddDescription "${random.pick(['some text', 'a <b>long</b> description of it', 'é'])}" ${name}`);
      case 1:
        return line(
          `AddIcon ${random.pick(['/i/a.png', '(ALT,/i/b.png)'])} ${random.pick([name, '^^DIRECTORY^^', '^^BLANKICON^^', '..'])}`,
        );
      case 2:
        return line(
          `AddIconByType ${random.pick(['/i/t.png', '(TXT,/i/t.png)'])} ${random.pick(['text/*', 'image/png', '*'])}`,
        );
      case 3:
        return line(`AddIconByEncoding /i/e.png ${random.pick(['x-gzip', 'gzip', '*'])}`);
      case 4:
        return line(`${random.pick(['AddAlt "an alt"', 'AddAlt x'])} ${random.pick([name, '^^DIRECTORY^^'])}`);
      case 5:
        return line(
          random.pick(['AddAltByType TXT text/plain', 'AddAltByEncoding GZ gzip', 'DefaultIcon /i/unknown.png']),
        );
      case 6:
        return line(
          `HeaderName ${random.pick(['README', 'b.html', '/a/b.html', 'a.txt', 'missing', '/a/index.html'])}`,
        );
      case 7:
        return line(`ReadmeName ${random.pick(['README', 'b.html', '/d/b.html', 'a.txt', 'missing'])}`);
      case 8:
        return line(`IndexIgnore ${pickSome(random, NAMES, 2).join(' ')}`);
      case 9:
        return line(random.pick(['IndexIgnoreReset On', 'IndexStyleSheet /s.css', 'IndexHeadInsert "<meta name=x>"']));
      case 10:
        return line(
          `IndexOrderDefault ${random.pick(['Ascending', 'Descending'])} ${random.pick(['Name', 'Date', 'Size', 'Description'])}`,
        );
      default:
        return line(`IndexOptions ${signed(random, pickSome(random, INDEX_OPTIONS, 4))}`);
    }
  },
};
