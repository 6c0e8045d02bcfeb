// From URLs to origin, target, Host and Authorization.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OptionError } from '#src/errors.js';
import { parseHost } from '#src/http/host.js';
import { TargetResolver } from '#src/client/request/request-target.js';

const absolute = new TargetResolver(undefined);
const withBase = new TargetResolver(new URL('https://api.example.com/v1/'));

/** The message of the OptionError `url`. */
function refusal(resolver: TargetResolver, url: string | URL): string {
  let message = '';
  assert.throws(
    () => resolver.resolve(url),
    (error) => {
      assert.ok(error instanceof OptionError, String(error));
      assert.equal(error.option, 'url');
      ({ message } = error);
      return true;
    },
  );
  return message;
}

const anyUrl = fc.webUrl({
  validSchemes: ['http', 'https'],
  authoritySettings: { withPort: true, withUserInfo: true, withIPv4: true, withIPv6: true },
  withQueryParameters: true,
  withFragments: true,
});

describe('a URL', () => {
  test('has the target, the Host and the origin that the URL standard gives it, the first time and every time', () => {
    fc.assert(
      fc.property(fc.array(anyUrl, { minLength: 1, maxLength: 5 }), fc.boolean(), (urls, asObjects) => {
        const resolver = new TargetResolver(undefined);
        for (const text of [...urls, ...urls]) {
          const url = new URL(text);
          if (decodeURIComponent(url.username).includes(':')) continue;
          const { origin, target, url: shown, hostLine } = resolver.resolve(asObjects ? url : text);
          const hasEmptyQuery = url.search === '' && url.href.split('#', 1)[0]?.endsWith('?') === true;
          assert.equal(target, url.pathname + (hasEmptyQuery ? '?' : url.search));
          assert.equal(origin.origin, url.origin);
          assert.equal(shown, url.origin + target);
          assert.equal(hostLine, `Host: ${url.host}\r\n`);
          assert.notEqual(parseHost(url.host), undefined);
        }
      }),
    );
  });

  test('is parsed once: the second time it gives the same object', () => {
    for (const url of ['http://a.example/x?y', 'HTTP://A.example/../z', new URL('http://a.example/u')]) {
      assert.equal(absolute.resolve(url), absolute.resolve(url));
    }
  });

  test('shares the parts of its origin with the others of the same origin', () => {
    assert.equal(absolute.resolve('http://a.example/1').origin, absolute.resolve('http://A.EXAMPLE:80/2').origin);
  });

  test('is right after ever so many others', () => {
    const resolver = new TargetResolver(undefined);
    for (let i = 0; i < 2_000; i += 1) {
      const { target, hostLine } = resolver.resolve(`http://h${i % 700}.example/${i}`);
      assert.equal(`${hostLine}${target}`, `Host: h${i % 700}.example\r\n/${i}`);
    }
    assert.equal(resolver.resolve('http://h1.example/1').target, '/1');
  });

  for (const [url, target] of [
    ['http://a.example', '/'],
    ['http://a.example?q', '/?q'],
    ['http://a.example/x?#y', '/x?'],
    ['http://user:pass@a.example?#y', '/?'],
    ['http://a.example/#fragment', '/'],
    ['http://a.example/x#', '/x'],
    ['http://a.example/?q=%41#a?b', '/?q=%41'],
    ['http://a.example/b/../c/./d', '/c/d'],
    ['http://a.example/ä ö', '/%C3%A4%20%C3%B6'],
    [' http://a.example/x\r\ny\t ', '/xy'],
    ['http:\\\\a.example\\x', '/x'],
  ] as const) {
    test(`${JSON.stringify(url)} has the target ${target}`, () => {
      assert.equal(absolute.resolve(url).target, target);
    });
  }

  test('is refused where its scheme is another one', () => {
    for (const url of ['ftp://a.example/', 'file:///etc/passwd', 'data:,x', 'localhost:3000/x', 'ws://a.example/']) {
      assert.match(refusal(absolute, url), /^url: has the scheme '[a-z]+:', it must be http: or https:$/);
    }
  });

  test('is refused where it is none', () => {
    for (const url of ['http://', 'http://a b/', 'http://a:99999/', 'http://[::1/', 'https://exa%00mple/']) {
      assert.match(refusal(absolute, url), /^url: '.*' is no valid URL$/);
    }
    for (const url of [undefined, null, 5, {}, Symbol('url')]) {
      assert.match(refusal(absolute, url as never), /must be text or a URL$/);
    }
  });

  test('is refused where its host is none that a Host field can name', () => {
    for (const url of ['http://a"b/', 'http://a{b}/', 'http://a`b/'])
      assert.match(refusal(absolute, url), /has the host/);
  });
});

describe('a relative URL', () => {
  for (const [url, resolved] of [
    ['items?id=1', 'https://api.example.com/v1/items?id=1'],
    ['/items', 'https://api.example.com/items'],
    ['../x', 'https://api.example.com/x'],
    ['', 'https://api.example.com/v1/'],
    ['?a', 'https://api.example.com/v1/?a'],
    ['//other.example/y', 'https://other.example/y'],
    ['http://other.example/y', 'http://other.example/y'],
  ] as const) {
    test(`'${url}' resolves to ${resolved}`, () => {
      assert.equal(withBase.resolve(url).url, resolved);
      assert.equal(withBase.resolve(url).url, resolved);
    });
  }

  test('is refused without a base, and the error says what to do', () => {
    for (const url of ['/items', 'items', '', '?a', '//other.example/y']) {
      assert.match(refusal(absolute, url), /is relative: give an absolute URL, or the session a baseUrl/);
    }
  });
});

describe('user and password', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });

  test('become Basic in UTF-8, whatever characters they have, and stand in nothing else', () => {
    fc.assert(
      fc.property(text, text, (user, password) => {
        fc.pre(!user.includes(':') && user + password !== '');
        const url = new URL('http://a.example/path?query');
        url.username = encodeURIComponent(user);
        url.password = encodeURIComponent(password);
        const resolved = absolute.resolve(url.href);
        const { authorization = '' } = resolved;
        assert.equal(Buffer.from(authorization.slice('Basic '.length), 'base64').toString(), `${user}:${password}`);
        assert.deepEqual({ ...resolved, authorization: undefined }, absolute.resolve('http://a.example/path?query'));
      }),
    );
  });

  for (const [url, authorization] of [
    ['http://user:secret@a.example/', 'user:secret'],
    ['http://user@a.example/', 'user:'],
    ['http://:secret@a.example/', ':secret'],
    ['http://a%40b:c%3Ad@a.example/', 'a@b:c:d'],
    ['http://user:p%ff@a.example/', 'user:p\xff'],
  ] as const) {
    test(`${url} says ${JSON.stringify(authorization)}`, () => {
      const expected = `Basic ${Buffer.from(authorization, 'latin1').toString('base64')}`;
      assert.equal(absolute.resolve(url).authorization, expected);
      assert.equal(absolute.resolve(new URL(url)).authorization, expected);
    });
  }

  test('are none where both are empty', () => {
    assert.equal(absolute.resolve('http://@a.example/').authorization, undefined);
    assert.equal(absolute.resolve('http://:@a.example/').authorization, undefined);
  });

  test('are refused where the user has a colon, which Basic cannot say', () => {
    assert.match(refusal(absolute, 'http://a%3Ab:c@a.example/'), /colon in its user/);
  });

  test('are in no error', () => {
    for (const url of [
      'http://user:secret@a b/',
      'http://user:sec/secret@a.example:99999/',
      'ftp://user:secret@a.example/',
      'user:secret@a.example',
      '//user:secret@a.example/',
      'http://us%3Aer:secret@a.example/',
    ]) {
      assert.doesNotMatch(refusal(absolute, url), /secret/);
    }
  });
});

describe('the server as a whole', () => {
  test('is an asterisk at the origin of the base', () => {
    const { target, url, hostLine } = withBase.asterisk();
    assert.deepEqual([target, url, hostLine], ['*', 'https://api.example.com', 'Host: api.example.com\r\n']);
  });

  test('needs a base', () => {
    assert.throws(() => absolute.asterisk(), { name: 'OptionError', option: 'url' });
  });
});
