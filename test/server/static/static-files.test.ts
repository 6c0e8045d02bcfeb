// What a client sees of a folder: methods, fields, conditions, ranges, codings, folders, error pages.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatHttpDate } from '#src/http/date.js';
import { staticFiles } from '#src/server/static/index.js';
import { asking, makeSite, MODIFIED_MS, readBody, serveCounted, type SeenAnswer } from './temporary-site.js';

const MODIFIED = formatHttpDate(MODIFIED_MS);

function fieldsOf(answer: SeenAnswer): Record<string, string> {
  return Object.fromEntries(answer.headers);
}

describe('GET', () => {
  it('sends the bytes with everything that a cache and a browser need', async (test) => {
    const site = await makeSite(test, { 'a.txt': '0123456789' });
    const answer = await asking(staticFiles(site.root))('/a.txt');
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), '0123456789');
    assert.deepEqual(fieldsOf(answer), {
      'accept-ranges': 'bytes',
      'content-length': '10',
      'content-type': 'text/plain; charset=utf-8',
      etag: `"a-${(MODIFIED_MS * 1_000).toString(16)}"`,
      'last-modified': MODIFIED,
    });
  });

  it('forbids guessing where the type is not known', async (test) => {
    const site = await makeSite(test, { upload: '<script>' });
    const answer = await asking(staticFiles(site.root))('/upload');
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  });

  it('sends an empty file', async (test) => {
    const site = await makeSite(test, { 'empty.txt': '' });
    for (const smallFileBytes of [0, 65_536]) {
      const answer = await asking(staticFiles(site.root, { smallFileBytes }))('/empty.txt');
      assert.equal(answer.headers.get('content-length'), '0');
      assert.equal((await readBody(answer.body)).length, 0);
    }
  });

  it('finds names that need escapes', async (test) => {
    const site = await makeSite(test, { 'a b é%2e.txt': 'found' });
    const answer = await asking(staticFiles(site.root))('/a%20b%20%C3%A9%252e.txt');
    assert.equal(await answer.text(), 'found');
  });

  it('adds the fields and the Cache-Control that are set, the latter by the path of the file', async (test) => {
    const site = await makeSite(test, { 'assets/a.js': 'a', 'docs/index.html': 'b' });
    const asked: string[] = [];
    const ask = asking(
      staticFiles(site.root, {
        headers: { 'X-Frame-Options': 'DENY', 'Content-Type': 'text/nonsense' },
        cacheControl: (path) => {
          asked.push(path);
          return path.startsWith('/assets/') ? 'max-age=31536000, immutable' : undefined;
        },
      }),
    );
    const [script, page, missing] = [await ask('/assets/a.js'), await ask('/docs/'), await ask('/none')];
    assert.equal(script.headers.get('cache-control'), 'max-age=31536000, immutable');
    assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.equal(page.headers.get('cache-control'), null);
    assert.deepEqual(asked, ['/assets/a.js', '/docs/index.html']);
    for (const answer of [script, page, missing]) assert.equal(answer.headers.get('x-frame-options'), 'DENY');
    assert.equal(missing.headers.get('content-type'), 'text/plain; charset=utf-8');
  });

  it('never dates a file later than now', async (test) => {
    const site = await makeSite(test, {});
    await site.write('future.txt', 'x', Date.now() + 86_400_000);
    const answer = await asking(staticFiles(site.root))('/future.txt');
    assert.ok(Date.parse(answer.headers.get('last-modified') ?? '') <= Date.now());
    assert.match(answer.headers.get('etag') ?? '', /^W\//);
  });
});

describe('HEAD', () => {
  it('has the fields of GET and no body, and reads no byte', async (test) => {
    const site = await makeSite(test, { 'a.txt': '0123456789', large: Buffer.alloc(100_000), 'docs/index.html': 'x' });
    for (const target of ['/a.txt', '/large', '/docs', '/docs/', '/none', '/%2e%2e', '/a.txt?x']) {
      const { ask, counts } = serveCounted(site.root);
      const head = await ask(target, { range: 'bytes=0-1' }, 'HEAD');
      assert.equal(head.body, null, target);
      assert.equal(counts.read, 0, target);
      assert.equal(counts.stillOpen, 0, target);
      const get = await ask(target);
      assert.equal(get.status, head.status, target);
      assert.deepEqual(fieldsOf(head), fieldsOf(get), target);
      assert.equal(get.headers.get('content-length'), String((await readBody(get.body)).length), target);
    }
  });
});

describe('other methods', () => {
  it('OPTIONS says what is allowed, for any path', async (test) => {
    const site = await makeSite(test);
    const answer = await asking(staticFiles(site.root))('/../any', {}, 'OPTIONS');
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS');
    assert.equal(answer.body, null);
  });

  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'BREW', 'get']) {
    it(`${method} is 405 and says what is allowed`, async (test) => {
      const site = await makeSite(test, { 'a.txt': 'x' });
      const files = asking((request, context) =>
        staticFiles(site.root)(Object.defineProperty(request, 'method', { value: method }), context),
      );
      const answer = await files('/a.txt');
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS');
      assert.equal(await answer.text(), '405 Method Not Allowed\n');
    });
  }
});

describe('conditional requests', () => {
  it('get 304 for what they have, with what updates a cache and nothing else', async (test) => {
    const site = await makeSite(test, { 'a.css': 'a {}', 'a.css.gz': 'gz' });
    const ask = asking(staticFiles(site.root, { cacheControl: 'no-cache', headers: { 'x-own': '1' } }));
    const etag = (await ask('/a.css')).headers.get('etag') ?? '';
    for (const headers of [{ 'if-none-match': etag }, { 'if-modified-since': MODIFIED }] as Record<string, string>[]) {
      const answer = await ask('/a.css', headers);
      assert.equal(answer.status, 304);
      assert.equal(answer.body, null);
      assert.deepEqual(fieldsOf(answer), { 'cache-control': 'no-cache', etag, vary: 'Accept-Encoding', 'x-own': '1' });
    }
  });

  it('get 412 where what they insist on is gone', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'x' });
    const answer = await asking(staticFiles(site.root))('/a.txt', { 'if-match': '"other"' });
    assert.equal(answer.status, 412);
    assert.equal(await answer.text(), '412 Precondition Failed\n');
  });

  it('change nothing about what does not exist (RFC 9110 §13.2.1)', async (test) => {
    const site = await makeSite(test);
    const ask = asking(staticFiles(site.root));
    assert.equal((await ask('/none', { 'if-match': '*' })).status, 404);
    assert.equal((await ask('/none', { 'if-none-match': '*' })).status, 404);
  });

  it('see another entity tag after every edit', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'one' });
    const ask = asking(staticFiles(site.root, { memory: false }));
    const before = (await ask('/a.txt')).headers.get('etag') ?? '';
    await site.write('a.txt', 'two', MODIFIED_MS + 0.5);
    const answer = await ask('/a.txt', { 'if-none-match': before });
    assert.equal(await answer.text(), 'two');
  });
});

describe('range requests', () => {
  const cases: [range: string, expected: string, contentRange: string][] = [
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=0-99', '0123456789', 'bytes 0-9/10'],
  ];
  for (const [range, expected, contentRange] of cases) {
    it(`${range} gets its part, from memory and from the disk, small or large`, async (test) => {
      const site = await makeSite(test, { 'a.txt': '0123456789' });
      for (const options of [{}, { smallFileBytes: 0 }, { memory: false as const }]) {
        const ask = asking(staticFiles(site.root, options));
        for (let again = 0; again < 2; again++) {
          const answer = await ask('/a.txt', { range });
          assert.equal(answer.status, 206);
          assert.equal(answer.headers.get('content-range'), contentRange);
          assert.equal(answer.headers.get('content-length'), String(expected.length));
          assert.ok(answer.headers.get('etag') && answer.headers.get('last-modified'));
          assert.equal(await answer.text(), expected);
        }
      }
    });
  }

  it('that cannot be met get 416 with the size', async (test) => {
    const site = await makeSite(test, { 'a.txt': '0123456789' });
    const answer = await asking(staticFiles(site.root))('/a.txt', { range: 'bytes=10-' });
    assert.equal(answer.status, 416);
    assert.equal(answer.headers.get('content-range'), 'bytes */10');
    assert.equal(await answer.text(), '416 Range Not Satisfiable\n');
  });

  for (const range of ['bytes=0-1,3-4', 'bytes=5-2', 'items=0-1', 'junk']) {
    it(`${range} gets the whole`, async (test) => {
      const site = await makeSite(test, { 'a.txt': '0123456789' });
      const answer = await asking(staticFiles(site.root))('/a.txt', { range });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-range'), null);
      assert.equal(await answer.text(), '0123456789');
    });
  }

  it('go on with a download only where the file is the same (If-Range)', async (test) => {
    const site = await makeSite(test, { 'a.txt': '0123456789' });
    const ask = asking(staticFiles(site.root));
    const etag = (await ask('/a.txt')).headers.get('etag') ?? '';
    assert.equal((await ask('/a.txt', { range: 'bytes=5-', 'if-range': etag })).status, 206);
    assert.equal((await ask('/a.txt', { range: 'bytes=5-', 'if-range': '"other"' })).status, 200);
  });

  it('select from the coding that is sent', async (test) => {
    const site = await makeSite(test, { 'a.css': '0123456789', 'a.css.gz': 'ABCDE' });
    const answer = await asking(staticFiles(site.root))('/a.css', { range: 'bytes=1-2', 'accept-encoding': 'gzip' });
    assert.equal(answer.headers.get('content-range'), 'bytes 1-2/5');
    assert.equal(answer.headers.get('content-encoding'), 'gzip');
    assert.equal(await answer.text(), 'BC');
  });
});

describe('precompressed siblings', () => {
  it('are sent as the client prefers, each with its own entity tag and the type of the file', async (test) => {
    const site = await makeSite(test, { 'a.css': 'plain', 'a.css.br': 'brotli', 'a.css.gz': 'gz' });
    const ask = asking(staticFiles(site.root));
    const tags = new Set<string | null>();
    for (const [acceptEncoding, text, coding] of [
      ['gzip, br', 'brotli', 'br'],
      ['gzip', 'gz', 'gzip'],
      ['gzip;q=0', 'plain', null],
    ] as const) {
      const answer = await ask('/a.css', { 'accept-encoding': acceptEncoding });
      assert.equal(await answer.text(), text);
      assert.equal(answer.headers.get('content-encoding'), coding);
      assert.equal(answer.headers.get('content-type'), 'text/css; charset=utf-8');
      assert.equal(answer.headers.get('content-length'), String(text.length));
      assert.equal(answer.headers.get('vary'), 'Accept-Encoding');
      tags.add(answer.headers.get('etag'));
    }
    assert.equal(tags.size, 3);
  });

  it('have entity tags of their own even where size and time are those of the file', async (test) => {
    const site = await makeSite(test, { 'a.css': 'same', 'a.css.gz': 'size' });
    const ask = asking(staticFiles(site.root));
    const plain = (await ask('/a.css')).headers.get('etag') ?? '';
    const answer = await ask('/a.css', { 'accept-encoding': 'gzip', 'if-none-match': plain });
    assert.equal(answer.status, 200);
  });

  it('do not count where they are older than their file', async (test) => {
    const site = await makeSite(test, { 'a.css': 'new' });
    await site.write('a.css.br', 'old', MODIFIED_MS - 1_000);
    const answer = await asking(staticFiles(site.root))('/a.css', { 'accept-encoding': 'br' });
    assert.equal(await answer.text(), 'new');
    assert.equal(answer.headers.get('vary'), null);
  });

  it('count for nothing without their file, nor where they are switched off', async (test) => {
    const site = await makeSite(test, { 'lonely.css.br': 'x', 'a.css': 'plain', 'a.css.br': 'x' });
    const headers = { 'accept-encoding': 'br' };
    assert.equal((await asking(staticFiles(site.root))('/lonely.css', headers)).status, 404);
    const off = await asking(staticFiles(site.root, { precompressed: false }))('/a.css', headers);
    assert.equal(await off.text(), 'plain');
    assert.equal(off.headers.get('vary'), null);
  });

  it('are files of their own when they are asked for by name', async (test) => {
    const site = await makeSite(test, { 'a.css': 'plain', 'a.css.gz': 'gz', 'a.css.gz.gz': 'twice' });
    const answer = await asking(staticFiles(site.root))('/a.css.gz', { 'accept-encoding': 'gzip' });
    assert.equal(await answer.text(), 'gz');
    assert.equal(answer.headers.get('content-type'), 'application/gzip');
    assert.equal(answer.headers.get('content-encoding'), null);
  });

  it('stand for index files and large files too', async (test) => {
    const site = await makeSite(test, {
      'index.html': 'p',
      'index.html.br': 'brotli',
      large: 'l',
      'large.br': Buffer.alloc(500, 'x'),
    });
    const { ask, counts } = serveCounted(site.root, { smallFileBytes: 100 });
    assert.equal(await (await ask('/', { 'accept-encoding': 'br' })).text(), 'brotli');
    assert.equal(await (await ask('/large', { 'accept-encoding': 'br' })).text(), 'x'.repeat(500));
    assert.equal(counts.stillOpen, 0);
  });

  it('leave 406 to a client that excludes all that there is', async (test) => {
    const site = await makeSite(test, { 'a.css': 'plain', 'a.css.gz': 'gz' });
    const answer = await asking(staticFiles(site.root))('/a.css', { 'accept-encoding': 'identity;q=0, gzip;q=0' });
    assert.equal(answer.status, 406);
    assert.equal(answer.headers.get('vary'), 'Accept-Encoding');
  });

  it('keep what the application varies by', async (test) => {
    const site = await makeSite(test, { 'a.css': 'plain', 'a.css.gz': 'gz' });
    const answer = await asking(staticFiles(site.root, { headers: { Vary: 'Origin' } }))('/a.css');
    assert.equal(answer.headers.get('vary'), 'Origin, Accept-Encoding');
  });
});

describe('folders', () => {
  it('answer with their index, and without their slash lead to it with the query', async (test) => {
    const site = await makeSite(test, { 'docs/a b/index.html': 'index' });
    const ask = asking(staticFiles(site.root));
    const redirect = await ask('/docs/a%20b?x=%2F&y');
    assert.equal(redirect.status, 301);
    assert.equal(redirect.headers.get('location'), '/docs/a%20b/?x=%2F&y');
    assert.equal(redirect.headers.get('content-length'), '0');
    const index = await ask('/docs/a%20b/?x');
    assert.equal(await index.text(), 'index');
    assert.equal(index.headers.get('content-type'), 'text/html; charset=utf-8');
  });

  it('without an index are as if they were not there, with or without their slash', async (test) => {
    // An index that is itself a folder, even one with an index, is none.
    const site = await makeSite(test, { 'docs/index.html/index.html': 'x' });
    const ask = asking(staticFiles(site.root));
    for (const target of ['/docs', '/docs/', '/']) {
      assert.equal((await ask(target)).status, 404, target);
    }
  });

  it('take the first index name that exists, or none where it is switched off', async (test) => {
    const site = await makeSite(test, { 'a/index.htm': 'htm', 'b/index.html': 'html', 'b/index.htm': 'htm' });
    const several = asking(staticFiles(site.root, { index: ['index.html', 'index.htm'] }));
    assert.equal(await (await several('/a/')).text(), 'htm');
    assert.equal((await several('/a')).status, 301);
    assert.equal(await (await several('/b/')).text(), 'html');
    const none = asking(staticFiles(site.root, { index: false }));
    assert.equal((await none('/b/')).status, 404);
    assert.equal((await none('/b')).status, 404);
  });
});

describe('an error page', () => {
  it('is sent with 404 in place of the text, without validators and for HEAD without its body', async (test) => {
    const site = await makeSite(test, { '404.html': '<h1>Not here</h1>', '.env': 'x' });
    const { ask, counts } = serveCounted(site.root, {
      notFound: '404.html',
      cacheControl: 'max-age=1',
      headers: { 'x-own': '1' },
    });
    for (const target of ['/none', '/.env', '/none/', '/none']) {
      const answer = await ask(target, { 'if-none-match': '*', range: 'bytes=0-1' });
      assert.equal(answer.status, 404);
      assert.equal(await answer.text(), '<h1>Not here</h1>');
      assert.deepEqual(fieldsOf(answer), {
        'content-length': '17',
        'content-type': 'text/html; charset=utf-8',
        'x-own': '1',
      });
    }
    const head = await ask('/none', {}, 'HEAD');
    assert.equal(head.body, null);
    assert.equal(head.headers.get('content-length'), '17');
    assert.equal((await ask('/404.html')).status, 200);
    assert.equal(counts.stillOpen, 0);
  });

  it('gives way to the text where it is missing, and is not sent for other faults', async (test) => {
    const site = await makeSite(test, { 'errors/404.html': 'page' });
    assert.equal(
      await (await asking(staticFiles(site.root, { notFound: '404.html' }))('/none')).text(),
      '404 Not Found\n',
    );
    const ask = asking(staticFiles(site.root, { notFound: 'errors/404.html' }));
    assert.equal(await (await ask('/none')).text(), 'page');
    assert.equal(await (await ask('/%')).text(), '400 Bad Request\n');
  });

  it('may be large', async (test) => {
    const site = await makeSite(test, { '404.html': 'x'.repeat(1_000) });
    const { ask, counts } = serveCounted(site.root, { notFound: '404.html', smallFileBytes: 0, chunkBytes: 300 });
    assert.equal(await (await ask('/none')).text(), 'x'.repeat(1_000));
    assert.equal(counts.stillOpen, 0);
  });
});
