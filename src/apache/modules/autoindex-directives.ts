// The directives of mod_autoindex.
import { makeDescription, makeIgnored, makeItem } from '../content/listing/listing-items.ts';
import type { ListingItem } from '../content/listing/listing-items.ts';
import { parseListingOptions } from '../content/listing/listing-options.ts';
import type { SortColumn } from '../content/listing/listing-query.ts';
import { defineDirective } from '../module/directive.ts';
import type { AnyDirective, DirectiveDefinition } from '../module/directive.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';
import type { Autoindex } from './autoindex-parts.ts';

type Definition = DirectiveDefinition<null, Autoindex>;

const IN_INDEXES = { contexts: ['server', 'directory', 'htaccess'], override: ['Indexes'], tier: 2 } as const;

const SUBJECTS = { path: 'filenames', type: 'MIME types', encoding: 'content encodings' } as const;

const COLUMNS: ReadonlyMap<string, SortColumn> = new Map([
  ['name', 'N'],
  ['date', 'M'],
  ['size', 'S'],
  ['description', 'D'],
]);

/** `(TXT,/icons/text.gif)` is a text and an icon. */
function addIcon(
  directory: Autoindex,
  by: ListingItem['by'],
  icon: string,
  to: string,
  folder: string | undefined,
): void {
  let source = icon;
  if (icon.startsWith('(')) {
    const close = icon.indexOf(')');
    if (close === -1) throw new ConfigurationError('missing closing paren');
    const comma = icon.indexOf(',');
    const alt = icon.slice(1, comma === -1 ? close : comma);
    source = comma === -1 ? '' : icon.slice(comma + 1, Math.max(close, comma + 1));
    directory.alts.push(makeItem(by, alt, to, folder));
  }
  directory.icons.push(makeItem(by, source, to, folder));
}

function iconDirective(name: string, by: ListingItem['by'], summary: string): Definition {
  return defineDirective({
    ...IN_INDEXES,
    name,
    arguments: 'pairs',
    usage: `an icon URL followed by one or more ${SUBJECTS[by]}`,
    summary,
    apply: ({ words: [icon = '', to = ''], directory, scope }) => addIcon(directory, by, icon, to, scope.path),
  });
}

function altDirective(name: string, by: ListingItem['by'], summary: string): Definition {
  return defineDirective({
    ...IN_INDEXES,
    name,
    arguments: 'pairs',
    usage: `alternate descriptive text followed by one or more ${SUBJECTS[by]}`,
    summary,
    apply: ({ words: [text = '', to = ''], directory, scope }) => {
      directory.alts.push(makeItem(by, text, to, scope.path));
    },
  });
}

type TextKey = 'defaultIcon' | 'headerName' | 'readmeName' | 'styleSheet' | 'headInsert';

function textDirective(name: string, key: TextKey, usage: string, summary: string): Definition {
  return defineDirective({
    ...IN_INDEXES,
    name,
    arguments: 'one',
    usage,
    summary,
    apply: ({ words, directory }) => {
      directory[key] = words[0]!;
    },
  });
}

export const AUTOINDEX_DIRECTIVES: ReadonlyArray<AnyDirective<null, Autoindex>> = [
  iconDirective('AddIcon', 'path', 'the icon of names in listings'),
  iconDirective('AddIconByType', 'type', 'the icon of media types in listings'),
  iconDirective('AddIconByEncoding', 'encoding', 'the icon of content codings in listings'),
  altDirective('AddAlt', 'path', 'the text in place of an icon, by name'),
  altDirective('AddAltByType', 'type', 'the text in place of an icon, by media type'),
  altDirective('AddAltByEncoding', 'encoding', 'the text in place of an icon, by content coding'),
  defineDirective({
    ...IN_INDEXES,
    name: 'IndexOptions',
    arguments: 'raw',
    usage: 'one or more index options [+|-][]',
    summary: 'how listings look',
    apply: ({ words, directory }) => {
      directory.options = parseListingOptions(splitWords(words[0] ?? ''), directory.options);
    },
  }),
  defineDirective({
    ...IN_INDEXES,
    name: 'IndexOrderDefault',
    arguments: 'two',
    usage: '{Ascending,Descending} {Name,Size,Description,Date}',
    summary: 'the order of listings that nobody asked another one of',
    apply: ({ words: [direction = '', column = ''], directory }) => {
      const lower = direction.toLowerCase();
      if (lower !== 'ascending' && lower !== 'descending') {
        throw new ConfigurationError("First keyword must be 'Ascending' or 'Descending'");
      }
      const found = COLUMNS.get(column.toLowerCase());
      if (found === undefined) {
        throw new ConfigurationError("Second keyword must be 'Name', 'Date', 'Size', or 'Description'");
      }
      directory.direction = lower === 'ascending' ? 'A' : 'D';
      directory.column = found;
    },
  }),
  defineDirective({
    ...IN_INDEXES,
    name: 'IndexIgnore',
    arguments: 'each',
    usage: 'one or more file extensions',
    summary: 'names that listings leave out',
    apply: ({ words, directory, scope }) => {
      directory.ignored.push(makeIgnored(words[0]!, scope.path));
    },
  }),
  defineDirective({
    ...IN_INDEXES,
    name: 'IndexIgnoreReset',
    arguments: 'flag',
    usage: 'Reset the inherited list of IndexIgnore filenames',
    summary: 'whether names that outer sections leave out are listed again',
    apply: ({ on, directory }) => {
      directory.ignoreReset = on;
    },
  }),
  defineDirective({
    ...IN_INDEXES,
    name: 'AddDescription',
    arguments: 'pairs',
    usage: 'Descriptive text followed by one or more filenames',
    summary: 'the description of names in listings',
    apply: ({ words: [text = '', to = ''], directory }) => {
      directory.descriptions.push(makeDescription(text, to));
    },
  }),
  textDirective('HeaderName', 'headerName', 'a filename', 'the file that stands before a listing'),
  textDirective('ReadmeName', 'readmeName', 'a filename', 'the file that stands behind a listing'),
  textDirective('DefaultIcon', 'defaultIcon', 'an icon URL', 'the icon of what has none'),
  textDirective('IndexStyleSheet', 'styleSheet', 'URL to style sheet', 'the style sheet of listings'),
  textDirective(
    'IndexHeadInsert',
    'headInsert',
    'String to insert in HTML HEAD section',
    'more for the head of the page',
  ),
  defineDirective({
    ...IN_INDEXES,
    name: 'FancyIndexing',
    override: ['any'],
    arguments: 'raw',
    usage: 'The FancyIndexing directive is no longer supported. Use IndexOptions FancyIndexing.',
    summary: 'refused, as in Apache 2.4: it is an IndexOptions',
    apply: () => {
      throw new ConfigurationError(
        'The FancyIndexing directive is no longer supported. Use IndexOptions FancyIndexing.',
      );
    },
  }),
];
