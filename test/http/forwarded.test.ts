// Forwarded and the fields before it: elements from the right, and what is believed of each.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseForwardedElement, parseNode, splitFromRight } from '#src/http/forwarded.js';

const NOTHING = { node: undefined, protocol: undefined, host: undefined };

describe('an element of Forwarded', () => {
  test('is read as RFC 7239 shows it', () => {
    assert.deepEqual(parseForwardedElement('For="[2001:db8:cafe::17]:4711"'), {
      ...NOTHING,
      node: { address: '2001:db8:cafe::17', port: 4_711 },
    });
    assert.deepEqual(parseForwardedElement('for=192.0.2.60;proto=HTTPS;by=203.0.113.43;host="a.example:8443"'), {
      node: { address: '192.0.2.60', port: undefined },
      protocol: 'https',
      host: 'a.example:8443',
    });
  });

  test('may have spaces around its semicolons, and parameters that nobody knows', () => {
    assert.equal(parseForwardedElement('for=192.0.2.1 ; secret=x;proto=http').protocol, 'http');
  });

  test('names nobody who is hidden', () => {
    for (const name of ['unknown', '_hidden', '"_a:_b"', '""'])
      assert.equal(parseForwardedElement(`for=${name};proto=http`).node, undefined);
  });

  for (const element of [
    'for=192.0.2.1;for=192.0.2.2',
    'for=192.0.2.1;proto',
    'for=192.0.2.1;=x',
    'for =192.0.2.1',
    'for= 192.0.2.1',
    'for=[2001:db8::1]',
    'for="192.0.2.1',
    'for="192.0.2.1"x',
    'for=192.0.2.1;proto=https"',
  ]) {
    test(`is believed nothing that breaks the grammar: ${element}`, () =>
      assert.deepEqual(parseForwardedElement(element), NOTHING));
  }

  test('has no host that no URL could name, and no scheme that is not served', () => {
    for (const pair of ['host="a b"', 'host="a/b"', 'host="u@h"', 'host=""', 'proto=ftp', 'proto=javascript'])
      assert.deepEqual(parseForwardedElement(pair), NOTHING);
  });
});

test('a node is an address, with or without a port', () => {
  const cases = {
    '192.0.2.1': ['192.0.2.1', undefined],
    '192.0.2.1:80': ['192.0.2.1', 80],
    '2001:DB8::1': ['2001:db8::1', undefined],
    '[2001:db8::1]': ['2001:db8::1', undefined],
    '[2001:db8::1]:65535': ['2001:db8::1', 65_535],
    '::ffff:192.0.2.1': ['192.0.2.1', undefined],
  } as const;
  for (const [text, [address, port]] of Object.entries(cases)) assert.deepEqual(parseNode(text), { address, port });
  for (const text of [
    '',
    'a',
    '192.0.2.1:',
    '192.0.2.1:x',
    '192.0.2.1:65536',
    '[192.0.2.1]',
    '[::1',
    '[::1]80',
    '192.0.2',
    '1:2:3',
  ])
    assert.equal(parseNode(text), undefined, text);
});

describe('elements from the right', () => {
  test('are those between commas outside quotes', () => {
    assert.deepEqual([...splitFromRight('a="1,2", b , ,c="\\",\\\\"')], ['c="\\",\\\\"', 'b', 'a="1,2"']);
    assert.deepEqual([...splitFromRight('')], []);
  });

  test('stay what they are whatever stands to the left of them', () => {
    const values = fc.oneof(fc.constant('192.0.2.1'), fc.constant('"[2001:db8::1]:80"'), fc.constant('"a,b"'));
    const garbage = fc.string({ unit: fc.constantFrom('"', '\\', ',', ';', 'f', '=', ' ', '1'), maxLength: 20 });
    fc.assert(
      fc.property(garbage, fc.array(values, { minLength: 1, maxLength: 4 }), (left, right) => {
        const elements = right.map((value) => `for=${value}`);
        const found = [...splitFromRight([left, ...elements].join(', '))];
        assert.deepEqual(found.slice(0, elements.length), elements.toReversed());
      }),
      { numRuns: 1_000 },
    );
  });
});
