// Cases are what httpd 2.4.71 answered to the same hosts and requests.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { matchVirtualHost } from '#src/apache/config/match-virtual-host.js';
import { VirtualHostTable } from '#src/apache/config/virtual-host-table.js';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';
import { makeHost } from '../make-host.js';

const main = makeHost([], { name: 'oracle.test' });

function named(addresses: string, name: string | undefined, aliases: string[] = [], wildAliases: string[] = []) {
  return makeHost(addresses.split(' '), { name, aliases, wildAliases });
}

interface Asked {
  readonly url?: string;
  readonly version?: number;
  readonly unsafe?: boolean;
  readonly address?: string;
  readonly port?: number;
}

function ask(hosts: readonly VirtualHost[], hostField: string | undefined, asked: Asked = {}) {
  const table = new VirtualHostTable([main, ...hosts]);
  return matchVirtualHost({
    hosts: table.at(asked.address ?? '127.0.0.1', asked.port ?? 80),
    urlHost: asked.url,
    hostField,
    version: asked.version ?? 1001,
    strictness: asked.unsafe === true ? 'unsafe' : 'strict',
  });
}

describe('the virtual host of an address', () => {
  const exact = named('127.0.0.1:80', 'exact.test');
  const anyPort = named('127.0.0.1:*', 'any.test');
  const star = named('*:80', 'star.test');
  const everything = named('_default_:*', 'def.test');
  const otherPort = named('127.0.0.1:9', 'other.test');

  test('is one of the address and port, then of the address, then of the port, then of everything', () => {
    for (const name of ['exact.test', 'any.test', 'star.test', 'def.test', 'none.test']) {
      assert.equal(ask([everything, star, anyPort, otherPort, exact], name).host, exact);
      assert.equal(ask([everything, star, anyPort, otherPort], name).host, anyPort);
      assert.equal(ask([everything, star, otherPort], name).host, star);
      assert.equal(ask([everything, otherPort], name).host, everything);
    }
  });

  test('is the same each time it is asked for, by address and port', () => {
    const table = new VirtualHostTable([main, exact, otherPort]);
    for (let round = 0; round < 2; round += 1) {
      assert.equal(table.at('127.0.0.1', 80).first, exact);
      assert.equal(table.at('127.0.0.1', 9).first, otherPort);
      assert.equal(table.at('127.0.0.2', 80).first, main);
      for (let last = 0; last < 1_100; last += 1)
        assert.equal(table.at(`10.0.${last >> 8}.${last & 255}`, 80).first, main);
    }
  });

  test('is the main server where no virtual host has the address', () => {
    assert.equal(ask([otherPort], 'other.test').host, main);
    assert.equal(ask([otherPort], 'oracle.test').host, main);
  });

  test('is found for IPv4 within IPv6, and for however IPv6 is written', () => {
    assert.equal(ask([star, exact], 'x', { address: '::ffff:127.0.0.1' }).host, exact);
    const six = named('[2001:DB8:0:0::1]:80', 'six.test');
    assert.equal(ask([star, six], 'x', { address: '2001:db8::1' }).host, six);
    assert.equal(ask([star, six], 'x', { address: '2001:db8::2' }).host, star);
    assert.equal(ask([star, six], 'x', { address: '2001:db8::1%eth0' }).host, six);
  });

  test('may have several addresses', () => {
    const first = named('127.0.0.1:80 127.0.0.2:9', 'f.test');
    const second = named('*:80 127.0.0.1:80', 't.test');
    assert.equal(ask([first, second], 't.test').host, second);
    assert.equal(ask([first, second], 'x').host, first);
    assert.equal(ask([first, second], 'x', { address: '10.0.0.1' }).host, second);
    assert.equal(ask([first, second], 'x', { address: '127.0.0.2', port: 9 }).host, first);
  });

  test('may be of localhost', () => {
    const first = named('127.0.0.1:80', 'f.test');
    const local = named('localhost:80', 'l.test');
    assert.equal(ask([first, local], 'l.test').host, local);
    assert.equal(ask([first, local], 'localhost').host, local);
    assert.equal(ask([first, local], 'x').host, first);
  });
});

describe('the virtual host of a name', () => {
  const first = named('127.0.0.1:80', 'first.test', [], ['*.wild.test', 'w?ld.test']);
  const second = named('127.0.0.1:80', 'second.test', ['alias.test', 'OTHER.test', 'dup.test', 'first.test']);
  const third = named('127.0.0.1:80', 'dup.test', ['127.0.0.1'], ['*.sub.wild.test', '*.x']);
  const hosts = [first, second, third];

  test('is the first that has it as its ServerName or ServerAlias, in the order of the configuration', () => {
    const answers: ReadonlyArray<readonly [string, VirtualHost]> = [
      ['first.test', first],
      ['FIRST.Test', first],
      ['first.test.', first],
      ['first.test:1234', first],
      ['a.wild.test', first],
      ['b.sub.wild.test', first],
      ['.wild.test', first],
      ['wild.test', first],
      ['second.test', second],
      ['second.test:8080', second],
      ['alias.test', second],
      ['other.test', second],
      ['dup.test', second],
      ['127.0.0.1', third],
      ['a.b.x', third],
      ['none.test', first],
      ['[::1]', first],
    ];
    for (const [name, host] of answers) assert.equal(ask(hosts, name).host, host, name);
  });

  test('is the first of all where nobody has the name, or none is asked for', () => {
    assert.equal(ask(hosts, undefined, { version: 1000 }).host, first);
    assert.equal(ask(hosts, '', { version: 1000 }).host, first);
  });

  test('is tried in the order of the configuration, wildcards too', () => {
    const all = named('127.0.0.1:80', 'all.test', [], ['*']);
    assert.equal(ask([first, all, second], 'second.test').host, all);
    assert.equal(ask([first, second, all], 'second.test').host, second);
    assert.equal(ask([first, second, all], 'x.y').host, all);
  });

  test('is that of the main server for hosts of all addresses without a name of their own', () => {
    const unnamed = named('*:80', undefined);
    const last = named('*:80', 'oracle.test');
    assert.equal(ask([named('*:80', 'f.test'), unnamed, last], 'oracle.test').host, unnamed);
  });

  test('is told in lower case, without port and last dot', () => {
    assert.equal(ask(hosts, 'FIRST.Test.:80').hostName, 'first.test');
    assert.equal(ask(hosts, '[2001:DB8::1]:80').hostName, '2001:db8::1');
    assert.equal(ask(hosts, undefined, { version: 1000 }).hostName, undefined);
  });

  test('does not depend on the case of letters or on a port', () => {
    const names = fc.constantFrom('first.test', 'q.wild.test', 'alias.test', 'dup.test', 'z.x', 'nobody.test');
    const ports = fc.option(fc.integer({ min: 1, max: 65_535 }));
    fc.assert(
      fc.property(names, ports, fc.boolean(), fc.boolean(), (name, port, upper, dot) => {
        const written = (upper ? name.toUpperCase() : name) + (dot ? '.' : '') + (port === null ? '' : `:${port}`);
        assert.equal(ask(hosts, written).host, ask(hosts, name).host);
      }),
    );
  });
});

describe('an absolute URL', () => {
  const first = named('127.0.0.1:80', 'first.test');
  const second = named('127.0.0.1:80', 'second.test');
  const hosts = [first, second];

  test('counts instead of the Host field, which then says the same', () => {
    const match = ask(hosts, 'first.test', { url: 'second.test:77' });
    assert.deepEqual(match, {
      host: second,
      hostName: 'second.test',
      hostPort: 77,
      fault: undefined,
      hostField: 'second.test:77',
    });
    assert.equal(ask(hosts, 'bad host', { url: 'SECOND.test.' }).host, second);
    assert.equal(ask(hosts, 'bad host', { url: 'SECOND.test.' }).fault, undefined);
    assert.equal(ask(hosts, 'first.test', { url: '[::1]' }).hostField, '[::1]');
  });

  test('may have any port, or an empty one', () => {
    for (const url of ['second.test:', 'second.test:99999', 'second.test:0']) {
      assert.equal(ask(hosts, 'first.test', { url }).fault, undefined, url);
      assert.equal(ask(hosts, 'first.test', { url }).host, second, url);
    }
  });

  test('does not make the Host field needless in HTTP/1.1', () => {
    assert.deepEqual(ask(hosts, undefined, { url: 'second.test' }), {
      host: second,
      hostName: 'second.test',
      hostPort: undefined,
      fault: 'missing',
      hostField: undefined,
    });
    assert.equal(ask(hosts, undefined, { url: 'second.test', version: 1000 }).fault, undefined);
  });

  test('without a host is for the first', () => {
    const match = ask(hosts, 'second.test', { url: '' });
    assert.equal(match.host, first);
    assert.equal(match.fault, undefined);
  });

  test('is refused with a name that is none', () => {
    for (const url of ['a..b', 'a b', 'a%41', '[xx]', '1.2.3']) {
      assert.equal(ask(hosts, 'second.test', { url }).fault, 'invalid', url);
      assert.equal(ask(hosts, 'second.test', { url }).host, first, url);
    }
  });
});

describe('a Host field', () => {
  const hosts = [named('*:80', 'f.test')];

  const good = `a_b -a .a a- _ - 1.a 1- a. 1.2.3.4 1.2.3.4. 1.2.3.4:80 300.1.1.1 256.256.256.256 99999999999.1.1.1 a:080 f.test:00080
    f.test:65535 a.b.c. [::1] [::1]:80 [::] [1:2:3:4:5:6:7:8] [::ffff:1.2.3.4] [1:2:3:4:5:6:7::] [1:2:3:4:5:6:1.2.3.4] f.test`;
  const bad = `a/b a..b a@b u@f.test f.test:99999 f.test:65536 f.test:0 f.test:80x f.test:x f.test: f.test:-1 f.test:+80 f.test:80:80 a%41
    [::1 [xx] [::1]x [::1]. [::1]: [::1]:0 [::1]:80:80 [] [1::2::3] [12345::] [::1%1] [fe80::1%25eth0] [v1.x] [1.2.3.4] [::1.2.3] [::G] [::1]]
    [[::1]] [:::1] [1:2:3:4:5:6:7:8:9] [::256.1.1.1] ::1 :: 1 12 1. 1.2.3 1.2.3.4.5 1.2..3 01.2.3.4 0x1.2.3.4 1.2.3.4a a.1 . ... ..a :80
    \u00e9.test a\\b a"b a,b a;b * a*b ~a a!b a(b a'b a#b a?b a<b f.test..`;

  test('is taken as Apache takes it', () => {
    for (const text of good.split(/\s+/)) assert.equal(ask(hosts, text).fault, undefined, text);
    for (const text of bad.split(/\s+/)) assert.equal(ask(hosts, text).fault, 'invalid', text);
    assert.equal(ask(hosts, 'a b').fault, 'invalid');
    assert.equal(ask(hosts, 'f.test, f.test').fault, 'invalid');
    assert.equal(ask(hosts, 'f.test: 80').fault, 'invalid');
  });

  test('may be nearly anything with HttpProtocolOptions Unsafe', () => {
    for (const text of 'a_b a@b \u00e9 a,b 1.2.3 a*b f.test: f.test:x ::1 a:80:80 .a a"b a%41 ~'.split(' ')) {
      assert.equal(ask(hosts, text, { unsafe: true }).fault, undefined, text);
    }
    for (const text of 'a/b a\\b a..b f.test:99999 [xx] a..'.split(' ')) {
      assert.equal(ask(hosts, text, { unsafe: true }).fault, 'invalid', text);
    }
    assert.equal(ask(hosts, 'a b', { unsafe: true }).fault, undefined);
  });

  test('has to be there in HTTP/1.1, and only there', () => {
    assert.equal(ask(hosts, undefined).fault, 'missing');
    assert.equal(ask(hosts, '').fault, 'missing');
    assert.equal(ask(hosts, '', { unsafe: true }).fault, 'missing');
    assert.equal(ask(hosts, undefined, { version: 1000 }).fault, undefined);
    assert.equal(ask(hosts, '', { version: 1000 }).fault, undefined);
    assert.equal(ask(hosts, 'a b', { version: 1000 }).fault, 'invalid');
    assert.equal(ask(hosts, ':80', { version: 1000 }).fault, 'invalid');
  });

  test('never becomes part of a path of more than one segment, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('.', '/', '\\', 'a', '1', ':', '[', ']') }),
        fc.boolean(),
        (text, unsafe) => {
          const { hostName } = ask(hosts, text, { unsafe, version: 1000 });
          assert.ok(hostName === undefined || !/\.\.|[/\\]/.test(hostName), text);
        },
      ),
    );
  });
});
