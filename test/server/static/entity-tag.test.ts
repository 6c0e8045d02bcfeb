// Entity tags (RFC 9110 §8.8.3): which are strong, how lists are read, how two are compared.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatFileEntityTag,
  matchesStrongly,
  matchesWeakly,
  parseEntityTag,
  parseEntityTagList,
  type EntityTag,
} from '#src/server/static/entity-tag.js';

const opaque = fc.stringMatching(/^[\x21\x23-\x7e\x80-\xff]*$/);
const entityTag: fc.Arbitrary<EntityTag> = fc.record({ weak: fc.boolean(), opaque }, { noNullPrototype: true });
const write = (tag: EntityTag): string => `${tag.weak ? 'W/' : ''}"${tag.opaque}"`;

const LONG_AGO_MS = 1_500_000_000_123.5;
const settled = { sizeBytes: 16, modifiedMs: LONG_AGO_MS, coding: 'identity', wallMs: LONG_AGO_MS + 3_600_000 };

describe('formatFileEntityTag', () => {
  it('differs where size, microsecond or coding differ', () => {
    const facts = fc.record({
      sizeBytes: fc.nat(3),
      microseconds: fc.nat(3),
      coding: fc.constantFrom('identity', 'br', 'gzip'),
      settled: fc.boolean(),
    });
    const tag = ({
      sizeBytes,
      microseconds,
      coding,
      settled: old,
    }: {
      sizeBytes: number;
      microseconds: number;
      coding: string;
      settled: boolean;
    }): string => {
      const modifiedMs = LONG_AGO_MS + microseconds / 1_000;
      return formatFileEntityTag({ sizeBytes, modifiedMs, coding, wallMs: old ? modifiedMs + 10_000 : modifiedMs });
    };
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        assert.equal(tag(one) === tag(other), JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it('is always one that parses', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: -1e12, max: 4e12, noNaN: true }),
        fc.integer(),
        (sizeBytes, modifiedMs, wallMs) => {
          assert.notEqual(
            parseEntityTag(formatFileEntityTag({ sizeBytes, modifiedMs, coding: 'br', wallMs })),
            undefined,
          );
        },
      ),
    );
  });

  const strength: [what: string, modifiedMs: number, laterMs: number, weak: boolean][] = [
    ['modified at this moment', LONG_AGO_MS, 0, true],
    ['modified within the tick of a fine clock', LONG_AGO_MS, 50, true],
    ['modified longer ago than that', LONG_AGO_MS, 51, false],
    ['with whole seconds, modified within two of them', 1_500_000_000_000, 2_000, true],
    ['with whole seconds, modified longer ago than that', 1_500_000_000_000, 2_001, false],
    ['modified in the future', LONG_AGO_MS, -60_000, true],
  ];
  for (const [what, modifiedMs, laterMs, weak] of strength) {
    it(`is ${weak ? 'weak' : 'strong'} for a file ${what}`, () => {
      const tag = parseEntityTag(formatFileEntityTag({ ...settled, modifiedMs, wallMs: modifiedMs + laterMs }));
      assert.equal(tag?.weak, weak);
    });
  }

  it('does not match, once settled, the weak tag of the same size and time: the bytes may differ', () => {
    const early = parseEntityTag(formatFileEntityTag({ ...settled, wallMs: LONG_AGO_MS }));
    const late = parseEntityTag(formatFileEntityTag(settled));
    assert.ok(early && late);
    assert.equal(matchesWeakly(early, late), false);
  });
});

describe('parseEntityTagList', () => {
  it('reads back every list, however it is spaced', () => {
    const separator = fc.constantFrom(',', ', ', ' ,\t', ',,', ', ,');
    fc.assert(
      fc.property(fc.array(entityTag, { minLength: 1 }), separator, (tags, between) => {
        assert.deepEqual(parseEntityTagList(tags.map(write).join(between)), tags);
      }),
    );
  });

  it('gives tags, the star or nothing for any text, and ends', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('"', 'W/', 'w/', ',', ' ', '*', 'a', '\\"', '\u0100')), (pieces) => {
        const list = parseEntityTagList(pieces.join(''));
        assert.ok(list === undefined || list === '*' || list.every((tag) => !tag.opaque.includes('"')));
      }),
    );
  });

  const table: [text: string, expected: string][] = [
    ['*', '*'],
    ['"*"', '"*"'],
    ['""', '""'],
    ['"a,b", W/"c"', '"a,b" W/"c"'],
    [',"a",', '"a"'],
    ['', ''],
    ['*, "a"', 'invalid'],
    ['a', 'invalid'],
    ['"a', 'invalid'],
    ['"a" "b"', 'invalid'],
    ['w/"a"', 'invalid'],
    ['W/ "a"', 'invalid'],
    ['"a b"', 'invalid'],
  ];
  for (const [text, expected] of table) {
    it(`reads ${JSON.stringify(text)} as ${expected || 'no tags'}`, () => {
      const list = parseEntityTagList(text);
      assert.equal(list === undefined ? 'invalid' : list === '*' ? '*' : list.map(write).join(' '), expected);
    });
  }
});

describe('comparison (RFC 9110 §8.8.3.2)', () => {
  const table: [one: string, other: string, strong: boolean, weak: boolean][] = [
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
  ];
  for (const [one, other, strong, weak] of table) {
    it(`of ${one} and ${other}: strong ${strong}, weak ${weak}`, () => {
      const [first, second] = [parseEntityTag(one), parseEntityTag(other)];
      assert.ok(first && second);
      assert.equal(matchesStrongly(first, second), strong);
      assert.equal(matchesWeakly(first, second), weak);
    });
  }
});
