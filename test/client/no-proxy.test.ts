// The list of hosts that are asked directly: every kind of entry, beside what curl and Go say of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseNoProxy } from '#src/client/proxy/no-proxy.js';
import { parseOrigin } from '#src/http/origin.js';

function isExempt(list: string | undefined, url: string): boolean {
  const origin = parseOrigin(url);
  assert.ok(origin !== undefined, url);
  return parseNoProxy(list)(origin);
}

/** A list, the URLs that are asked directly, and those that are not. */
const TABLE: readonly (readonly [list: string, exempt: readonly string[], others: readonly string[]])[] = [
  ['', [], ['http://a.test/', 'http://127.0.0.1/']],
  [' , ,\t', [], ['http://a.test/']],
  ['*', ['http://a.test/', 'https://[::1]:8443/', 'http://127.0.0.1/'], []],
  ['a.test, *', ['http://b.test/'], []],
  // A name is the host and what is below it, on a border of names.
  [
    'a.test',
    ['http://a.test/', 'https://a.test:8443/', 'http://x.y.a.test/', 'http://A.TEST/', 'http://a.test./'],
    ['http://ba.test/', 'http://a.test.b/', 'http://test/'],
  ],
  ['A.Test', ['http://a.test/'], []],
  ['.a.test', ['http://a.test/', 'http://x.a.test/'], ['http://ba.test/']],
  ['*.a.test', ['http://a.test/', 'http://x.a.test/'], ['http://ba.test/']],
  ['a.test.', ['http://a.test/'], []],
  ['localhost', ['http://localhost:3000/'], ['http://127.0.0.1/', 'http://[::1]/']],
  ['a.test,b.test', ['http://a.test/', 'http://b.test/'], ['http://c.test/']],
  ['a.test b.test\tc.test', ['http://a.test/', 'http://b.test/', 'http://c.test/'], ['http://d.test/']],
  // Only a star of its own is everything.
  ['a*.test', [], ['http://a.test/', 'http://ab.test/']],
  // Ports.
  ['a.test:8080', ['http://a.test:8080/', 'http://x.a.test:8080/'], ['http://a.test/', 'http://a.test:80/']],
  ['a.test:443', ['https://a.test/'], ['http://a.test/']],
  ['127.0.0.1:80', ['http://127.0.0.1/'], ['http://127.0.0.1:81/']],
  ['[::1]:8080', ['http://[::1]:8080/'], ['http://[::1]/']],
  // Addresses.
  [
    '127.0.0.1',
    ['http://127.0.0.1/', 'http://127.1/', 'http://0x7f.0.0.1/'],
    ['http://127.0.0.2/', 'http://x.127.0.0.1.test/'],
  ],
  ['::1', ['http://[::1]/', 'http://[0:0:0:0:0:0:0:1]:81/'], ['http://[::2]/', 'http://127.0.0.1/']],
  ['[2001:DB8::1]', ['http://[2001:db8:0::1]/'], ['http://[2001:db8::2]/']],
  ['::ffff:127.0.0.1', ['http://[::ffff:7f00:1]/'], ['http://[::ffff:7f00:2]/']],
  ['0.1', [], ['http://10.0.0.1/', 'http://127.0.0.1/']],
  // Networks.
  [
    '10.0.0.0/8',
    ['http://10.1.2.3/', 'http://10.255.255.255/'],
    ['http://11.0.0.0/', 'http://[::10]/', 'http://10.test/'],
  ],
  ['192.168.3.5/23', ['http://192.168.2.1/', 'http://192.168.3.255/'], ['http://192.168.4.0/']],
  ['0.0.0.0/0', ['http://1.2.3.4/'], ['http://[::1]/', 'http://a.test/']],
  ['1.2.3.4/32', ['http://1.2.3.4/'], ['http://1.2.3.5/']],
  ['2001:db8::/32', ['http://[2001:db8:ffff::1]/'], ['http://[2001:db9::]/']],
  ['fe80::/10', ['http://[febf::1]/'], ['http://[fec0::1]/']],
  ['::/0', ['http://[::1]/'], ['http://1.2.3.4/']],
  ['10.0.0.0/8:8080', ['http://10.1.1.1:8080/'], ['http://10.1.1.1/']],
  ['[fe80::/10]:81', ['http://[fe80::1]:81/'], ['http://[fe80::1]/']],
  // What is none of these exempts nobody.
  [
    '10.0.0.0/33, 1.2.3.4/x, ::1/129, 1.2.3.256, :80, http://a.test',
    [],
    ['http://10.0.0.0/', 'http://1.2.3.4/', 'http://[::1]/', 'http://a.test/'],
  ],
];

describe('NO_PROXY', () => {
  for (const [list, exempt, others] of TABLE) {
    test(JSON.stringify(list), () => {
      for (const url of exempt) assert.ok(isExempt(list, url), `${url} is asked directly`);
      for (const url of others) assert.ok(!isExempt(list, url), `${url} is asked through the proxy`);
    });
  }

  test('may not be set', () => {
    assert.ok(!isExempt(undefined, 'http://a.test/'));
  });

  test('exempts every host that it names, wherever it stands in the list', () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
    );
    fc.assert(
      fc.property(fc.array(host), fc.nat(), host, (list, at, own) => {
        const names = [...list.slice(0, at % (list.length + 1)), own, ...list.slice(at % (list.length + 1))];
        assert.ok(isExempt(names.join(','), `http://${own}/`));
      }),
    );
  });

  test('is read without an error, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '1', '.', ':', '/', '[', ']', '*', ',', ' ', '%', '-') }),
        fc.domain(),
        (list, host) => {
          parseNoProxy(list)({ host, port: 80 });
        },
      ),
    );
  });
});
