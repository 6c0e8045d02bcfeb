// The example site behind `perdura serve`, as `npm start` serves it: every link, every representation, and nothing outside of it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { PerduraProcess } from '../cli/perdura-process.ts';
import { rawExchange } from '../support/raw-client.ts';
import type { ReceivedAnswer } from './read-answers.ts';
import { SiteClient } from './site-client.ts';

const LIMIT = { timeout: 60_000 };
// Compiled, this file is build/test/integration/static-site.test.js.
const root = path.resolve(import.meta.dirname, '../../..');
const site = path.join(root, 'examples/site');

let perdura: PerduraProcess;
let port = 0;
before(async () => {
  perdura = new PerduraProcess(['serve', site, '--port', '0', '--access-log', '-']);
  port = Number((await perdura.url()).port);
});
after(() => perdura[Symbol.asyncDispose]());

/** What a page, style sheet, module or manifest refers to, as written. */
function findReferences(type: string, text: string): string[] {
  const patterns: Readonly<Record<string, readonly RegExp[]>> = {
    'text/html': [/\s(?:href|src)="([^"]*)"/g],
    'text/css': [/url\(["']?([^"')]+)/g, /@import\s+["']([^"']+)/g],
    'text/javascript': [/(?:import|from)\s+'([^']+)'/g],
    'application/manifest+json': [/"src":\s*"([^"]+)"/g],
  };
  return (patterns[type] ?? []).flatMap((pattern) => Array.from(text.matchAll(pattern), (match) => match[1]!));
}

const typeOf = (answer: ReceivedAnswer): string => /^[^;]*/.exec(answer.fields.get('content-type') ?? '')![0];

describe('every link of the example site', () => {
  test('answers 200 over one connection, and every fragment is there', LIMIT, async () => {
    using client = await SiteClient.connect(port);
    const answers = new Map<string, ReceivedAnswer>();
    const fragments: { from: string; path: string; id: string }[] = [];
    const queue = ['/'];
    for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
      if (answers.has(target)) continue;
      const answer = await client.ask('GET', target);
      assert.equal(answer.status, 200, target);
      assert.equal(answer.fields.get('connection'), 'keep-alive', target);
      answers.set(target, answer);
      const base = new URL(target, 'http://site.test/');
      for (const reference of findReferences(typeOf(answer), answer.body)) {
        const url = new URL(reference.replaceAll('&amp;', '&'), base);
        if (url.host !== base.host) continue;
        queue.push(url.pathname);
        if (url.hash !== '')
          fragments.push({ from: target, path: url.pathname, id: decodeURIComponent(url.hash.slice(1)) });
      }
    }
    for (const { from, path: to, id } of fragments) {
      assert.match(answers.get(to)!.body, new RegExp(`\\sid="${id}"`), `${from} → ${to}#${id}`);
    }
    // In the access log, the first connection has all of them.
    const count = answers.size;
    assert.ok(count > 40, `${count} resources`);
    await perdura.printed(new RegExp(` conn=1 req=${count} \\+ `));
    assert.doesNotMatch(perdura.stdout, / conn=2 /);
    const pages = (await readdir(site, { recursive: true })).filter(
      (file) => file.endsWith('.html') && file !== '404.html',
    );
    const reached = new Set([...answers.keys()].map((name) => (name.endsWith('/') ? `${name}index.html` : name)));
    assert.deepEqual(
      pages.filter((page) => !reached.has(`/${page}`)),
      [],
      'pages that no link leads to',
    );
  });
});

describe('a file of the example site', () => {
  const targets = [
    '/',
    '/es/',
    '/css/layout.css',
    '/js/lab-model.js',
    '/img/icon-512.png',
    '/img/hero.svg',
    '/glossary.txt',
  ];

  test('is not sent again to a client that has it', LIMIT, async () => {
    using client = await SiteClient.connect(port);
    for (const target of targets) {
      const { fields } = await client.ask('GET', target);
      const etag = fields.get('etag')!;
      const modified = fields.get('last-modified')!;
      for (const condition of [
        { 'If-None-Match': etag },
        { 'If-None-Match': `"other", ${etag}` },
        { 'If-Modified-Since': modified },
      ]) {
        const answer = await client.ask('GET', target, condition);
        assert.equal(answer.status, 304, `${target} ${JSON.stringify(condition)}`);
        assert.equal(answer.body, '');
        assert.equal(answer.fields.get('etag'), etag);
      }
      assert.equal((await client.ask('GET', target, { 'If-None-Match': '"other"' })).status, 200);
      assert.equal((await client.ask('GET', target, { 'If-Match': '"other"' })).status, 412);
    }
  });

  test('has the same fields for HEAD as for GET, whatever is asked for', LIMIT, async () => {
    using client = await SiteClient.connect(port);
    const withoutDate = ({ status, fields }: ReceivedAnswer): unknown => {
      const rest = new Map(fields);
      rest.delete('date');
      return { status, rest };
    };
    for (const target of [...targets, '/missing', '/es']) {
      for (const fields of [{}, { 'Accept-Encoding': 'br' }, { 'Accept-Encoding': 'gzip' }, { 'If-None-Match': '*' }]) {
        const got = await client.ask('GET', target, fields);
        const head = await client.ask('HEAD', target, fields);
        assert.deepEqual(withoutDate(head), withoutDate(got), `${target} ${JSON.stringify(fields)}`);
      }
    }
  });

  test('is sent in the ranges that are asked for', LIMIT, async () => {
    using client = await SiteClient.connect(port);
    const target = '/img/icon-512.png';
    const whole = await client.ask('GET', target);
    const size = whole.body.length;
    assert.equal(whole.fields.get('accept-ranges'), 'bytes');
    for (const [range, first, last] of [
      ['bytes=0-99', 0, 99],
      ['bytes=100-', 100, size - 1],
      ['bytes=-100', size - 100, size - 1],
      [`bytes=${size - 1}-${size + 1_000}`, size - 1, size - 1],
    ] as const) {
      const part = await client.ask('GET', target, { Range: range });
      assert.equal(part.status, 206, range);
      assert.equal(part.fields.get('content-range'), `bytes ${first}-${last}/${size}`);
      assert.equal(part.body, whole.body.slice(first, last + 1));
    }
    const beyond = await client.ask('GET', target, { Range: `bytes=${size}-` });
    assert.equal(beyond.status, 416);
    assert.equal(beyond.fields.get('content-range'), `bytes */${size}`);
    const changed = await client.ask('GET', target, { Range: 'bytes=0-99', 'If-Range': '"other"' });
    assert.equal(changed.status, 200);
    assert.equal(changed.body, whole.body);
  });

  test('that is not there is answered with the page for that, and the connection goes on', LIMIT, async () => {
    using client = await SiteClient.connect(port);
    const answer = await client.ask('GET', '/missing.html');
    assert.equal(answer.status, 404);
    assert.equal(answer.body, await readFile(path.join(site, '404.html'), 'latin1'));
    assert.equal(answer.closes, false);
    assert.equal((await client.ask('GET', '/robots.txt')).status, 200);
  });
});

describe('precompressed files', () => {
  const codings = {
    br: { suffix: '.br', decode: brotliDecompressSync },
    gzip: { suffix: '.gz', decode: gunzipSync },
  } as const;

  test('hold exactly their originals', LIMIT, async () => {
    const files = await readdir(site, { recursive: true });
    for (const { suffix, decode } of Object.values(codings)) {
      const compressed = files.filter((file) => file.endsWith(suffix)).toSorted();
      assert.deepEqual(
        compressed,
        ['css/layout.css', 'es/index.html', 'js/lab-model.js'].map((file) => file + suffix),
      );
      for (const file of compressed) {
        const original = await readFile(path.join(site, file.slice(0, -suffix.length)));
        assert.ok(decode(await readFile(path.join(site, file))).equals(original), file);
      }
    }
  });

  test('are sent where the client takes them, brotli first, and say that the answer varies', LIMIT, async () => {
    using client = await SiteClient.connect(port);
    for (const target of ['/css/layout.css', '/es/', '/es/index.html', '/js/lab-model.js']) {
      const original = await client.ask('GET', target);
      assert.equal(original.fields.get('content-encoding'), undefined);
      const etags = new Set([original.fields.get('etag')]);
      for (const [accepted, coding] of [
        ['gzip, deflate, br', 'br'],
        ['br', 'br'],
        ['gzip', 'gzip'],
        ['gzip, br;q=0', 'gzip'],
      ] as const) {
        const answer = await client.ask('GET', target, { 'Accept-Encoding': accepted });
        assert.equal(answer.fields.get('content-encoding'), coding, `${target} for ${accepted}`);
        assert.match(answer.fields.get('vary') ?? '', /accept-encoding/i);
        assert.equal(answer.fields.get('content-type'), original.fields.get('content-type'));
        assert.equal(codings[coding].decode(Buffer.from(answer.body, 'latin1')).toString('latin1'), original.body);
        etags.add(answer.fields.get('etag'));
      }
      assert.equal(etags.size, 3, 'each representation has its own entity tag');
    }
  });
});

describe('what lies outside of the site', () => {
  const climbs = [
    '/../../package.json',
    '/en/../../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/%2E%2E%2F%2E%2E%2Fpackage.json',
    '/..%2f..%2fpackage.json',
    '/%252e%252e/%252e%252e/package.json',
    '/%252e%252e%252f%252e%252e%252fpackage.json',
    '/..\\..\\package.json',
    '/..%5c..%5cpackage.json',
    '/%c0%ae%c0%ae/%c0%ae%c0%ae/package.json',
    '/%uff0e%uff0e/package.json',
    '/..;/..;/package.json',
    '/....//....//package.json',
    '/.%00./.%00./package.json',
    '/en/index.html%00.png',
    '/%00',
    '//etc/passwd',
    '/%2fetc/passwd',
    '/%2f%2fetc%2fpasswd',
    '/file:///etc/passwd',
    'http://127.0.0.1/../../package.json',
    'http://127.0.0.1/%2e%2e/%2e%2e/package.json',
    'http://127.0.0.1/..%2f..%2fpackage.json',
    'http://127.0.0.1//etc/passwd',
    'http://127.0.0.1\\..\\..\\package.json',
    'file:///etc/passwd',
    '../../package.json',
    'package.json',
    '?/../../package.json',
    '/.htaccess',
    '/.git/config',
    '/.%67it/config',
  ];
  for (const target of climbs) {
    test(`is refused to GET ${target}`, LIMIT, async () => {
      const head = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
      const { bytes, ended } = await rawExchange(port, [head], { timeoutMs: 20_000 });
      assert.match(bytes, /^HTTP\/1\.1 40[04] /);
      assert.doesNotMatch(bytes, /"name": "perdura"|root:|<html lang="en">[^]*chapters/);
      assert.equal(ended, 'fin');
    });
  }

  test('leaves the server as it was', LIMIT, async () => {
    using client = await SiteClient.connect(port);
    assert.equal((await client.ask('GET', '/')).status, 200);
    assert.equal(perdura.stderr, '');
  });
});
