// IndexOptions: how words, lines and sections add up, and Apache's messages.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  NO_LISTING_OPTIONS,
  effectiveFlags,
  hasFlag,
  mergeListingOptions,
  parseListingOptions,
} from '#src/apache/content/listing/listing-options.js';
import type { ListingFlag, ListingOptions } from '#src/apache/content/listing/listing-options.js';

const parse = (line: string): ListingOptions => parseListingOptions(line.split(' '), NO_LISTING_OPTIONS);

const FLAGS: readonly ListingFlag[] = ['fancyindexing', 'htmltable', 'xhtml', 'ignorecase'];

/** What holds where each section lies in the one before. */
function flagsOf(...sections: string[]): string {
  let options = NO_LISTING_OPTIONS;
  for (const section of sections) {
    let own = NO_LISTING_OPTIONS;
    for (const line of section.split(';')) own = parseListingOptions(line.split(' '), own);
    options = mergeListingOptions(options, own);
  }
  return FLAGS.filter((flag) => hasFlag(effectiveFlags(options), flag)).join(' ');
}

describe('IndexOptions', () => {
  test('a list replaces what lies further out, additions go on from it', () => {
    assert.equal(flagsOf('FancyIndexing HTMLTable'), 'fancyindexing htmltable');
    assert.equal(flagsOf('FancyIndexing HTMLTable', '-HTMLTable'), 'fancyindexing');
    assert.equal(flagsOf('FancyIndexing HTMLTable', '-HTMLTable', '+XHTML'), 'fancyindexing xhtml');
    assert.equal(flagsOf('FancyIndexing HTMLTable', 'IgnoreCase'), 'ignorecase');
    assert.equal(flagsOf('FancyIndexing', 'None'), '');
    assert.equal(flagsOf('FancyIndexing', 'None', '+XHTML'), 'xhtml');
  });

  test('lists of one section add up, and make its additions worthless', () => {
    assert.equal(flagsOf('FancyIndexing;HTMLTable'), 'fancyindexing htmltable');
    assert.equal(flagsOf('+FancyIndexing;-HTMLTable'), 'fancyindexing');
    assert.equal(flagsOf('-FancyIndexing FancyIndexing'), 'fancyindexing');
    assert.equal(flagsOf('FancyIndexing -FancyIndexing'), 'fancyindexing');
    assert.equal(flagsOf('FancyIndexing +XHTML'), 'fancyindexing');
  });

  test('widths and icons have values, and those of an outer section hold', () => {
    const outer = parse('NameWidth=* DescriptionWidth=40 IconHeight IconWidth=7 Type=text/x Charset=utf-8');
    assert.deepEqual(
      [outer.nameWidth, outer.descriptionWidth, outer.iconHeight, outer.iconWidth, outer.type, outer.charset],
      ['*', 40, 22, 7, 'text/x', 'utf-8'],
    );
    const merged = mergeListingOptions(outer, parse('-NameWidth -IconHeight +FancyIndexing'));
    assert.deepEqual([merged.nameWidth, merged.descriptionWidth, merged.iconHeight], [23, 40, 0]);
  });

  test('mistakes are told in the words of Apache', () => {
    const seen: Record<string, string> = {
      x: 'Invalid directory indexing option',
      '-Charset': 'Invalid directory indexing option',
      '+None': "Cannot combine '+' or '-' with 'None' keyword",
      'None FancyIndexing': "Cannot combine other IndexOptions keywords with 'None'",
      'NameWidth=4': 'NameWidth value must be greater than 5',
      NameWidth: "NameWidth with no value may only appear as '-NameWidth'",
      '-NameWidth=10': "Cannot combine '-' with NameWidth=n",
      'DescriptionWidth=11': 'DescriptionWidth value must be greater than 12',
      '-IconWidth=4': "Cannot combine '-' with IconWidth=n",
    };
    for (const [line, message] of Object.entries(seen)) assert.throws(() => parse(line), { message }, line);
    for (const line of ['NameWidth=5', 'NameWidth=x', 'DescriptionWidth=12', 'IconHeight=0', 'Type=', '-Type=x'])
      parse(line);
  });

  test('no order of words makes it fail where each of them is right', () => {
    const word = fc.constantFrom(
      'FancyIndexing',
      '+XHTML',
      '-XHTML',
      'HTMLTable',
      '-NameWidth',
      'IconWidth',
      '+IgnoreCase',
    );
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 1 }), { minLength: 1, maxLength: 4 }), (sections) => {
        flagsOf(...sections.map((words) => words.join(' ')));
      }),
    );
  });
});
