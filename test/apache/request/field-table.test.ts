import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FieldTable } from '#src/apache/request/field-table.js';

const lines = (table: FieldTable): string[] => [...table].map(([name, value]) => `${name}: ${value}`);

/** Few names, so that they meet; of either case. */
const name = fc.constantFrom('a', 'A', 'b', 'B', 'c');
const entries = fc.array(fc.tuple(name, fc.constantFrom('1', '2', '3')), { maxLength: 8 });

const filled = (pairs: readonly (readonly [string, string])[]): FieldTable => {
  const table = new FieldTable();
  for (const [key, value] of pairs) table.add(key, value);
  return table;
};

describe('a table of fields', () => {
  it('keeps the spelling and the place of a name when its value is set, and removes repetitions', () => {
    const table = filled([
      ['FOO', 'a'],
      ['bar', 'x'],
      ['Foo', 'b'],
    ]);
    table.set('foo', 'c');
    assert.deepEqual(lines(table), ['FOO: c', 'bar: x']);
  });

  it('has one value of a name after set and none after unset, and leaves the others alone', () => {
    fc.assert(
      fc.property(entries, name, (pairs, key) => {
        const others = pairs.filter(([other]) => other.toLowerCase() !== key.toLowerCase());
        const set = filled(pairs);
        set.set(key, 'new');
        assert.equal(set.getAll(key), 'new');
        const unset = filled(pairs);
        unset.unset(key);
        assert.deepEqual([...unset], others);
        assert.deepEqual(
          [...set].filter(([other]) => other.toLowerCase() !== key.toLowerCase()),
          others,
        );
      }),
    );
  });

  it('appends to the first of a name when it merges', () => {
    fc.assert(
      fc.property(entries, name, (pairs, key) => {
        const table = filled(pairs);
        const before = table.get(key);
        table.merge(key, 'new');
        assert.equal(table.get(key), before === undefined ? 'new' : `${before}, new`);
        assert.equal(table.size, pairs.length + (before === undefined ? 1 : 0));
      }),
    );
  });

  it('takes another table in front of itself, and tells the fields one by one', () => {
    fc.assert(
      fc.property(entries, entries, (own, other) => {
        const table = filled(own);
        table.addInFront(filled(other));
        assert.deepEqual([...table], [...other, ...own]);
        const told = Array.from({ length: table.size }, (_, at) => [table.nameAt(at), table.valueAt(at)]);
        assert.deepEqual(told, [...table]);
        assert.equal(table.get('a'), filled([...other, ...own]).get('a'));
      }),
    );
  });
});
