// The Host field against RFC 9112 §3.2 and RFC 3986 §3.2.2, and against what URLs may have for a host.
import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isServableHost, parseHost } from '#src/http/host.js';
import { isIpLiteral, isIpv6Address } from '#src/http/ip-literal.js';

const urlHost = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);

describe('parseHost', () => {
  test('accepts every domain name and address with any port, as a URL does', () => {
    fc.assert(
      fc.property(urlHost, fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined }), (host, port) => {
        const value = port === undefined ? host : `${host}:${port}`;
        assert.ok(URL.canParse(`http://${value}/`));
        assert.deepEqual(parseHost(value), { host, port });
      }),
    );
  });

  test('accepts what a URL makes of a host that it accepts', () => {
    const url = fc.webUrl({ authoritySettings: { withIPv4: true, withIPv6: true, withPort: true } });
    fc.assert(
      fc.property(url, (text) => {
        const { host, hostname, port } = new URL(text);
        assert.deepEqual(parseHost(host), { host: hostname, port: port === '' ? undefined : Number(port) });
      }),
    );
  });

  test('never throws, and accepts nothing with a character that could end or divide an authority', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'a1.:%[]@/?#\\ ,v'.split('')) }),
    );
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parseHost(value);
        if (parsed === undefined) return;
        assert.doesNotMatch(value, /[\0-\x20@/?#\\<>"^`{|}\x7f-\uffff]/);
        assert.ok(value === parsed.host || value.startsWith(`${parsed.host}:`));
      }),
    );
  });

  for (const [value, host, port] of [
    ['', '', undefined],
    ['example.com', 'example.com', undefined],
    ['Example.COM:8080', 'Example.COM', 8080],
    ['example.com:', 'example.com', undefined],
    ['example.com:0', 'example.com', 0],
    ['example.com:65535', 'example.com', 65_535],
    ['example.com:00080', 'example.com', 80],
    ['example.com.', 'example.com.', undefined],
    ['my_service:80', 'my_service', 80],
    ["a!$&'()*+,;=b~", "a!$&'()*+,;=b~", undefined],
    ['caf%C3%A9.example', 'caf%C3%A9.example', undefined],
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['999.1', '999.1', undefined],
    ['[::1]', '[::1]', undefined],
    ['[::1]:', '[::1]', undefined],
    ['[2001:DB8::192.0.2.1]:443', '[2001:DB8::192.0.2.1]', 443],
    ['[v1.fe80::a+en1]:1', '[v1.fe80::a+en1]', 1],
  ] as const) {
    test(`accepts ${JSON.stringify(value)}`, () => assert.deepEqual(parseHost(value), { host, port }));
  }

  for (const [value, why] of [
    [':80', 'an empty host with a port, which no URI of http may have (RFC 9110 §4.2.1)'],
    ['user@example.com', 'userinfo, which is not part of Host'],
    ['user:pass@example.com', 'userinfo with a password'],
    ['example.com:80:80', 'two ports'],
    ['example.com:65536', 'a port above 65535'],
    ['example.com:999999999999999999999', 'a port above every number'],
    ['example.com:+80', 'a port with a sign'],
    ['example.com:8o', 'a port with a letter'],
    ['example.com:-1', 'a negative port'],
    ['example.com: 80', 'white space before the port'],
    ['example.com:\u0661', 'a digit outside ASCII'],
    ['::1', 'IPv6 without brackets'],
    ['[::1', 'an open bracket'],
    ['::1]', 'a closing bracket alone'],
    ['[]', 'empty brackets'],
    ['[::1]80', 'a port without a colon'],
    ['[::1]]', 'a second closing bracket'],
    ['[::1]:80:80', 'two ports behind brackets'],
    ['[::1].example', 'a name behind brackets'],
    ['a[::1]', 'a name before brackets'],
    ['[[::1]]', 'brackets within brackets'],
    ['[fe80::1%25en0]', 'a zone'],
    ['[127.0.0.1]', 'IPv4 in brackets'],
    ['[example.com]', 'a name in brackets'],
    ['[v.a]', 'a future address without a version'],
    ['[v1.]', 'a future address without an address'],
    ['exam ple.com', 'a space'],
    ['example.com ', 'a space at the end'],
    ['\texample.com', 'a tab'],
    ['example.com\0', 'a NUL'],
    ['example.com\r\nX: y', 'a line end'],
    ['example.com%', 'a percent sign alone'],
    ['example.com%4', 'one hex digit'],
    ['a%zz', 'no hex digits'],
    ['a%2', 'percent-encoding cut short'],
    ['example.com/', 'a path'],
    ['example.com?', 'a query'],
    ['example.com#a', 'a fragment'],
    ['a\\b', 'a backslash'],
    ['http://example.com', 'a whole URL'],
    ['a"b', 'a quote'],
    ['a<b', 'an angle bracket'],
    ['a|b', 'a bar'],
    ['café.example', 'a letter outside ASCII'],
  ] as const) {
    test(`refuses ${JSON.stringify(value)}: ${why}`, () => assert.equal(parseHost(value), undefined));
  }
});

describe('isServableHost', () => {
  test('takes what a URL can name, and the empty value, which names nothing', () => {
    for (const value of [
      '',
      'a',
      'a:80',
      'example.com',
      '127.0.0.1:8080',
      '[::1]',
      '[2001:db8::1]:443',
      'xn--bcher-kva.example',
    ]) {
      assert.equal(isServableHost(value), true, value);
    }
  });

  test('refuses what the grammar allows but no handler could make a URL of', () => {
    for (const value of ['1.2.3.4.5', '1.2.3.999', 'a%00b', 'a b', 'a:1:2'])
      assert.equal(isServableHost(value), false, value);
  });
});

describe('isIpv6Address', () => {
  test('agrees with Node.js for every address and for every address with one defect', () => {
    const damaged = fc
      .tuple(fc.ipV6(), fc.nat(), fc.nat(2), fc.constantFrom(':', '::', '.', '0', 'f', '1.2.3.4', '00000', 'g', ''))
      .map(([address, position, removed, added]) => {
        const at = position % (address.length + 1);
        return address.slice(0, at) + added + address.slice(at + removed);
      });
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), damaged), (text) => assert.equal(isIpv6Address(text), isIPv6(text), text)),
      { numRuns: 3000 },
    );
  });

  for (const text of [
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:2:3:4:5:6:1.2.3.4',
    '::ffff:255.255.255.255',
    'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255',
  ]) {
    test(`accepts ${text}`, () => assert.equal(isIpv6Address(text), true));
  }

  for (const text of [
    '',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '1::2::3',
    ':1::2',
    '1::2:',
    '12345::',
    '::1.2.3',
    '::1.2.3.4.5',
    '::1.2.3.256',
    '::01.2.3.4',
    '::1.2.3.4:5',
    '1.2.3.4::',
    '1.2.3.4',
    '::%1',
    '0'.repeat(10_000),
  ]) {
    test(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(isIpv6Address(text), false));
  }
});

test('isIpLiteral takes an address of a later version too, which isIpv6Address does not', () => {
  assert.equal(isIpLiteral('vF.1:2'), true);
  assert.equal(isIpv6Address('vF.1:2'), false);
  assert.equal(isIpLiteral('::1'), true);
  assert.equal(isIpLiteral('vG.1'), false);
});
