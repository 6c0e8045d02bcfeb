// Addresses and ranges of them: text to bytes and back, and who is inside.
import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { clientKey, formatIpAddress, isInRange, parseAddressRange, parseIpAddress } from '#src/http/ip-address.js';

describe('an address', () => {
  test('is one exactly where Node.js says so, zones aside', () => {
    const pieces = fc.constantFrom(
      '0',
      '1',
      '255',
      '256',
      '01',
      'f',
      'ffff',
      'fffff',
      '::',
      ':',
      '.',
      '1.2.3.4',
      'g',
      '',
    );
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(parseIpAddress(text) !== undefined, isIP(text) !== 0, text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('has one text, and the same bytes again', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.subarray([...Array(16).keys()]),
        (bytes, zeros) => {
          for (const at of zeros) bytes[at] = 0;
          const text = formatIpAddress(bytes);
          assert.deepEqual(parseIpAddress(text), bytes);
          if (text.includes(':')) assert.equal(`[${text}]`, new URL(`http://[${text}]`).hostname);
        },
      ),
    );
  });

  test('of IPv4 is the same in its mapped form', () => {
    assert.deepEqual(parseIpAddress('::ffff:192.0.2.1'), parseIpAddress('192.0.2.1'));
    assert.equal(formatIpAddress(parseIpAddress('::FFFF:c000:201')!), '192.0.2.1');
  });

  test('has its longest run of zeros left out, the first of equal ones, never a single one (RFC 5952 §4.2)', () => {
    assert.equal(formatIpAddress(parseIpAddress('2001:DB8:0:0:1:0:0:1')!), '2001:db8::1:0:0:1');
    assert.equal(formatIpAddress(parseIpAddress('2001:db8:0:1:1:1:1:1')!), '2001:db8:0:1:1:1:1:1');
    assert.equal(formatIpAddress(parseIpAddress('0:0:0:0:0:0:0:0')!), '::');
  });
});

describe('a range', () => {
  test('holds what the BlockList of Node.js holds', () => {
    const family = (text: string): 'ipv4' | 'ipv6' => (text.includes(':') ? 'ipv6' : 'ipv4');
    const networks = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 })),
    );
    const flips = fc.integer({ min: 0, max: 127 });
    fc.assert(
      fc.property(networks, flips, ([network, prefix], flip) => {
        const mapped = parseIpAddress(network)!;
        const address = Uint8Array.from(mapped);
        const bit = network.includes(':') ? flip : 96 + (flip % 32);
        address[bit >> 3]! ^= 0x80 >> (bit & 7);
        const text = formatIpAddress(address);
        // A mapped address is IPv4 here and IPv6 there.
        fc.pre(family(text) === family(network));
        const list = new BlockList();
        list.addSubnet(network, prefix, family(network));
        const range = parseAddressRange(`${network}/${prefix}`)!;
        assert.equal(isInRange(address, range), list.check(text, family(text)), `${text} in ${network}/${prefix}`);
        assert.ok(isInRange(mapped, range));
      }),
    );
  });

  test('of one address holds that alone, of length 0 holds the family', () => {
    const one = parseAddressRange('192.0.2.7')!;
    assert.ok(isInRange(parseIpAddress('192.0.2.7')!, one));
    assert.ok(!isInRange(parseIpAddress('192.0.2.6')!, one));
    const all = parseAddressRange('0.0.0.0/0')!;
    assert.ok(isInRange(parseIpAddress('203.0.113.9')!, all));
    assert.ok(!isInRange(parseIpAddress('2001:db8::1')!, all));
  });

  for (const text of [
    '',
    '/8',
    '10/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '::/129',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
    '[::1]',
  ]) {
    test(`is not '${text}'`, () => assert.equal(parseAddressRange(text), undefined));
  }
});

test('one client is an IPv4 address, or the /64 of an IPv6 one', () => {
  const key = (text: string): string => clientKey(parseIpAddress(text)!);
  assert.equal(key('192.0.2.1'), '192.0.2.1');
  assert.equal(key('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(key('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(key('2001:db8:1:2::9'), key('2001:db8:1:2:ffff::'));
  assert.notEqual(key('2001:db8:1:2::9'), key('2001:db8:1:3::9'));
});
