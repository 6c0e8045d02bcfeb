// Ranges of addresses, as Apache reads them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isInRange, isLocal, parseAddressRange } from '#src/apache/access/address-range.js';

function holds(text: string, address: string): boolean {
  const range = parseAddressRange(text);
  if (typeof range === 'string') throw new Error(range);
  return isInRange(address, range);
}

describe('parseAddressRange', () => {
  for (const [text, inside, outside] of [
    ['10', '10.255.0.1', '11.0.0.1'],
    ['192.168.', '192.168.9.9', '192.169.0.1'],
    ['10.1.2.3', '10.1.2.3', '10.1.2.4'],
    ['10.1.2.0/23', '10.1.3.255', '10.1.4.0'],
    ['172.16.0.0/255.240.0.0', '172.31.0.1', '172.32.0.1'],
    ['::1', '::1', '::2'],
    ['fe80::/10', 'febf::1', 'fec0::1'],
    ['127.0.0.1', '::ffff:127.0.0.1', '::1'],
  ] as const) {
    test(`${text} holds ${inside} and not ${outside}`, () => {
      assert.equal(holds(text, inside), true);
      assert.equal(holds(text, outside), false);
    });
  }

  for (const [text, fault] of [
    ['foo', 'noAddress'],
    ['example.com', 'noAddress'],
    ['1.2.3.400', 'badAddress'],
    ['10/8', 'badAddress'],
    ['10/255.0.0.0', 'badAddress'],
    ['10.0.0.0/33', 'badMask'],
    ['10.0.0.0/0', 'badMask'],
    ['10.0.0.0/x', 'badMask'],
    ['::1/129', 'badMask'],
    [':::', 'badAddress'],
  ] as const) {
    test(`${text} is refused: ${fault}`, () => {
      assert.equal(parseAddressRange(text), fault);
    });
  }

  test('whatever the address and the bits, the address is in its own range, and in no range that differs in a bit that counts', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.tuple(byte, byte, byte, byte),
        fc.integer({ min: 1, max: 32 }),
        fc.nat(31),
        (bytes, bits, flip) => {
          const address = bytes.join('.');
          assert.ok(holds(`${address}/${bits}`, address));
          const other = bytes.map((value, at) => (at === flip >> 3 ? value ^ (128 >> (flip & 7)) : value)).join('.');
          assert.equal(holds(`${address}/${bits}`, other), flip >= bits);
        },
      ),
    );
  });
});

test('Require local knows loopback, and a client on an address of the server', () => {
  assert.ok(isLocal('127.5.6.7', '10.0.0.1'));
  assert.ok(isLocal('::1', '::1'));
  assert.ok(isLocal('::ffff:127.0.0.1', '::'));
  assert.ok(isLocal('10.0.0.1', '10.0.0.1'));
  assert.ok(!isLocal('10.0.0.2', '10.0.0.1'));
});
