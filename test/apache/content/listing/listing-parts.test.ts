// Parts of listings: patterns, orders that clients ask for, sorting, sizes, dates, descriptions; as the real httpd was seen to show them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findTitle } from '#src/apache/content/listing/html-title.js';
import { cutDescription, cutName, formatDate, formatSize, linkOf } from '#src/apache/content/listing/listing-cells.js';
import { compareEntries, compareVersions } from '#src/apache/content/listing/listing-entry.js';
import type { EntryOrder, ListingEntry } from '#src/apache/content/listing/listing-entry.js';
import {
  findDescription,
  findItem,
  isIgnored,
  makeDescription,
  makeIgnored,
  makeItem,
} from '#src/apache/content/listing/listing-items.js';
import { readListingQuery } from '#src/apache/content/listing/listing-query.js';
import type { ListingOrder } from '#src/apache/content/listing/listing-query.js';
import { matchesStars } from '#src/apache/content/listing/star-match.js';

const PLAIN: ListingOrder = { column: 'N', direction: 'A', flags: 0, pattern: undefined, linkArguments: '' };

function entry(name: string, parts: Partial<ListingEntry> = {}): ListingEntry {
  return {
    name,
    isParent: false,
    isFolder: name.endsWith('/'),
    sizeBytes: undefined,
    modifiedMs: undefined,
    icon: undefined,
    alt: undefined,
    description: undefined,
    ...parts,
  };
}

describe('patterns', () => {
  test('stars take anything, slashes too', () => {
    assert.equal(matchesStars('/a/b/c.txt', '*.txt'), true);
    assert.equal(matchesStars('/a/b/c.txt', '/a/*/c.t?t'), true);
    assert.equal(matchesStars('[ab]', '[ab]'), true);
    assert.equal(matchesStars('a', '[ab]'), false);
    assert.equal(matchesStars('', '*'), true);
    assert.equal(matchesStars('x', ''), false);
  });

  test('mean the same wherever the stars are', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 3 });
    const pattern = fc
      .array(fc.oneof(part, fc.constantFrom('*', '?')), { maxLength: 5 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 }), (written, text) => {
        const same = new RegExp(`^${written.replaceAll('?', '[^]').replaceAll('*', '[^]*')}$`);
        assert.equal(matchesStars(text, written), same.test(text), `${written} ${text}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a long pattern takes no long time', () => {
    assert.equal(matchesStars('a'.repeat(5_000), `${'a*'.repeat(500)}b`), false);
  });

  test('icons are found by the end of a name, by type, by encoding, the first that matches', () => {
    const items = [
      makeItem('path', '/r.gif', 'README', undefined),
      makeItem('type', '/t.gif', 'text/*', undefined),
      makeItem('encoding', '/z.gif', 'X-GZIP', undefined),
      makeItem('path', '/d.gif', '**DIRECTORY**', '/other/'),
    ];
    const find = (path: string, type?: string, encoding?: string): string | undefined =>
      findItem(items, { path, type, encoding });
    assert.equal(find('/site/xREADME', 'text/plain'), '/r.gif');
    assert.equal(find('/site/a', 'Text/html; charset=x'), '/t.gif');
    assert.equal(find('/site/a', 'text/html', 'x-gzip'), '/z.gif');
    assert.equal(find('/site/a', 'text/html', 'br'), undefined);
    assert.equal(find('^^DIRECTORY^^'), '/d.gif');
  });

  test('what was said in a folder holds below it', () => {
    const items = [makeItem('path', '/x.gif', '.x', '/site/a/')];
    assert.equal(findItem(items, { path: '/site/a/b.x', type: undefined, encoding: undefined }), '/x.gif');
    assert.equal(findItem(items, { path: '/site/b.x', type: undefined, encoding: undefined }), undefined);
  });

  test('descriptions are found by a part of a name, by a pattern, by a path', () => {
    const found = [makeDescription('part', 'ME'), makeDescription('star', '?10*'), makeDescription('path', '*/sub')];
    assert.equal(findDescription(found, '/site/README'), 'part');
    assert.equal(findDescription(found, '/site/b10.x'), 'star');
    assert.equal(findDescription(found, '/site/sub'), 'path');
    assert.equal(findDescription(found, '/site/b9.x'), undefined);
  });

  test('ignored names are whole names or patterns', () => {
    const ignored = [
      makeIgnored('README', undefined),
      makeIgnored('*.txt', '/site/'),
      makeIgnored('i6/a.z', undefined),
    ];
    assert.equal(isIgnored(ignored, '/site/README'), true);
    assert.equal(isIgnored(ignored, '/site/xREADME'), false);
    assert.equal(isIgnored(ignored, '/site/a.txt'), true);
    assert.equal(isIgnored(ignored, '/other/a.txt'), false);
    assert.equal(isIgnored(ignored, '/site/a.z'), true);
  });
});

describe('what a client asks for', () => {
  test('column, direction, format, version and pattern', () => {
    const order = readListingQuery('C=S;O=D&F=2;V=1;P=a*', PLAIN);
    assert.deepEqual([order.column, order.direction, order.pattern], ['S', 'D', 'a*']);
    assert.equal(order.linkArguments, ';F=2;V=1;P=a*');
    assert.equal(readListingQuery('P=%3c%22', PLAIN).linkArguments, ';P=%3c%22');
  });

  test('what is not understood ends it', () => {
    assert.deepEqual(readListingQuery('C=X;O=D', PLAIN), PLAIN);
    assert.deepEqual(readListingQuery('x=y', PLAIN), PLAIN);
    assert.deepEqual(readListingQuery('c=s', PLAIN), PLAIN);
    assert.equal(readListingQuery('C=N;O=D&x', PLAIN).direction, 'D');
    assert.equal(readListingQuery('P=%zz', PLAIN).pattern, undefined);
    assert.equal(readListingQuery('P=%00', PLAIN).pattern, undefined);
    assert.equal(readListingQuery('P=*;P=a*', PLAIN).pattern, 'a*');
  });

  test('no text makes it fail or gets into a link unescaped', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { linkArguments } = readListingQuery(`P=${encodeURIComponent(text.replaceAll('\0', ''))}`, PLAIN);
        assert.doesNotMatch(linkArguments, /[<>"]/);
        readListingQuery(text, PLAIN);
      }),
    );
  });
});

describe('order', () => {
  const usual: EntryOrder = { column: 'N', direction: 'A', foldersFirst: false, byVersion: false, ignoreCase: false };
  const sort = (names: readonly ListingEntry[], order: Partial<EntryOrder>): string =>
    names
      .toSorted((first, second) => compareEntries(first, second, { ...usual, ...order }))
      .map(({ name }) => name)
      .join(' ');

  test('the parent is first in every order, and names decide between equals', () => {
    const entries = [
      entry('a', { sizeBytes: 5 }),
      entry('.h', { sizeBytes: 5 }),
      entry('B', { sizeBytes: 9 }),
      entry('s/'),
      entry('/', { isParent: true }),
    ];
    assert.equal(sort(entries, {}), '/ .h B a s/');
    assert.equal(sort(entries, { ignoreCase: true }), '/ .h a B s/');
    assert.equal(sort(entries, { column: 'S' }), '/ s/ .h a B');
    assert.equal(sort(entries, { column: 'S', direction: 'D' }), '/ B a .h s/');
    assert.equal(sort(entries, { foldersFirst: true, direction: 'D' }), '/ s/ a B .h');
  });

  test('numbers in names count as numbers where that is wanted', () => {
    const entries = ['b10.x', 'b9.x', 'b 9.y', 'b010', '\xe4'].map((name) => entry(name));
    assert.equal(sort(entries, { byVersion: true }), '\xe4 b010 b9.x b 9.y b10.x');
    assert.equal(compareVersions('a1', 'a1'), 0);
  });

  test('comparing versions is an order', () => {
    const name = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'B', '.', '\xe4') });
    fc.assert(
      fc.property(name, name, (first, second) => {
        assert.equal(Math.sign(compareVersions(first, second)) + Math.sign(compareVersions(second, first)), 0);
      }),
    );
  });
});

describe('cells', () => {
  test('sizes have four characters', () => {
    const seen: ReadonlyArray<readonly [number | undefined, string]> = [
      [undefined, '  - '],
      [0, '  0 '],
      [972, '972 '],
      [999, '1.0K'],
      [2_000, '2.0K'],
      [10_000, '9.8K'],
      [10_240, ' 10K'],
      [123_456, '121K'],
      [990_000, '967K'],
      [1_000_000, '1.0M'],
      [1_048_576, '1.0M'],
    ];
    for (const [size, text] of seen) assert.equal(formatSize(size), text, String(size));
    fc.assert(fc.property(fc.maxSafeNat(), (size) => assert.equal(formatSize(size).length, 4)));
  });

  test('names that are too long are cut', () => {
    assert.equal(cutName('long-name-that-goes-on-and-on.txt', 23), 'long-name-that-goes-..>');
    assert.equal(cutName('x'.repeat(23), 23), 'x'.repeat(23));
  });

  test('tags take no room in descriptions, and entities that of one character', () => {
    assert.equal(
      cutDescription('A <b>bold</b> text that is longer than the column', 23),
      'A <b>bold</b> text that is lo>',
    );
    assert.equal(cutDescription('a very long &amp;&amp;&amp; <br> description', 12), 'a very long>');
    assert.equal(cutDescription('amp &open and more than that', 12), 'amp &open and more than that');
    assert.equal(cutDescription('short', 23), 'short');
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 12, max: 40 }), (text, width) => {
        assert.ok(cutDescription(text, width).length <= text.length);
      }),
    );
  });

  test('links are escaped twice, and a colon does not make a scheme', () => {
    assert.equal(linkOf(entry('c d&<>"\'.txt')), "c%20d&amp;%3c%3e%22'.txt");
    assert.equal(linkOf(entry('a:b')), './a:b');
  });

  test('dates are local time, in two formats', () => {
    const ms = new Date(2023, 10, 4, 2, 3).getTime();
    assert.equal(formatDate(ms, false), '2023-11-04 02:03');
    assert.equal(formatDate(ms, true), '04-Nov-2023 02:03');
  });
});

test('the title of a page is what stands behind its first tag', () => {
  assert.equal(findTitle('<html><TITLE>A\r\nB &amp; "c"</title>'), 'A  B &amp; "c"');
  assert.equal(findTitle('<title>\r\n\n x\n\ny</title>'), ' x  y');
  assert.equal(findTitle('<title>unclosed'), 'unclosed');
  for (const page of ['no title', '<<title>x</title>', 'x\0<title>t</title>', '<title lang=x>t</title>']) {
    assert.equal(findTitle(page), undefined, page);
  }
});
