// Origins against RFC 9110 §4.3.1 and the Host field against §7.2.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseHost } from '#src/http/host.js';
import { formatAuthority, parseOrigin, sameOrigin } from '#src/http/origin.js';

const scheme = fc.constantFrom('http' as const, 'https' as const);
const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
const port = fc.integer({ min: 0, max: 65_535 });

describe('formatAuthority', () => {
  test('makes a Host value and a URL that give back host and port', () => {
    fc.assert(
      fc.property(scheme, host, port, (aScheme, aHost, aPort) => {
        const authority = formatAuthority(aHost, aPort, aScheme);
        assert.notEqual(parseHost(authority), undefined);
        const parts = parseOrigin(`${aScheme}://${authority}/path?query`);
        const plain = new URL(`${aScheme}://${aHost.includes(':') ? `[${aHost}]` : aHost}`).hostname;
        assert.equal(parts?.port, aPort);
        assert.equal(parts?.scheme, aScheme);
        assert.equal(parts?.host, plain.replace(/^\[|\]$/g, ''));
      }),
    );
  });

  for (const [aHost, aPort, aScheme, authority] of [
    ['example.com', undefined, 'http', 'example.com'],
    ['example.com', 80, 'http', 'example.com'],
    ['example.com', 443, 'http', 'example.com:443'],
    ['example.com', 443, 'https', 'example.com'],
    ['::1', 8080, 'http', '[::1]:8080'],
    ['[::1]', 8080, 'http', '[::1]:8080'],
    ['::1', undefined, 'https', '[::1]'],
  ] as const) {
    test(`writes ${aHost} and ${aPort} of ${aScheme} as ${authority}`, () => {
      assert.equal(formatAuthority(aHost, aPort, aScheme), authority);
    });
  }
});

describe('parseOrigin', () => {
  test('has the origin that a URL says it has', () => {
    fc.assert(
      fc.property(fc.webUrl({ authoritySettings: { withPort: true, withUserInfo: true, withIPv6: true } }), (url) => {
        assert.equal(parseOrigin(url)?.origin, new URL(url).origin);
        assert.deepEqual(parseOrigin(new URL(url)), parseOrigin(url));
      }),
    );
  });

  test('leaves out user, path, query and the default port, and folds the host', () => {
    assert.deepEqual(parseOrigin('HTTPS://user:secret@EXAMPLE.com:443/path?query#fragment'), {
      origin: 'https://example.com',
      scheme: 'https',
      host: 'example.com',
      port: 443,
    });
  });

  test('gives an IPv6 host without brackets, as a socket takes it', () => {
    assert.deepEqual(parseOrigin('http://[::1]:8080/'), {
      origin: 'http://[::1]:8080',
      scheme: 'http',
      host: '::1',
      port: 8080,
    });
  });

  for (const url of [
    '',
    '/relative',
    'example.com',
    'http://',
    'http://a:65536/',
    'ftp://example.com/',
    'ws://a/',
    'data:,',
  ]) {
    test(`has none for ${JSON.stringify(url)}`, () => assert.equal(parseOrigin(url), undefined));
  }
});

describe('sameOrigin', () => {
  test('asks for the same scheme, host and port and for nothing else', () => {
    assert.equal(sameOrigin('http://a/x', new URL('http://A:80/y')), true);
    assert.equal(sameOrigin('http://a/', 'https://a/'), false);
    assert.equal(sameOrigin('http://a/', 'http://a:81/'), false);
    assert.equal(sameOrigin('http://a/', 'http://b/'), false);
  });

  test('is false for what has no origin, even for the same text', () => {
    assert.equal(sameOrigin('data:,', 'data:,'), false);
    assert.equal(sameOrigin('', ''), false);
  });
});
