// Who the client is behind proxies: nobody who is not trusted can say it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { resolveClient } from '#src/server/request/client-view.js';
import { isTrusted, resolveTrust } from '#src/server/options/trust.js';
import type { TrustOptions } from '#src/server/options/trust.js';
import type { ClientInfo } from '#src/trace.js';

const PROXY = '10.0.0.1:40000';

function resolve(
  trust: Omit<TrustOptions, 'proxies'> | undefined,
  remote: string,
  fields: Record<string, string>,
): ClientInfo {
  return resolveClient(trust && resolveTrust({ proxies: ['10.0.0.0/8', 'fd00::/8'], ...trust }), {
    remote,
    protocol: 'http',
    host: 'inside:8080',
    field: (name) => fields[name],
  });
}

const legacy = (remote: string, fields: Record<string, string>): ClientInfo =>
  resolve({ forwarded: true }, remote, fields);
const standard = (remote: string, forwarded: string): ClientInfo =>
  resolve({ forwarded: 'forwarded' }, remote, { forwarded });

describe('without trust', () => {
  test('the client is the other end of the connection, whatever it says', () => {
    const fields = { 'x-forwarded-for': '192.0.2.9', forwarded: 'for=192.0.2.9', 'x-forwarded-proto': 'https' };
    const expected = { address: '10.0.0.1', port: 40_000, protocol: 'http', host: 'inside:8080' };
    assert.deepEqual(resolve(undefined, PROXY, fields), expected);
    assert.deepEqual(resolve({ proxyProtocol: true }, PROXY, fields), expected);
    assert.equal(resolve(undefined, '[2001:db8::1]:5', {}).address, '2001:db8::1');
  });
});

describe('the fields of a trusted proxy', () => {
  test('name the client, its scheme and its host', () => {
    assert.deepEqual(standard(PROXY, 'for="[2001:db8::1]:4711";proto=https;host=a.example'), {
      address: '2001:db8::1',
      port: 4_711,
      protocol: 'https',
      host: 'a.example',
    });
    assert.deepEqual(legacy(PROXY, { 'x-forwarded-for': '192.0.2.9', 'x-forwarded-proto': 'https' }), {
      address: '192.0.2.9',
      protocol: 'https',
      host: 'inside:8080',
    });
  });

  test('are followed from the right to the first address that is no proxy', () => {
    assert.equal(
      legacy(PROXY, { 'x-forwarded-for': '198.51.100.1, 192.0.2.9, 10.0.0.3, fd00::1' }).address,
      '192.0.2.9',
    );
    assert.equal(standard(PROXY, 'for=198.51.100.1, for=192.0.2.9, for=10.0.0.3').address, '192.0.2.9');
  });

  test('that name proxies only end at the first of them', () => {
    assert.equal(legacy(PROXY, { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }).address, '10.0.0.3');
  });

  test('say of the scheme what the outermost proxy said', () => {
    const fields = { 'x-forwarded-for': '192.0.2.9, 10.0.0.3', 'x-forwarded-proto': 'http, https, http' };
    assert.equal(legacy(PROXY, fields).protocol, 'https', 'the first value came from the client');
    assert.equal(
      standard(PROXY, 'for=1.1.1.1;proto=http, for=192.0.2.9;proto=https, for=10.0.0.3;proto=http').protocol,
      'https',
    );
  });

  test('that are hidden or broken end the way, and what is left of them is not believed', () => {
    for (const hole of ['unknown', '_x', 'nonsense', '"', '1.2.3.4.5', '192.0.2.1:99999']) {
      assert.equal(legacy(PROXY, { 'x-forwarded-for': `192.0.2.9, ${hole}, 10.0.0.3` }).address, '10.0.0.3');
      assert.equal(standard(PROXY, `for=192.0.2.9, for=${hole}, for=10.0.0.3`).address, '10.0.0.3');
    }
  });

  test('are those of one family: the other passes through proxies that do not know it', () => {
    assert.equal(legacy(PROXY, { forwarded: 'for=192.0.2.9' }).address, '10.0.0.1');
    assert.equal(resolve({ forwarded: 'forwarded' }, PROXY, { 'x-forwarded-for': '192.0.2.9' }).address, '10.0.0.1');
  });

  test('say the host in X-Forwarded-Host only where that is asked for', () => {
    const fields = { 'x-forwarded-for': '192.0.2.9', 'x-forwarded-host': 'a.example' };
    assert.equal(legacy(PROXY, fields).host, 'inside:8080');
    assert.equal(resolve({ forwarded: true, forwardedHost: true }, PROXY, fields).host, 'a.example');
  });
});

const FIELD_NAMES = ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'];
const PIECES = fc.constantFrom(
  'for=',
  '10.0.0.2',
  '192.0.2.9',
  '::1',
  'fd00::2',
  ',',
  ';',
  '"',
  '\\',
  ' ',
  'proto=https',
  'host=evil',
  ':',
  '[',
  ']',
  'unknown',
  '\xff',
  '=',
);
const TEXT = fc.array(PIECES, { maxLength: 30 }).map((all) => all.join(''));
const TRUSTS = fc.constantFrom<Omit<TrustOptions, 'proxies'>>(
  { forwarded: 'forwarded' },
  { forwarded: true, forwardedHost: true },
);

test('whatever an untrusted peer sends changes nothing', () => {
  fc.assert(
    fc.property(TRUSTS, fc.dictionary(fc.constantFrom(...FIELD_NAMES), TEXT), (trust, fields) => {
      assert.deepEqual(resolve(trust, '192.0.2.1:5', fields), {
        address: '192.0.2.1',
        port: 5,
        protocol: 'http',
        host: 'inside:8080',
      });
    }),
  );
});

test('whatever a client sends through a proxy that adds its address changes neither that nor its scheme', () => {
  fc.assert(
    fc.property(TEXT, TEXT, (first, second) => {
      const client = legacy(PROXY, {
        'x-forwarded-for': `${first}, 192.0.2.1`,
        'x-forwarded-proto': `${second}, https`,
      });
      assert.deepEqual([client.address, client.protocol], ['192.0.2.1', 'https']);
      const other = standard(PROXY, `${first},for=192.0.2.1;proto=https;host=a`);
      assert.deepEqual(other, { address: '192.0.2.1', protocol: 'https', host: 'a' });
    }),
    { numRuns: 1_000 },
  );
});

test('whatever a trusted proxy passes on, the result is an address, a scheme that is served and a host for a URL', () => {
  fc.assert(
    fc.property(TRUSTS, fc.dictionary(fc.constantFrom(...FIELD_NAMES), TEXT), (trust, fields) => {
      const client = resolve(trust, PROXY, fields);
      assert.match(client.address, /^[\da-f:.]+$/);
      assert.ok(URL.canParse(`${client.protocol}://${client.host}/`), client.host);
    }),
    { numRuns: 1_000 },
  );
});

test('a way through hundreds of proxies is followed no further than 32 of them', () => {
  const fields = { 'x-forwarded-for': ['192.0.2.9', ...Array.from({ length: 1_000 }, () => '10.0.0.2')].join(', ') };
  assert.equal(legacy(PROXY, fields).address, '10.0.0.2');
});

describe('the option trust', () => {
  test('knows ranges by name', () => {
    const trust = resolveTrust({ proxies: ['loopback', 'private', 'linkLocal'], forwarded: true })!;
    for (const address of [
      '127.0.0.2',
      '::1',
      '::ffff:10.1.2.3',
      '192.168.3.4',
      '172.31.0.1',
      '100.64.0.1',
      'fd12::1',
      'fe80::1',
      '169.254.1.1',
    ])
      assert.ok(isTrusted(trust, address), address);
    for (const address of ['8.8.8.8', '172.32.0.1', '2001:db8::1', '', 'localhost', '::2'])
      assert.ok(!isTrusted(trust, address), address);
  });

  for (const [option, trust] of Object.entries({
    trust: [],
    'trust.proxies': { proxies: [], forwarded: true },
    'trust.forwarded': { proxies: ['::1'], forwarded: 'both' },
    'trust.forwardedHost': { proxies: ['::1'], forwarded: 'forwarded', forwardedHost: true },
    'trust.proxyProtocol': { proxies: ['::1'], proxyProtocol: 'v2' },
    'trust.proxy': { proxy: ['::1'] },
  })) {
    test(`is refused by the name of ${option}`, () => {
      assert.throws(
        () => resolveTrust(trust as unknown as TrustOptions),
        (error) => error instanceof OptionError && error.option === option,
      );
    });
  }

  test('an empty list of proxies is told as one', () => {
    assert.throws(() => resolveTrust({ proxies: [], forwarded: true }), /trust\.proxies: is empty, it must be a list/);
  });

  test('is refused where an address is none, and where there is nothing to believe', () => {
    for (const text of ['10.0.0.0/33', 'all', 'constructor', '10.0.0.1:80', 5])
      assert.throws(() => resolveTrust({ proxies: [text as string], forwarded: true }), /trust\.proxies: has /);
    assert.throws(() => resolveTrust({ proxies: ['::1'] }), /does nothing/);
  });
});
