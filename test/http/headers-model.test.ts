// Headers against the global class as the model: whatever is done to both, nobody can tell them apart.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Headers } from '#src/http/headers.js';

const name = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('a', 'A', 'b', 'B-c', 'content-type', 'Content-Type', 'set-cookie', 'Set-Cookie'),
  },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'aZ!~_- :é\n\0'.split('')), maxLength: 4 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
);
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', '1', 'x, y', ' padded\t', '\r\n1\n', 'a=1; Path=/', 'é') },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom(...'a \t\r\n\0\x01\x7f\xff\u0100'.split('')), maxLength: 4 }),
  },
);

type Step = (headers: globalThis.Headers) => unknown;

function stepWith(aValue: fc.Arbitrary<string>): fc.Arbitrary<Step> {
  return fc.oneof(
    fc.tuple(name, aValue).map(([n, v]) => named(`append(${n}, ${v})`, (headers) => headers.append(n, v))),
    fc.tuple(name, aValue).map(([n, v]) => named(`set(${n}, ${v})`, (headers) => headers.set(n, v))),
    name.map((n) => named(`delete(${n})`, (headers) => headers.delete(n))),
    name.map((n) => named(`get(${n})`, (headers) => headers.get(n))),
    name.map((n) => named(`has(${n})`, (headers) => headers.has(n))),
    fc.constant(named('getSetCookie()', (headers) => headers.getSetCookie())),
    fc.constant(named('iterate', contents)),
  );
}

const step = stepWith(value);

// So that a counterexample shows what was done.
function named(text: string, run: Step): Step {
  return Object.assign(run.bind(undefined), { [fc.toStringMethod]: () => JSON.stringify(text) });
}

function contents(headers: globalThis.Headers): unknown {
  const visited: [string, string][] = [];
  headers.forEach((aValue, aName, parent) => {
    assert.equal(parent, headers);
    visited.push([aName, aValue]);
  });
  return {
    pairs: [...headers],
    entries: [...headers.entries()],
    keys: [...headers.keys()],
    values: [...headers.values()],
    visited,
  };
}

/** What came of it; of an error only its kind, because the messages are each class's own. */
function outcome<T>(run: () => T): { value: T } | { error: string } {
  try {
    return { value: run() };
  } catch (error) {
    assert.ok(error instanceof Error);
    return { error: error.name };
  }
}

function assertSame(ours: globalThis.Headers, model: globalThis.Headers): void {
  assert.deepEqual(contents(ours), contents(model));
  assert.deepEqual(ours.getSetCookie(), model.getSetCookie());
}

describe('Headers behaves as the global Headers', () => {
  test('after any sequence of operations', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const ours = new Headers();
        const model = new globalThis.Headers();
        for (const run of steps) {
          assert.deepEqual(
            outcome(() => run(ours)),
            outcome(() => run(model)),
          );
        }
        assertSame(ours, model);
      }),
      { numRuns: 500 },
    );
  });

  test('when it is made from any record', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: false }), (record) => {
        assert.deepEqual(
          outcome(() => contents(new Headers(record))),
          outcome(() => contents(new globalThis.Headers(record))),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('when it is made from any list of pairs, and from lists that are none', () => {
    const pair = fc.oneof({ weight: 20, arbitrary: fc.tuple(name, value) }, { weight: 1, arbitrary: fc.array(name) });
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        assert.deepEqual(
          outcome(() => contents(new Headers(pairs))),
          outcome(() => contents(new globalThis.Headers(pairs))),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('when it is copied, and a change of the copy leaves the original alone', () => {
    // No empty values: the global copies a combined value and trims it, which makes "," of two empty lines where ours stay two.
    const full = stepWith(value.filter((text) => /[^ \t\r\n]/.test(text)));
    fc.assert(
      fc.property(fc.array(full), fc.array(step), (before, after) => {
        const ours = new Headers();
        const model = new globalThis.Headers();
        for (const run of before) {
          outcome(() => run(ours));
          outcome(() => run(model));
        }
        for (const copy of [new Headers(ours), new Headers(model)]) {
          const modelCopy = new globalThis.Headers(model);
          for (const run of after) {
            outcome(() => run(copy));
            outcome(() => run(modelCopy));
          }
          assertSame(copy, modelCopy);
        }
        assertSame(ours, model);
      }),
    );
  });

  test('when it is changed while it is iterated', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.array(step, { maxLength: 8 }), (pairs, steps) => {
        const runs = [new Headers(), new globalThis.Headers()].map((headers) => {
          for (const [n, v] of pairs) outcome(() => headers.append(n, v));
          const seen: [string, string][] = [];
          const remaining = [...steps];
          for (const entry of headers) {
            seen.push(entry);
            const run = remaining.shift();
            if (run !== undefined) outcome(() => run(headers));
          }
          return seen;
        });
        assert.deepEqual(runs[0], runs[1]);
      }),
    );
  });

  for (const [text, init] of [
    ['null', null],
    ['a number', 1],
    ['a string', 'ab'],
    ['a boolean', true],
    ['a symbol', Symbol('a')],
    ['a list of strings', ['ab']],
    ['a list of null', [null]],
    ['a Map', new Map([['a', '1']])],
    ['a Set of a Set', new Set([new Set(['a', '1'])])],
    ['an object whose iterator is no function', { [Symbol.iterator]: 1 }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: '1' })],
    ['an object with an inherited field', Object.create({ a: '1' })],
    ['a number for a value', { 'content-length': 5 }],
    ['undefined for a value', { a: undefined }],
    ['an array for a value', { a: ['1', '2'] }],
    ['a symbol for a value', { a: Symbol('a') }],
    ['one name in two letter cases', { a: '1', A: '2' }],
    ['search parameters', new URLSearchParams('a=1&b=2&a=3')],
  ] as [string, never][]) {
    test(`when it is made from ${text}`, () => {
      assert.deepEqual(
        outcome(() => contents(new Headers(init))),
        outcome(() => contents(new globalThis.Headers(init))),
      );
    });
  }
});
