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

  it('behaves the same whatever its size, as a list does that is looked through', () => {
    const manyNames = fc.integer({ min: 0, max: 90 }).map((number) => `${number % 2 === 0 ? 'N' : 'n'}${number % 60}`);
    const change = fc.tuple(fc.constantFrom('set', 'add', 'add', 'merge', 'unset', 'replace', 'copy'), manyNames);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200, size: 'max' }), (changes) => {
        let table = new FieldTable();
        let model: [name: string, value: string][] = [];
        for (const [at, [what, key]] of changes.entries()) {
          const value = String(at);
          const isSame = ([other]: readonly [string, string]): boolean => other.toLowerCase() === key.toLowerCase();
          const first = model.find(isSame);
          if (what === 'add' || (first === undefined && (what === 'set' || what === 'merge'))) model.push([key, value]);
          else if (what === 'merge') first![1] += `, ${value}`;
          else if (what === 'set') {
            first![1] = value;
            model = model.filter((pair) => pair === first || !isSame(pair));
          } else if (what === 'unset') model = model.filter((pair) => !isSame(pair));
          else if (what === 'replace') model = model.filter((pair) => !isSame(pair) || pair[1].length !== 2);

          if (what === 'copy') table = table.copy();
          else if (what === 'replace') table.replaceValues((old) => (old.length === 2 ? undefined : old), key);
          else if (what === 'unset') table.unset(key);
          else table[what](key, value);

          const same = model.filter(isSame);
          assert.equal(table.size, model.length);
          assert.equal(table.has(key), same.length > 0);
          assert.equal(table.get(key), same[0]?.[1]);
          assert.equal(table.getAll(key), same.length === 0 ? undefined : same.map((pair) => pair[1]).join(', '));
        }
        assert.deepEqual([...table], model);
        assert.deepEqual(
          Array.from({ length: table.size }, (_, at) => [table.nameAt(at), table.valueAt(at)]),
          model,
        );
      }),
    );
  });

  it('of ten thousand names takes no longer for each than one of a hundred, or about', () => {
    const fill = (count: number): number => {
      const startMs = performance.now();
      const table = new FieldTable();
      for (let at = 0; at < count; at += 1) table.set(`name-${at}`, 'x');
      for (let at = 0; at < count; at += 1) assert.ok(table.has(`Name-${at}`));
      for (let at = 0; at < count; at += 1) table.unset(`name-${at}`);
      assert.equal(table.size, 0);
      return performance.now() - startMs;
    };
    fill(1_000);
    // Looking through all names takes some seconds.
    assert.ok(Math.min(fill(10_000), fill(10_000), fill(10_000)) < 400);
  });
});
