// What Headers has beyond the global class, and that others take it for one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { format, inspect } from 'node:util';
import { type FieldSource, Headers } from '#src/http/headers.js';

class CountingSource implements FieldSource {
  loads = 0;

  loadFields(): string[] {
    this.loads++;
    return ['host', 'example.com', 'accept', 'a', 'accept', 'b'];
  }
}

const PAIRS: [string, string][] = [
  ['b', '2'],
  ['set-cookie', 'x=1'],
  ['set-cookie', 'y=2'],
];

describe('Headers is taken for the global Headers', () => {
  test('by instanceof, by its tag and by the compiler', () => {
    const headers: globalThis.Headers = new Headers();
    assert.ok(headers instanceof globalThis.Headers);
    assert.ok(headers instanceof Headers);
    assert.equal(Object.prototype.toString.call(headers), '[object Headers]');
  });

  test('while the global one is not taken for ours', () => {
    assert.equal(new globalThis.Headers() instanceof Headers, false);
  });

  test('by the constructor of the global Headers', () => {
    assert.deepEqual([...new globalThis.Headers(new Headers(PAIRS))], PAIRS);
  });

  test('by the global Response and Request', () => {
    assert.deepEqual([...new globalThis.Response(null, { headers: new Headers(PAIRS) }).headers], PAIRS);
    assert.deepEqual([...new Request('http://a/', { headers: new Headers(PAIRS) }).headers], PAIRS);
  });

  test('by code that adds to whatever Headers it is given', () => {
    const setCookie = (headers: globalThis.Headers): void => headers.append('Set-Cookie', 'z=3');
    const headers = new Headers(PAIRS);
    setCookie(headers);
    assert.deepEqual(headers.getSetCookie(), ['x=1', 'y=2', 'z=3']);
  });

  test('by loops, spreads, Object.fromEntries and iterators that are asked step by step', () => {
    const headers = new Headers({ b: '2', a: '1' });
    assert.deepEqual(Object.fromEntries(headers), { a: '1', b: '2' });
    const iterator = headers.keys();
    assert.deepEqual(iterator.next(), { value: 'a', done: false });
    assert.equal(iterator[Symbol.iterator](), iterator);
    assert.deepEqual(iterator.next(), { value: 'b', done: false });
    assert.deepEqual(iterator.next(), { value: undefined, done: true });
  });
});

describe('Headers', () => {
  test('can be logged, with every cookie', () => {
    assert.match(inspect(new Headers({ a: '1' })), /^Headers \{ a: '1' \}$/);
    assert.match(format('%o', new Headers(PAIRS)), /x=1[^]*y=2/);
    assert.equal(inspect(new Headers()), 'Headers {}');
  });

  test('hands out the fields in order of arrival, not combined', () => {
    const headers = new Headers({ Zebra: ' 1 ', apple: '2' });
    headers.append('ZEBRA', '3');
    assert.deepEqual(headers.flatList(), ['zebra', '1', 'apple', '2', 'zebra', '3']);
  });

  // Web IDL's rule for records, which not every release of Node.js follows: own enumerable string keys.
  for (const [text, init] of [
    ['an object with a hidden field', Object.defineProperty({ a: '1' }, 'b', { value: '2', enumerable: false })],
    ['an object whose iterator is null', { [Symbol.iterator]: null, a: '1' }],
    ['a function with a field', Object.assign(() => 1, { a: '1' })],
  ] as [string, never][]) {
    test(`has the own enumerable fields of ${text}`, () => {
      assert.deepEqual([...new Headers(init)], [['a', '1']]);
    });
  }

  test('copies the lines of another one as they are, so that none is combined that was not', () => {
    const headers = new Headers([
      ['a', ''],
      ['a', ''],
    ]);
    assert.deepEqual(new Headers(headers).flatList(), ['a', '', 'a', '']);
  });

  test('keeps the place of the first line when a field is set', () => {
    const headers = new Headers([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
      ['c', '4'],
      ['a', '5'],
    ]);
    headers.set('A', '6');
    assert.deepEqual(headers.flatList(), ['a', '6', 'b', '2', 'c', '4']);
    headers.delete('B');
    assert.deepEqual(headers.flatList(), ['a', '6', 'c', '4']);
  });

  test('is left as it was by a call that throws', () => {
    const headers = new Headers({ a: '1' });
    assert.throws(() => headers.append('b', 'x\ny'), TypeError);
    assert.throws(() => headers.set('a', 'x\0'), TypeError);
    assert.throws(() => headers.set('a b', 'x'), TypeError);
    assert.throws(() => headers.delete('a:'), TypeError);
    assert.deepEqual(headers.flatList(), ['a', '1']);
  });

  test('does not put a refused value into the message of the error', () => {
    assert.throws(
      () => new Headers({ authorization: 'secret\nx' }),
      (error: Error) =>
        error instanceof TypeError && !error.message.includes('secret') && error.message.includes('U+000A'),
    );
  });

  test('refuses a callback that is no function, even where there is nothing to call it for', () => {
    assert.throws(() => new Headers().forEach(undefined as never), TypeError);
  });

  test('gives forEach its this', () => {
    const seen: unknown[] = [];
    const receiver = {};
    new Headers({ a: '1' }).forEach(function remember(this: unknown) {
      seen.push(this);
    }, receiver);
    assert.equal(seen[0], receiver);
  });

  test('sorts and combines tens of thousands of lines in reasonable time', () => {
    const list = Array.from({ length: 100_000 }, (_, i) => (i % 2 === 0 ? `x${(i / 2) % 25_000}` : '1'));
    const headers = Headers.fromList(list);
    const start = performance.now();
    assert.equal([...headers].length, 25_000);
    assert.equal(headers.get('x7'), '1, 1');
    // Sorting takes some milliseconds, comparing every line with every other one many seconds.
    assert.ok(performance.now() - start < 5_000);
  });
});

describe('Headers.fromList', () => {
  test('adopts the list itself, without a copy', () => {
    const list = ['a', '1'];
    const headers = Headers.fromList(list);
    headers.append('b', '2');
    assert.deepEqual(list, ['a', '1', 'b', '2']);
    assert.equal(headers.flatList(), list);
  });
});

describe('Headers.lazy', () => {
  for (const [what, use] of [
    ['get', (headers) => assert.equal(headers.get('Accept'), 'a, b')],
    ['has', (headers) => assert.equal(headers.has('host'), true)],
    ['getSetCookie', (headers) => assert.deepEqual(headers.getSetCookie(), [])],
    ['flatList', (headers) => assert.equal(headers.flatList().length, 6)],
    ['iteration', (headers) => assert.equal([...headers].length, 2)],
    ['forEach', (headers) => headers.forEach((value) => assert.ok(value))],
    ['set', (headers) => headers.set('accept', 'a, b')],
    ['append', (headers) => headers.append('x', '1')],
    ['delete', (headers) => headers.delete('x')],
    ['a copy', (headers) => assert.equal(new Headers(headers).get('accept'), 'a, b')],
  ] as [string, (headers: Headers) => void][]) {
    test(`loads the fields on first use by ${what}, and only once`, () => {
      const source = new CountingSource();
      const headers = Headers.lazy(source);
      assert.equal(source.loads, 0);
      use(headers);
      assert.equal(source.loads, 1);
      assert.equal(headers.get('accept'), 'a, b');
      assert.equal(source.loads, 1);
    });
  }

  test('stays unloaded when a call is refused for its arguments', () => {
    const source = new CountingSource();
    const headers = Headers.lazy(source);
    assert.throws(() => headers.append('a b', '1'), TypeError);
    assert.equal(source.loads, 0);
  });

  test('asks again after a source that threw, so that the error is not taken for an empty list', () => {
    let fails = true;
    const headers = Headers.lazy({
      loadFields() {
        if (fails) throw new Error('gone');
        return ['a', '1'];
      },
    });
    assert.throws(() => headers.get('a'), /gone/);
    fails = false;
    assert.equal(headers.get('a'), '1');
  });
});
