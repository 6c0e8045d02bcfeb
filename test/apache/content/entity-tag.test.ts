// FileETag: what the real httpd was seen to make of one line, of several, and of sections within sections.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  NO_ENTITY_TAG_RULE,
  entityTagParts,
  formatEntityTag,
  mergeEntityTagRules,
  needsDigest,
  parseEntityTagRule,
} from '#src/apache/content/entity-tag.js';
import { LONG_AGO_US, statsOf } from '../modules/support/memory-files.js';

const NOW_US = LONG_AGO_US * 1.05;

/** `I-S-M`, `digest` or `none`; one text for each section, the outer first. */
function tagOf(...sections: string[]): string {
  let rule = NO_ENTITY_TAG_RULE;
  for (const section of sections) {
    if (section === '') continue;
    let own = NO_ENTITY_TAG_RULE;
    for (const line of section.split(';')) own = parseEntityTagRule(line.split(' '), own);
    rule = mergeEntityTagRules(rule, own);
  }
  const parts = entityTagParts(rule);
  if (parts === undefined) return 'none';
  if (needsDigest(parts)) return 'digest';
  const tag = formatEntityTag(parts, statsOf({ text: 'hello' }), NOW_US);
  return tag.replace('2123b5', 'I').replace('60a24181e4000', 'M').replace('5', 'S').replaceAll('"', '');
}

describe('FileETag', () => {
  test('one line of keywords says what the tag is made of', () => {
    const seen: Record<string, string> = {
      '': 'S-M',
      None: 'none',
      All: 'I-S-M',
      MTIME: 'M',
      'Size MTime INode': 'I-S-M',
      Digest: 'digest',
      '+Digest': 'digest',
      'Digest MTime': 'digest',
      'MTime None': 'none',
      'None MTime': 'M',
      'None All': 'I-S-M',
      'INode +Size': 'I-S',
      'All -INode': 'S-M',
      '-INode All': 'I-S-M',
      '+INode MTime': 'M',
      'None +MTime': 'none',
    };
    for (const [line, tag] of Object.entries(seen)) assert.equal(tagOf(line), tag, line);
  });

  test('an addition to nothing is all there is, and a removal from nothing does nothing', () => {
    assert.equal(tagOf('+INode'), 'I');
    assert.equal(tagOf('-Size'), 'S-M');
    assert.equal(tagOf('-MTime -Size'), 'S-M');
    assert.equal(tagOf('+INode -Size'), 'I');
  });

  test('a second line in the same section replaces a list, and goes on with additions', () => {
    assert.equal(tagOf('MTime;Size'), 'S');
    assert.equal(tagOf('MTime;+Size'), 'S-M');
    assert.equal(tagOf('+Size;MTime'), 'M');
    assert.equal(tagOf('-INode;+INode'), 'I');
    assert.equal(tagOf('None;-INode'), 'none');
  });

  test('an inner section adds to an outer one, also to None', () => {
    assert.equal(tagOf('All', '-Size'), 'I-M');
    assert.equal(tagOf('None', '+INode', '+MTime'), 'I-M');
    assert.equal(tagOf('None', '', '-Size'), 'none');
    assert.equal(tagOf('None +MTime', '-Size'), 'M');
    assert.equal(tagOf('MTime +INode', 'None', ''), 'none');
    assert.equal(tagOf('+INode', 'MTime'), 'M');
  });

  test('mistakes are told in the words of Apache', () => {
    assert.throws(() => parseEntityTagRule(['bad']), { message: "Unknown keyword 'bad' for FileETag directive" });
    assert.throws(() => parseEntityTagRule(['+']), { message: "Unknown keyword '' for FileETag directive" });
    assert.throws(() => parseEntityTagRule(['-All']), {
      message: "FileETag keyword 'All' cannot be used with '+' or '-'",
    });
    assert.throws(() => parseEntityTagRule(['constructor']), /Unknown keyword/);
  });

  test('no order of sections makes it fail', () => {
    const word = fc.constantFrom('None', 'All', 'MTime', 'Size', '+INode', '-Size', '-MTime', '+Digest');
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 1 }), { maxLength: 5 }), (sections) => {
        assert.match(tagOf(...sections.map((words) => words.join(' '))), /^(?:none|digest|(?:I-?)?(?:S-?)?M?)$/);
      }),
    );
  });
});

describe('formatEntityTag', () => {
  const stats = statsOf({ text: 'hello' });

  test('a file that changed within the last second has a weak tag', () => {
    assert.equal(formatEntityTag(6, stats, LONG_AGO_US + 1_000_000), 'W/"5-60a24181e4000"');
    assert.equal(formatEntityTag(6, stats, LONG_AGO_US + 1_000_001), '"5-60a24181e4000"');
    assert.equal(formatEntityTag(6, stats, LONG_AGO_US - 5), 'W/"5-60a24181e4000"');
  });

  test('times before 1970 have 64 bits', () => {
    assert.equal(formatEntityTag(6, { ...stats, modifiedUs: -5_000_000 }, NOW_US), '"5-ffffffffffb3b4c0"');
  });
});
