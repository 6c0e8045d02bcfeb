// Which certificate belongs to which name, as a property over any names.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isServerName, ServerNames } from '#src/io/accept/server-names.js';

const label = fc.stringMatching(/^[a-z0-9]{1,4}$/);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const pattern = fc.tuple(fc.boolean(), name).map(([isWildcard, plain]) => (isWildcard ? `*.${plain}` : plain));

/** RFC 9525 §6.3 in the words of the clause: the asterisk stands for the whole leftmost label. */
function matches(given: string, asked: string): boolean {
  if (!given.startsWith('*.')) return given === asked;
  const [, ...rest] = asked.split('.');
  return rest.join('.') === given.slice(2) && rest.length > 0;
}

describe('server names', () => {
  test('the first exact name that matches is found, else the first wildcard that does, else none', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 8 }), name, (patterns, asked) => {
        const names = new ServerNames<number>();
        for (const [index, given] of patterns.entries()) names.add(given, index);
        const matching = patterns.filter((given) => matches(given, asked));
        const expected = matching.find((given) => !given.startsWith('*')) ?? matching[0];
        assert.equal(names.find(asked), expected === undefined ? undefined : patterns.indexOf(expected));
      }),
    );
  });

  test('letter case and the dot of the root make no difference', () => {
    fc.assert(
      fc.property(name, fc.boolean(), (given, hasDot) => {
        const names = new ServerNames<string>();
        names.add(given.toUpperCase(), 'found');
        assert.equal(names.find(hasDot ? `${given}.` : given), 'found');
        assert.equal(names.add(`${given}.`, 'again'), false);
      }),
    );
  });

  test('an exact name that is there without a value hides a wildcard', () => {
    const names = new ServerNames<string | undefined>();
    names.add('www.example.com', undefined);
    names.add('*.example.com', 'any');
    assert.equal(names.find('www.example.com'), undefined);
    assert.equal(names.find('shop.example.com'), 'any');
    assert.equal(names.find('a.shop.example.com'), undefined);
    assert.equal(names.find('example.com'), undefined);
  });

  test('addresses and wildcards within a name cannot be asked for', () => {
    for (const right of ['localhost', 'a.b.c', '*.b', 'x_1.test', 'xn--nxasmq6b.test', 'a.'])
      assert.ok(isServerName(right), right);
    for (const wrong of ['', '.', '*', 'a.*.b', '*a.b', '127.0.0.1', '::1', 'a b', 'a..b', 'https://a', 'a:443'])
      assert.ok(!isServerName(wrong), wrong);
  });
});
