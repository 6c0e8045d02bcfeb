// Networks, as apr_ipsubnet_create was seen to take them at httpd 2.4.71.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isInSubnet, parseSubnet } from '#src/apache/expression/index.js';

const BAD_ADDRESSES =
  '10.1.2.3.4 10.1/16 10/x 10.1.1.1./8 fe80::%eth0 ::ffff:10.0.0.1 ::ffff:10.0.0.1/x 300.1.1.1 300 1:2 . .10 10..1 10.. ::: ::1.2.3';

const BAD_MASKS =
  '10.0.0.0/33 10.0.0.0/x ::1/129 10.0.0.0/ 10.1.1.1/0 ::/0 10.0.0.0/255 10.0.0.0/8/8 10.0.0.0/-1 10.0.0.0/8x 1.2.3.4/255.255 1.2.3.4/255.255.255.255. ::1/1.2.3.4';

function isIn(address: string, network: string): boolean {
  const subnet = parseSubnet(network);
  if (typeof subnet === 'string') throw new Error(`${network}: ${subnet}`);
  return isInSubnet(address, subnet);
}

describe('a network', () => {
  test('is what Apache takes for one', () => {
    const good =
      '10.0.0.0 10 10. 10.1 10.0.0.0/255.0.0.0 10.0.0.0/255.0.255.0 ::1 ::1/64 010.1.1.1 0010.1.1.1/8 10.1.1.1. 00000010 ::010.1.1.1 ::00000001 fe80::/+10 10.0.0.0/0255.0.0.010 10.0.0.0/+8 10.0.0.0/08 1.2.3.4/16';
    for (const text of [...good.split(' '), '10.0.0.0/ 8']) assert.notEqual(typeof parseSubnet(text), 'string', text);
  });

  for (const [fault, texts] of [
    ['noAddress', 'foo foo/8 example.com 0x10.1.1.1 0x10 1.2.3.4a / /8 é'],
    ['badAddress', BAD_ADDRESSES],
    ['badMask', BAD_MASKS],
  ] as const) {
    test(`says what is wrong with a text: ${fault}`, () => {
      for (const text of texts.split(' ')) assert.equal(parseSubnet(text), fault, text);
    });
  }

  for (const [network, inside, outside] of [
    ['10', '10.255.0.1', '11.0.0.1'],
    ['010', '10.255.0.1', '8.0.0.1'],
    ['192.168.', '192.168.9.9', '192.169.0.1'],
    ['10.1.2.3', '10.1.2.3', '10.1.2.4'],
    ['10.1.2.0/23', '10.1.3.255', '10.1.4.0'],
    ['172.16.0.0/255.240.0.0', '172.31.0.1', '172.32.0.1'],
    ['fe80::/10', 'febf::1', 'fec0::1'],
    ['127.0.0.1', '::ffff:127.0.0.1', '::1'],
  ] as const) {
    test(`${network} has ${inside} and not ${outside}`, () => {
      assert.equal(isIn(inside, network), true);
      assert.equal(isIn(outside, network), false);
    });
  }

  test('has the addresses whose first bits are its own', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 1, max: 32 }), (address, network, bits) => {
        const number = (text: string): number => text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
        const same = Math.floor(number(address) / 2 ** (32 - bits)) === Math.floor(number(network) / 2 ** (32 - bits));
        assert.equal(isIn(address, `${network}/${bits}`), same);
        assert.equal(isIn(`::ffff:${address}`, `${network}/${bits}`), same);
      }),
    );
  });

  test('of IPv6 takes every spelling of its addresses', () => {
    assert.equal(isIn('fe80:0:0:0:0:0:0:1', 'fe80::/10'), true);
    assert.equal(isIn('FE80::1', 'fe80::1'), true);
    assert.equal(isIn('::1.2.3.4', '::102:304'), true);
    assert.equal(isIn('1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128'), true);
    assert.equal(isIn('fec0::1', 'fe80::/10'), false);
    assert.equal(isIn('127.0.0.1', '::1'), false);
    assert.equal(isIn('::ffff:127.0.0.1', '::/1'), false);
    for (const text of ['1::2::3', ':::', '1:2:3:4:5:6:7:8:9', '::12345', '1:2:3:4:5:6:7:8::'])
      assert.equal(parseSubnet(text), 'badAddress', text);
  });

  test('has nothing that is no address', () => {
    for (const text of ['', 'localhost', '10.1.2.3.4', '256.1.1.1', '10.1.2.3 '])
      assert.equal(isIn(text, '10'), false, text);
  });
});
