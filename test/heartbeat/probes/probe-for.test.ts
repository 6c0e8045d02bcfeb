// Which probe a URL gets, what is refused and in which words, and that no password is ever told.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  OptionError,
  PROBE_SCHEMES,
  probeFor,
  redisProbe,
  sendExpectProbe,
  smtpProbe,
  tcpProbe,
} from '#src/heartbeat/index.js';
import type { ProbeForOptions } from '#src/heartbeat/index.js';
import { MemoryOpener } from '../../client/memory-opener.ts';

/** The schemes of this file's neighbours, with their default ports; other protocols have tests of their own. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  redis: 6379,
  rediss: 6379,
  memcached: 11_211,
  memcacheds: 11_211,
  smtp: 25,
  smtps: 465,
  ftp: 21,
  ftps: 990,
  imap: 143,
  imaps: 993,
  pop3: 110,
  pop3s: 995,
};

const isTls = (scheme: string): boolean => scheme !== 'redis' && scheme.endsWith('s');

describe('the probe for a URL', () => {
  for (const [scheme, port] of Object.entries(DEFAULT_PORTS)) {
    test(`${scheme}: connects to port ${port}, ${isTls(scheme) ? 'over TLS' : 'in clear'}, unless told otherwise`, async () => {
      const opener = new MemoryOpener(() => {});
      for (const [url, host, expected] of [
        [`${scheme}://cache.example`, 'cache.example', port],
        [`${scheme}://[::1]:7`, '::1', 7],
      ] as const) {
        const probe = probeFor(url, { opener });
        const controller = new AbortController();
        const sent = probe.send(controller.signal);
        await Promise.resolve();
        const { target } = opener.connections.at(-1) ?? assert.fail();
        assert.deepEqual([target.host, target.port, target.scheme], [host, expected, isTls(scheme) ? 'https' : 'http']);
        assert.equal(probe.target, `${scheme}://${host === '::1' ? '[::1]' : host}:${expected}`);
        controller.abort();
        await assert.rejects(sent);
      }
    });
  }

  test('shows no query, whatever the scheme, nor what may be the rest of a password', () => {
    for (const scheme of ['http', 'https', 'h2', 'h2c', 'sse+http', 'sse+https', 'ws', 'wss']) {
      assert.equal(probeFor(`${scheme}://ada:s3cret@h:81/a/b?token=s3cret`).target, `${scheme}://h:81/a/b`);
      assert.equal(probeFor(`${scheme}://ada:81/s3cret@h/b`).target, `${scheme}://ada:81/…@h/b`);
    }
    assert.equal(probeFor('postgres://h/shop?user=ada&password=s3cret').target, 'postgres://h:5432/shop');
  });

  test('says where each signal is a connection of its own', () => {
    const keeps = (url: string): boolean => probeFor(url).keepsConnection ?? true;
    for (const url of ['tcp://h:1', 'tls://h:1', 'postgres://h', 'postgresql://h/shop'])
      assert.equal(keeps(url), false);
    for (const url of ['http://h', 'wss://h', 'redis://h', 'mqtt://h', 'postgres://ada@h', 'postgres://h?user=ada']) {
      assert.equal(keeps(url), true, url);
    }
    assert.equal(tcpProbe('h:1', { hold: true }).keepsConnection ?? true, true);
  });

  test('is in the list of schemes, and in the documentation', () => {
    const pages = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/probes.md'), 'utf8');
    assert.deepEqual(
      Object.keys(PROBE_SCHEMES).filter((scheme) => !pages.includes(`\`${scheme}:`)),
      [],
    );
    for (const scheme of Object.keys(DEFAULT_PORTS)) assert.ok((PROBE_SCHEMES[scheme] ?? '').length > 5, scheme);
  });
});

/** What is refused, and the words. */
const REFUSALS: readonly (readonly [() => unknown, RegExp])[] = [
  [() => probeFor('localhost:6379'), /^target: has no scheme; write it as a URL, e\.g\. tcp:\/\/host:port$/],
  [() => probeFor('reddis://h'), /^target: has the scheme reddis:, there are .*\btcp, .*; did you mean redis:\/\/\?$/],
  [() => probeFor('gopher://h'), /^target: has the scheme gopher:, there are [^;]*\btcp, [^;]*$/],
  [() => probeFor('constructor://h'), /^target: has the scheme constructor:/],
  [() => probeFor(7 as unknown as string), /^target: is 7, it must be a URL$/],
  [() => probeFor('tcp://h'), /^target: has no port; write it as tcp:\/\/host:port$/],
  [() => probeFor('tcp://h:0'), /^target: has the port 0, to which nothing can be sent$/],
  [() => probeFor('tcp://h:99999'), /^target: is no URL; write it as tcp:\/\/host:port$/],
  [() => probeFor('tcp://:80'), /^target: is no URL/],
  [() => probeFor('redis://'), /^target: has no host; write it as redis:\/\/host$/],
  [
    () => probeFor('redis://h/0/x'),
    /^target: has a path, which makes no sense with redis:; in a user or a password write \/ as %2F, /,
  ],
  [() => probeFor('imap://h/INBOX'), /^target: has a path, which makes no sense with imap:; (?!.*INBOX)/],
  [() => probeFor('smtp://h?x=1'), /^target: has a query or a fragment, which makes no sense with smtp:; /],
  [
    () => probeFor('smtp://ada:s3cret@h'),
    /^target: has a user or a password, but this probe of smtp: does not log in$/,
  ],
  [() => probeFor('redis://ada:1234/s3cret@h'), /^target: has a path, .* write \/ as %2F, /],
  [() => probeFor('redis://ada:1234?s3cret@h'), /^target: has a query or a fragment, .* write .* \? as %3F/],
  [() => probeFor('tcp://ada/s3cret@h'), /^target: has no port/],
  [() => probeFor('ftp://ada:s3%@h'), /^target: has a user or a password that is not percent-encoded/],
  [() => probeFor('ftp://ada:s3%0d%0aDELE x@h'), /^target: has a line break in its user or password$/],
  [
    () => probeFor('redis://h', { header: {} } as ProbeForOptions),
    /^header: is not the name of an option; did you mean headers\?$/,
  ],
  [() => probeFor('redis://h', { connectTimeoutMs: 0 }), /^connectTimeoutMs: is 0/],
  [() => probeFor('rediss://h', { tls: { minVersion: 'no' } }), /^tls/],
  [() => redisProbe('smtp://h'), /^target: begins with smtp:, it must begin with redis: or rediss:$/],
  [() => redisProbe('redis://h', { maxReplyBytes: 0 }), /^maxReplyBytes: is 0/],
  [() => smtpProbe('smtp://h', { clientName: 'me\r\nRSET' }), /^clientName: is 'me\r\nRSET', it must be a domain name/],
  [() => tcpProbe({ host: '', port: 1 }), /^target\.host: is '', it must be a name or an address$/],
  [() => tcpProbe({ host: 'h', port: 65_536 }), /^target\.port: is 65536/],
  [() => tcpProbe('h:1', { keepAlive: { idleMs: 1 } }), /^keepAlive: makes no sense without hold: true$/],
  [() => tcpProbe('h:1', { hold: true, keepAlive: { idleMs: 0 } }), /^keepAlive\.idleMs: is 0/],
  [() => tcpProbe('redis://h:1'), /^target: begins with redis:, it must begin with tcp: or tls:$/],
  [() => sendExpectProbe('h:1', { send: 'x', expect: '' }), /^expect: is empty/],
  [
    () => sendExpectProbe('h:1', { send: 'x', expect: 7 as unknown as string }),
    /^expect: is 7, it must be a text, bytes/,
  ],
  [
    () => sendExpectProbe('h:1', { send: 7 as unknown as string, expect: 'x' }),
    /^send: is 7, it must be a text or bytes$/,
  ],
  [
    () => sendExpectProbe('h:1', { send: 'x', expect: 'x', opening: 'x' as never }),
    /^opening: is 'x', it must be a list$/,
  ],
];

describe('a target or an option that makes no sense', () => {
  for (const [make, message] of REFUSALS) {
    test(`is refused in words: ${String(message)}`, () => {
      assert.throws(make, (error) => {
        assert.ok(error instanceof OptionError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /s3|ada/);
        return true;
      });
    });
  }

  test('is never quoted with its password, and a good one has it nowhere but on the wire', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12}$/).map((text) => `Zq${text}`);
    const url = fc.tuple(
      fc.constantFrom(...Object.keys(DEFAULT_PORTS), 'tcp', 'http', 'x'),
      secret,
      fc.constantFrom('h', 'h:0', 'h:x', '', 'h/%zz', 'h:7/p?q', '[::1]', '%'),
    );
    fc.assert(
      fc.property(url, ([scheme, password, rest]) => {
        let told: string;
        try {
          told = JSON.stringify(probeFor(`${scheme}://u:${password}@${rest}`));
        } catch (error) {
          told = `${(error as Error).stack}`;
        }
        assert.ok(!told.includes(password), told);
      }),
    );
  });
});
