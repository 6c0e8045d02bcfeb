// Which proxy a request goes through, as the option and the environment say it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OptionError } from '#src/errors.js';
import { describeProxy, rulesOfEnvironment, rulesOfProxy } from '#src/client/proxy/proxy-rules.js';
import { parseOrigin } from '#src/http/origin.js';
import type { Environment } from '#src/io/index.js';

/** The proxy for http and for https in that environment, each with the variable that named it. */
function proxies(environment: Environment): (string | undefined)[] {
  const rules = rulesOfEnvironment(environment);
  return ['http://a.test/', 'https://a.test/'].map((url) => {
    const server = rules?.(parseOrigin(url)!);
    return server && `${server.parts.origin} ${server.source}`;
  });
}

const P = 'http://p.test:3128';

describe('the environment names', () => {
  for (const [what, environment, expected] of [
    ['no proxy', {}, [undefined, undefined]],
    ['one for http', { http_proxy: P }, [`${P} http_proxy`, undefined]],
    ['one for http in capitals', { HTTP_PROXY: P }, [`${P} HTTP_PROXY`, undefined]],
    ['none in capitals within CGI', { HTTP_PROXY: P, REQUEST_METHOD: 'GET' }, [undefined, undefined]],
    ['one for http within CGI', { http_proxy: P, REQUEST_METHOD: 'GET' }, [`${P} http_proxy`, undefined]],
    ['one for https', { HTTPS_PROXY: P }, [undefined, `${P} HTTPS_PROXY`]],
    ['the one in lower case first', { HTTPS_PROXY: 'http://q', https_proxy: P }, [undefined, `${P} https_proxy`]],
    ['one for all', { ALL_PROXY: P }, [`${P} ALL_PROXY`, `${P} ALL_PROXY`]],
    ['one for the rest', { all_proxy: P, http_proxy: 'http://q' }, ['http://q http_proxy', `${P} all_proxy`]],
    ['none for http by saying nothing', { ALL_PROXY: P, http_proxy: ' ' }, [undefined, `${P} ALL_PROXY`]],
    ['one without a scheme', { ALL_PROXY: 'p.test:3128' }, [`${P} ALL_PROXY`, `${P} ALL_PROXY`]],
    [
      'one that is not used, and may be anything',
      { ALL_PROXY: 'socks5://x', http_proxy: P, https_proxy: P },
      [`${P} http_proxy`, `${P} https_proxy`],
    ],
    ['the hosts without', { ALL_PROXY: P, NO_PROXY: 'a.test:443' }, [`${P} ALL_PROXY`, undefined]],
    [
      'the hosts without in lower case first',
      { ALL_PROXY: P, NO_PROXY: '*', no_proxy: '' },
      [`${P} ALL_PROXY`, `${P} ALL_PROXY`],
    ],
  ] as const) {
    test(what, () => assert.deepEqual(proxies(environment), expected));
  }
});

describe('a proxy', () => {
  test('is for every request where the option names it', () => {
    const rules = rulesOfProxy(new URL('https://p.test'));
    for (const url of ['http://a.test/', 'https://localhost/']) {
      const server = rules(parseOrigin(url)!);
      assert.deepEqual(server?.parts, { origin: 'https://p.test', scheme: 'https', host: 'p.test', port: 443 });
      assert.equal(describeProxy(server), 'the proxy https://p.test (option proxy)');
    }
  });

  test('has the credentials of its URL, which are not shown', () => {
    const server = rulesOfProxy('http://us%C3%A9r:s%3Acret@p.test:1')(parseOrigin('http://a.test')!)!;
    assert.equal(server.authorization, `Basic ${Buffer.from('usér:s:cret').toString('base64')}`);
    assert.equal(describeProxy(server), 'the proxy http://p.test:1 (option proxy)');
    assert.equal(rulesOfProxy('http://p')(parseOrigin('http://a.test')!)!.authorization, undefined);
  });

  test('is refused where it is none, by the option and the variable, and without its password', () => {
    for (const [url, message] of [
      ['', /proxy: is no URL/],
      ['http://', /is no URL/],
      ['http://user:secret@p:99999', /is no URL/],
      ['socks5://user:secret@p:1080', /proxy: has the scheme 'socks5:', it must be http: or https:$/],
      ['http://user:secret@p/x', /has a path/],
      ['http://user:secret@p/?x', /has a path/],
      ['http://a%3Ab:secret@p/', /has a colon in its user/],
    ] as const) {
      const isRefused = (error: unknown): boolean => {
        assert.ok(error instanceof OptionError && error.option === 'proxy');
        assert.doesNotMatch(error.message, /secret/);
        return true;
      };
      assert.throws(() => rulesOfProxy(url), message);
      assert.throws(() => rulesOfProxy(url), isRefused);
      if (url !== '') assert.throws(() => rulesOfEnvironment({ https_proxy: url }), isRefused);
    }
    assert.throws(
      () => rulesOfEnvironment({ ALL_PROXY: 'socks5h://p' }),
      /^OptionError.*proxy: ALL_PROXY has the scheme/,
    );
  });
});
