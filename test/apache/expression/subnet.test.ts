// Networks, as apr_ipsubnet_create was seen to take them at httpd 2.4.71.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isInSubnet, parseSubnet } from '#src/apache/expression/index.js';

function isIn(address: string, network: string): boolean {
  const subnet = parseSubnet(network);
  assert.ok(subnet !== undefined, network);
  return isInSubnet(address, subnet);
}

describe('a network', () => {
  test('is what Apache takes for one', () => {
    const good =
      '10.0.0.0 10 10. 10.1 10.0.0.0/255.0.0.0 10.0.0.0/255.0.255.0 ::1 ::1/64 010.1.1.1 10.0.0.0/+8 10.0.0.0/08 1.2.3.4/16';
    for (const text of good.split(' ')) assert.notEqual(parseSubnet(text), undefined, text);
    const bad =
      '10.1.2.3.4 10.1/16 10.0.0.0/33 10.0.0.0/x ::1/129 fe80::%eth0 ::ffff:10.0.0.1 300.1.1.1 10.0.0.0/ 10.1.1.1/0 ::/0 1:2 10.0.0.0/255 10.0.0.0/8/8 10.0.0.0/-1';
    for (const text of ['', ' 10.1.1.1', '10.1.1.1 ', ...bad.split(' ')])
      assert.equal(parseSubnet(text), undefined, text);
  });

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
    for (const text of ['1::2::3', ':::', '1:2:3:4:5:6:7:8:9', '::12345', '1:2:3:4:5:6:7:8::'])
      assert.equal(parseSubnet(text), undefined, text);
  });

  test('has nothing that is no address', () => {
    for (const text of ['', 'localhost', '10.1.2.3.4', '256.1.1.1', '10.1.2.3 '])
      assert.equal(isIn(text, '10'), false, text);
  });
});
