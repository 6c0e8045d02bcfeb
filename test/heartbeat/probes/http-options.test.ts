// What the probes of HTTP refuse, and in which words.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { http2Probe, httpProbe, OptionError, probeFor, webProbe } from '#src/heartbeat/index.js';
import type { HttpProbeOptions } from '#src/heartbeat/index.js';

const URL_TEXT = 'http://peer.test/';

const REFUSED: readonly (readonly [string, HttpProbeOptions, RegExp])[] = [
  ['an unknown name', { metod: 'GET' } as HttpProbeOptions, /^metod: .*did you mean method\?/],
  ['a method that is no token', { method: 'GE T' }, /^method: is 'GE T'/],
  ['CONNECT', { method: 'CONNECT' }, /^method: is 'CONNECT'/],
  ['a target with a line end', { target: '/\r\nX: y' }, /^target: /],
  ['* without OPTIONS', { target: '*' }, /^target: .*OPTIONS/],
  ['a target that is none', { target: 'health' }, /^target: is 'health'/],
  ['a field of framing', { headers: { 'Content-Length': '3' } }, /^headers\.content-length: /],
  ['a field of the connection', { headers: { connection: 'close' } }, /^headers\.connection: /],
  ['a field that cannot be said', { headers: { 'x-key': 'secret\r\nx: y' } }, /^headers: (?!.*secret)/],
  ['a status of 1xx', { expectStatus: 101 }, /^expectStatus: is 101/],
  ['a class that is none', { expectStatus: '1xx' as '2xx' }, /^expectStatus: is '1xx'/],
  ['no status at all', { expectStatus: [] }, /^expectStatus: is an empty list/],
  ['fewer than no bytes', { drainBytes: -1 }, /^drainBytes: is -1/],
  ['a socket that is no path', { socketPath: '' }, /^socketPath: is ''/],
  ['no time to connect', { connectTimeoutMs: 0 }, /^connectTimeoutMs: is 0/],
  ['a clock that is none', { clock: {} as never }, /^clock: is not a Clock/],
  ['an opener that is none', { opener: {} as never }, /^opener: is not a ConnectionOpener/],
  ['TLS that is none', { tls: 'yes' as never }, /^tls: is 'yes'/],
];

describe('the probes of HTTP', () => {
  for (const [what, options, words] of REFUSED) {
    test(`refuse ${what}`, () => {
      for (const probe of [httpProbe, webProbe]) {
        assert.throws(() => probe(URL_TEXT, options), { name: 'OptionError', message: words });
      }
    });
  }

  test('refuse what is no URL of HTTP, and never show what may be a password', () => {
    for (const url of ['peer.test', 'ftp://user:secret@peer.test/', 'http://user:secret@', 'http://peer.test:0/', '']) {
      for (const probe of [httpProbe, http2Probe, webProbe]) {
        assert.throws(
          () => probe(url),
          (error) => error instanceof OptionError && error.option === 'url' && !error.message.includes('secret'),
          url,
        );
      }
    }
    assert.throws(() => httpProbe('h2://peer.test/'), OptionError);
    assert.throws(() => httpProbe('http://a%3Ab:secret@peer.test/'), /has a colon in its user/);
  });

  test('refuse credentials that are given twice', () => {
    const options = { headers: { authorization: 'Bearer x' } };
    assert.throws(() => httpProbe('http://user:secret@peer.test/', options), /^OptionError: headers\.authorization: /);
    assert.doesNotThrow(() => httpProbe('http://peer.test/', options));
  });

  test('of HTTP/2 take no options of a request', () => {
    assert.throws(() => http2Probe('h2://peer.test', { method: 'GET' } as never), /^OptionError: method: /);
  });

  test('show URLs without user, password, query and fragment', () => {
    for (const [url, target, origin] of [
      ['https://u:p@PEER.test:443/a?b=c#d', 'https://peer.test/a', 'https://peer.test'],
      ['http://[::1]:8080', 'http://[::1]:8080/', 'http://[::1]:8080'],
      ['http://peer.test/@ada/1', 'http://peer.test/@ada/1', 'http://peer.test'],
      // The password should have had its / encoded, and the host is the user now.
      ['http://u:80/p@peer.test/a', 'http://u/…@peer.test/a', 'http://u'],
    ] as const) {
      const probe = httpProbe(url);
      assert.deepEqual([probe.target, probe.origin], [target, origin]);
    }
    const probe = http2Probe('H2://u:p@Peer.test:8443');
    assert.deepEqual([probe.target, probe.origin], ['h2://peer.test:8443/', 'https://peer.test:8443']);
  });

  test('are found by the scheme of a URL, and show it as it was given', () => {
    for (const [url, origin] of [
      ['http://peer.test/a', 'http://peer.test'],
      ['https://peer.test/', 'https://peer.test'],
      ['h2://peer.test/', 'https://peer.test'],
      ['h2c://peer.test:8080/', 'http://peer.test:8080'],
    ] as const) {
      const probe = probeFor(url);
      assert.deepEqual([probe.target, probe.origin], [url, origin]);
    }
    for (const scheme of ['http', 'https', 'h2', 'h2c']) {
      assert.throws(() => probeFor(`${scheme}://user:secret@`), /^OptionError: url: (?!.*secret)/);
    }
  });
});
