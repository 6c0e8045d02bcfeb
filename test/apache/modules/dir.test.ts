// mod_dir: redirects to folders, index files and fallbacks, as the real httpd was seen to choose them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dir } from '#src/apache/modules/dir.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import { applyLines, mergeParts } from './support/apply-lines.js';
import { makeRequest } from './support/make-request.js';
import type { RequestWishes } from './support/make-request.js';

type Lines = ReadonlyArray<readonly string[]>;

const MODULES = [dir] as never[];

const FILES = {
  '/site/dir': {},
  '/site/dir/index.html': { text: 'index' },
  '/site/dir/a.html': { text: 'a' },
  '/site/other.html': { text: 'other' },
  '/site/w <w': {},
  '/site/w <w/index.html': { text: 'w' },
};

/** What lookups of a target end with, where it is not just a file. */
type Outcomes = Readonly<Record<string, number>>;

interface Fixed {
  readonly result: unknown;
  readonly request: ApacheRequest;
  readonly location: string | undefined;
  readonly lookedUp: readonly string[];
}

async function fix(
  target: string,
  sections: readonly Lines[],
  wishes: RequestWishes = {},
  outcomes: Outcomes = {},
): Promise<Fixed> {
  let directory: unknown[] = [];
  for (const lines of sections) directory = mergeParts(MODULES, directory, applyLines(MODULES, lines));
  const lookedUp: string[] = [];
  const lookUpPath = (path: string): Promise<ApacheRequest> => {
    lookedUp.push(path);
    const found = makeRequest({ files: FILES, target: decodeURI(path) });
    const status = outcomes[path];
    if (status !== undefined) found.status = status;
    if (status === 302) found.headersOut.set('Location', 'http://x/');
    found.contentType = 'text/found';
    found.env.set('FOUND', 'yes');
    return Promise.resolve(found);
  };
  const request = makeRequest({ files: FILES, target, directory, services: { lookUpPath }, ...wishes });
  request.path = decodeURI(request.path);
  request.filename = `/site${request.path}`;
  const stats = request.services.files.stat(request.filename);
  request.fileStats = stats === 'denied' ? undefined : stats;
  const result = await dir.definition.hooks!.fixups!(request);
  return { result, request, location: request.headersOut.get('Location'), lookedUp };
}

describe('DirectorySlash', () => {
  test('a folder without its slash is redirected there, escaped, with its query', async () => {
    const plain = await fix('/dir', []);
    assert.deepEqual([plain.result, plain.location], [301, 'http://site.example/dir/']);
    assert.equal((await fix('/dir?x=1&y=%20', [])).location, 'http://site.example/dir/?x=1&y=%20');
    assert.equal((await fix('/w%20%3Cw', [])).location, 'http://site.example/w%20%3cw/');
    assert.equal((await fix('/dir', [], { method: 'PUT' })).result, 301);
  });

  test('it names the port where it is not the usual one', async () => {
    const { request } = await fix('/dir', []);
    request.services.serverPortOf = () => 8080;
    await dir.definition.hooks!.fixups!(request);
    assert.equal(request.headersOut.get('Location'), 'http://site.example:8080/dir/');
  });

  test('switched off, neither a redirect nor an index nor a fallback comes', async () => {
    const { result, lookedUp } = await fix('/dir', [
      [
        ['DirectorySlash', 'Off'],
        ['FallbackResource', '/other.html'],
      ],
    ]);
    assert.deepEqual([result, lookedUp], [undefined, []]);
  });
});

describe('DirectoryIndex', () => {
  const indexOf = async (...sections: Lines[]): Promise<string | undefined> => {
    const { request, result } = await fix('/dir/', sections);
    return result === 'ok' ? request.path : undefined;
  };

  test('the request becomes that of the index file', async () => {
    const { result, request } = await fix('/dir/?x=1', []);
    assert.equal(result, 'ok');
    assert.deepEqual(
      [request.path, request.filename, request.query, request.contentType, request.env.get('FOUND'), request.previous],
      ['/dir/index.html', '/site/dir/index.html', 'x=1', 'text/found', 'yes', undefined],
    );
  });

  test('the first that is there counts; lines add up, and an inner section replaces them', async () => {
    assert.equal(await indexOf([['DirectoryIndex', 'no.html', 'a.html']]), '/dir/a.html');
    assert.equal(
      await indexOf([
        ['DirectoryIndex', 'a.html'],
        ['DirectoryIndex', 'index.html'],
      ]),
      '/dir/a.html',
    );
    assert.equal(await indexOf([['DirectoryIndex', 'a.html']], [['DirectoryIndex', 'no.html']]), undefined);
    assert.equal(await indexOf([['DirectoryIndex', '/other.html']]), '/other.html');
  });

  test('disabled means none, if it stands alone', async () => {
    assert.equal(await indexOf([['DirectoryIndex', 'disabled']]), undefined);
    assert.equal(
      await indexOf([
        ['DirectoryIndex', 'a.html'],
        ['DirectoryIndex', 'Disabled'],
      ]),
      undefined,
    );
    assert.equal(
      await indexOf([
        ['DirectoryIndex', 'disabled'],
        ['DirectoryIndex', 'a.html'],
      ]),
      '/dir/a.html',
    );
    assert.equal(await indexOf([['DirectoryIndex', 'disabled', 'a.html']]), '/dir/a.html');
  });

  test('a folder is looked into by its escaped path', async () => {
    assert.deepEqual((await fix('/w%20%3Cw/?q', [])).lookedUp, ['/w%20%3cw/index.html?q']);
  });

  test('what was tried is noted for the listing', async () => {
    const { request } = await fix('/dir/', [[['DirectoryIndex', 'x', 'y']]]);
    assert.equal(request.notes.get('dir-index-names'), 'x,y');
  });

  test('a redirect is passed on, also before the last name', async () => {
    const lines: Lines = [['DirectoryIndex', 'r', 'a.html']];
    const { result, location } = await fix('/dir/', [lines], {}, { '/dir/r': 302 });
    assert.deepEqual([result, location], [302, 'http://x/']);
  });

  test('an error hides the folder only where nothing else is found', async () => {
    const forbidden = { '/dir/r': 403 };
    assert.equal((await fix('/dir/', [[['DirectoryIndex', 'r']]], {}, forbidden)).result, 403);
    assert.equal((await fix('/dir/', [[['DirectoryIndex', 'r', 'a.html']]], {}, forbidden)).result, 'ok');
    assert.equal((await fix('/dir/', [[['DirectoryIndex', 'r', 'no']]], {}, forbidden)).result, 403);
    assert.equal((await fix('/dir/', [[['DirectoryIndex', 'no']]], {}, { '/dir/no': 404 })).result, undefined);
  });

  test('DirectoryIndexRedirect sends the client there, without its query', async () => {
    const seen: Record<string, number> = { On: 302, permanent: 301, TEMP: 302, seeother: 303, '307': 307, '301x': 301 };
    for (const [word, status] of Object.entries(seen)) {
      const { result, location } = await fix('/dir/?q', [[['DirectoryIndexRedirect', word]]]);
      assert.deepEqual([result, location], [status, 'http://site.example/dir/index.html']);
    }
    assert.equal(
      (await fix('/dir/', [[['DirectoryIndexRedirect', 'On']], [['DirectoryIndexRedirect', 'Off']]])).result,
      'ok',
    );
    assert.throws(() => applyLines(MODULES, [['DirectoryIndexRedirect', 'x']]), {
      message: 'DirectoryIndexRedirect ON|OFF|permanent|temp|seeother|3xx',
    });
    for (const word of ['299', '400']) {
      assert.throws(() => applyLines(MODULES, [['DirectoryIndexRedirect', word]]), {
        message: 'DirectoryIndexRedirect only accepts values between 300 and 399',
      });
    }
  });

  test('DirectoryCheckHandler leaves folders with a handler alone', async () => {
    const lines: Lines = [['DirectoryCheckHandler', 'On']];
    const { request } = await fix('/dir/', [lines]);
    assert.equal(request.path, '/dir/index.html');
    const handled = await fix('/dir', [lines]);
    handled.request.path = '/dir/';
    handled.request.handler = 'foo';
    assert.equal(await dir.definition.hooks!.fixups!(handled.request), undefined);
  });
});

describe('FallbackResource', () => {
  const lines: Lines = [['FallbackResource', '/other.html']];

  test('it answers for what is not there, with the query', async () => {
    const { result, request } = await fix('/none/x?q', [lines]);
    assert.deepEqual([result, request.path, request.query], ['ok', '/other.html', 'q']);
    assert.equal((await fix('/dir/a.html', [lines])).result, undefined);
  });

  test('it answers for folders without an index, unless the index is disabled', async () => {
    assert.equal((await fix('/dir/', [lines, [['DirectoryIndex', 'no']]])).request.path, '/other.html');
    assert.equal((await fix('/dir/', [lines, [['DirectoryIndex', 'disabled']]])).result, undefined);
  });

  test('a relative one is looked for in the folder of the path', async () => {
    assert.deepEqual((await fix('/dir/none', [[['FallbackResource', 'a.html']]])).lookedUp, ['/dir/a.html']);
  });

  test('disabled takes it back, and a handler keeps it away', async () => {
    assert.equal((await fix('/none', [lines, [['FallbackResource', 'Disabled']]])).result, undefined);
    const { request } = await fix('/dir/a.html', [lines]);
    request.fileStats = undefined;
    request.handler = 'foo';
    assert.equal(await dir.definition.hooks!.fixups!(request), undefined);
  });

  test('its own redirects and errors are passed on, but not that it is missing', async () => {
    const outcome = async (status: number): Promise<unknown> =>
      (await fix('/none', [lines], {}, { '/other.html': status })).result;
    assert.equal(await outcome(302), 302);
    assert.equal(await outcome(403), 403);
    assert.equal(await outcome(500), 500);
    assert.equal(await outcome(404), undefined);
  });
});

describe('the work of an index', () => {
  test('ends with 500 where more names are given than a request may look for', async () => {
    const names = (count: number): Lines => [
      ['DirectoryIndex', Array.from({ length: count }, (_, at) => `none-${at}`).join(' ')],
    ];
    const many = await fix('/dir/', [names(9_000)]);
    assert.equal(many.result, 500);
    assert.equal(many.lookedUp.length, many.request.budget.steps / 2_000);
    const few = await fix('/dir/', [names(100)]);
    assert.notEqual(few.result, 500);
    assert.equal(few.lookedUp.length, 100);
  });
});
