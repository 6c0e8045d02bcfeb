// mod_autoindex: whole pages as the real httpd was seen to send them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FolderEntry } from '#src/apache/files/file-lookup.js';
import type { ConfigVector } from '#src/apache/module/config-vector.js';
import { autoindex } from '#src/apache/modules/autoindex.js';
import { coreOptions } from '#src/apache/modules/core-options.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import { escapePath } from '#src/apache/request/escape-path.js';
import { applyLines } from './support/apply-lines.js';
import { makeRequest } from './support/make-request.js';
import type { RequestWishes } from './support/make-request.js';
import { LONG_AGO_US } from './support/memory-files.js';

type Lines = ReadonlyArray<readonly string[]>;

const MODULES = [autoindex, coreOptions] as never[];
const LISTED: Lines = [['Options', 'Indexes']];

const FILES = {
  '/site/d': {},
  '/site/d/a.txt': { text: 'hello' },
  '/site/d/B <&.x': { text: 'x'.repeat(2_000) },
  '/site/d/sub': {},
  '/site/d/secret': { text: 's' },
  '/site/d/head.html': { text: '<h2>HEAD</h2>\n' },
  '/site/big/full.txt': { text: 'f'.repeat(1024 * 1024) },
  '/site/big/over.txt': { text: 'o'.repeat(1024 * 1024 + 1) },
  '/site/d/foot.txt': { text: 'foot <x> & "q"\n' },
};

const DATE = new Date(LONG_AGO_US / 1_000);
const two = (value: number): string => String(value).padStart(2, '0');
const WHEN = `${DATE.getFullYear()}-${two(DATE.getMonth() + 1)}-${two(DATE.getDate())} ${two(DATE.getHours())}:${two(DATE.getMinutes())}`;

const HEAD =
  '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n' +
  '<html>\n <head>\n  <title>Index of /d</title>\n </head>\n <body>\n';

interface Listed {
  readonly result: unknown;
  readonly request: ApacheRequest;
  readonly page: string;
  readonly logged: readonly string[];
}

async function list(lines: Lines, wishes: RequestWishes = {}): Promise<Listed> {
  const logged: string[] = [];
  const directory: ConfigVector = applyLines(MODULES, [...LISTED, ...lines], { path: '/site/d/' });
  const lookUpPath = (path: string): Promise<ApacheRequest> => {
    const found = makeRequest({ files: FILES, target: path });
    found.filename = `/site${decodeURI(path)}`;
    const stats = found.services.files.stat(found.filename);
    found.fileStats = stats === 'denied' ? undefined : stats;
    if (path.endsWith('secret')) found.status = 403;
    if (path.endsWith('.html')) found.contentType = 'text/html';
    if (path.endsWith('.txt')) found.contentType = 'text/plain';
    return Promise.resolve(found);
  };
  const lookUpEntry = ({ name }: FolderEntry): Promise<ApacheRequest> => lookUpPath(`/d/${escapePath(name)}`);
  const request = makeRequest({
    files: FILES,
    target: '/d/',
    directory,
    logged,
    services: { lookUpEntry, lookUpPath },
    ...wishes,
  });
  const result = await autoindex.definition.hooks!.handler!(request);
  const { content } = request;
  const page = content.kind === 'bytes' ? Buffer.from(content.bytes).toString('latin1') : '';
  return { result, request, page, logged };
}

const IGNORED: readonly string[] = ['IndexIgnore', 'head.html', 'foot.txt'];

describe('a listing', () => {
  test('plain it is a list of links', async () => {
    const { result, request, page } = await list([IGNORED]);
    assert.equal(result, 'ok');
    assert.equal(request.contentType, 'text/html;charset=ISO-8859-1');
    assert.equal(
      page,
      `${HEAD}<h1>Index of /d</h1>\n<ul><li><a href="/"> Parent Directory</a></li>\n` +
        '<li><a href="B%20%3c&amp;.x"> B &lt;&amp;.x</a></li>\n<li><a href="a.txt"> a.txt</a></li>\n' +
        '<li><a href="sub/"> sub/</a></li>\n</ul>\n</body></html>\n',
    );
    assert.equal(request.hidesLength, false);
  });

  test('in columns it has dates and sizes, and links to other orders', async () => {
    const { page } = await list([IGNORED, ['IndexOptions', 'FancyIndexing'], ['AddDescription', 'words', 'a.txt']], {
      target: '/d/?C=S;O=A',
    });
    assert.equal(
      page.slice(page.indexOf('<pre>')),
      '<pre>      <a href="?C=N;O=A">Name</a>                    <a href="?C=M;O=A">Last modified</a>      ' +
        '<a href="?C=S;O=D">Size</a>  <a href="?C=D;O=A">Description</a><hr>' +
        '      <a href="/">Parent Directory</a>                             -   \n' +
        `      <a href="sub/">sub/</a>                    ${WHEN}    -   \n` +
        `      <a href="a.txt">a.txt</a>                   ${WHEN}    5   words\n` +
        `      <a href="B%20%3c&amp;.x">B &lt;&amp;.x</a>                  ${WHEN}  2.0K  \n` +
        '<hr></pre>\n</body></html>\n',
    );
  });

  test('as a table with a style sheet its parts have classes', async () => {
    const { page } = await list([
      ['IndexIgnore', 'head.html', 'foot.txt', 'B*', '..'],
      ['IndexOptions', 'FancyIndexing', 'HTMLTable', 'AddAltClass', 'IconsAreLinks', 'SuppressRules'],
      ['IndexStyleSheet', '/s.css'],
      ['AddIcon', '(TXT,/t.gif)', '.txt'],
    ]);
    assert.match(
      page,
      /<link rel="stylesheet" href="\/s\.css" type="text\/css">\n <\/head>\n <body>\n {2}<h1 id="indextitle">/,
    );
    assert.equal(
      page.slice(page.indexOf('  <table')),
      '  <table id="indexlist">\n   <tr class="indexhead"><th class="indexcolicon">&nbsp;</th><th class="indexcolname">' +
        '<a href="?C=N;O=D">Name</a></th><th class="indexcollastmod"><a href="?C=M;O=A">Last modified</a></th>' +
        '<th class="indexcolsize"><a href="?C=S;O=A">Size</a></th><th class="indexcoldesc"><a href="?C=D;O=A">Description</a></th></tr>\n' +
        '   <tr class="even"><td class="indexcolicon"><a href="a.txt"><img src="/t.gif" alt="[TXT]"></a></td>' +
        '<td class="indexcolname"><a href="a.txt">a.txt</a>                  </td>' +
        `<td class="indexcollastmod">${WHEN}  </td><td class="indexcolsize">  5 </td><td class="indexcoldesc">&nbsp;</td></tr>\n` +
        '   <tr class="odd-dir"><td class="indexcolicon"><a href="sub/">&nbsp;</a></td>' +
        '<td class="indexcolname"><a href="sub/">sub/</a>                   </td>' +
        `<td class="indexcollastmod">${WHEN}  </td><td class="indexcolsize">  - </td><td class="indexcoldesc">&nbsp;</td></tr>\n` +
        '</table>\n</body></html>\n',
    );
  });

  test('a table without a style sheet is aligned', async () => {
    const { page } = await list([
      ['IndexIgnore', '*'],
      ['IndexOptions', 'HTMLTable', 'XHTML', 'SuppressIcon', 'SuppressSize', 'SuppressColumnSorting'],
    ]);
    assert.equal(
      page.slice(page.indexOf('  <table')),
      '  <table>\n   <tr><th>Name</th><th>Last modified</th><th>Description</th></tr>\n' +
        '   <tr><th colspan="3"><hr /></th></tr>\n   <tr><th colspan="3"><hr /></th></tr>\n</table>\n</body></html>\n',
    );
    assert.match(page, /^<!DOCTYPE html PUBLIC "-\/\/W3C\/\/DTD XHTML 1\.0 Transitional\/\/EN"\n/);
  });

  test('files stand before and behind it, HTML as it is and text in a frame', async () => {
    const { page, request } = await list([
      ['HeaderName', 'head.html'],
      ['ReadmeName', 'foot.txt'],
      ['IndexIgnore', '*'],
    ]);
    assert.equal(page, `${HEAD}<h2>HEAD</h2>\n<ul></ul>\n<pre>\nfoot &lt;x&gt; &amp; "q"\n</pre>\n</body></html>\n`);
    assert.equal(request.hidesLength, true);
    const bare = await list([
      ['HeaderName', 'head.html'],
      ['ReadmeName', '/d/head.html'],
      ['IndexIgnore', '*'],
      ['IndexOptions', 'SuppressHTMLPreamble'],
    ]);
    assert.equal(bare.page, '<h2>HEAD</h2>\n<ul></ul>\n<h2>HEAD</h2>\n');
  });

  test('a file of up to 1 MiB stands before or behind it, and the log tells of one that is larger', async () => {
    const { page, logged } = await list([
      ['HeaderName', '/big/full.txt'],
      ['ReadmeName', '/big/over.txt'],
      ['IndexIgnore', '*'],
    ]);
    assert.equal(page, `${HEAD}<pre>\n${'f'.repeat(1_048_576)}</pre>\n<ul></ul>\n</body></html>\n`);
    assert.deepEqual(logged, [
      '[autoindex:error] /site/big/over.txt has 1048577 bytes, more than the 1048576 that HeaderName and ReadmeName may have, and is left out of the listing of /site/d/',
    ]);
  });

  test('what the client could not have is left out, unless ShowForbidden is set', async () => {
    assert.doesNotMatch((await list([])).page, /secret/);
    assert.match((await list([['IndexOptions', 'ShowForbidden']])).page, /secret/);
  });

  test('a pattern of the client leaves the others out, and IgnoreClient the pattern', async () => {
    const target = '/d/?P=a*';
    assert.doesNotMatch((await list([], { target })).page, /sub/);
    assert.match((await list([['IndexOptions', 'IgnoreClient']], { target })).page, /sub/);
  });

  test('a long one goes out before its length is known', async () => {
    const files = {
      ...FILES,
      ...Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`/site/d/n${at}`, { text: '' }])),
    };
    const lookUpEntry = ({ name }: FolderEntry): Promise<ApacheRequest> =>
      Promise.resolve(makeRequest({ files, target: `/d/${name}` }));
    const { request } = await list([], { files, services: { lookUpEntry } });
    assert.equal(request.hidesLength, true);
  });

  test('of more names than a page may have is refused, and the error log says how many there are', async () => {
    const { files } = makeRequest({ files: FILES, target: '/d/' }).services;
    const names = Array.from({ length: 100_001 }, (_, at) => ({ name: `n${at}`, kind: 'file' }) as const);
    const { result, logged } = await list([], {
      services: { files: Object.assign(Object.create(files), { list: () => names }) },
    });
    assert.equal(result, 403);
    assert.match(logged.join('\n'), /\/site\/d\/ has 100001 names, more than the 100000 that a listing may have/);
  });

  test('HEAD has the type and nothing else', async () => {
    const { request, result } = await list([], { method: 'HEAD' });
    assert.deepEqual([result, request.content.kind], ['ok', 'none']);
  });

  test('TrackModified tells when the folder changed', async () => {
    const { request } = await list([['IndexOptions', 'TrackModified', 'Charset=utf-8', 'Type=text/x']]);
    assert.equal(request.contentType, 'text/x;charset=utf-8');
    assert.deepEqual(
      [...request.headersOut],
      [
        ['Last-Modified', 'Tue, 14 Nov 2023 22:13:20 GMT'],
        ['ETag', '"1000-60a24181e4000"'],
      ],
    );
  });
});

describe('no listing', () => {
  test('without Options Indexes a folder is forbidden, and the log tells what was looked for', async () => {
    const { result, logged } = await list([['Options', 'None']]);
    assert.equal(result, 403);
    assert.deepEqual(logged, [
      '[autoindex:error] AH01276: Cannot serve directory /site/d/: No matching DirectoryIndex (none) found, and server-generated directory index forbidden by Options directive',
    ]);
  });

  test('files, other methods and folders with a handler are not for it', async () => {
    assert.equal((await list([], { target: '/d/a.txt' })).result, undefined);
    assert.equal((await list([], { method: 'POST' })).result, undefined);
    const { request } = await list([]);
    request.handler = 'foo';
    assert.equal(await autoindex.definition.hooks!.handler!(request), undefined);
  });

  test('mistakes are told in the words of Apache', () => {
    const seen: ReadonlyArray<readonly [line: readonly string[], message: string]> = [
      [['AddIcon', '(TXT', '.x'], 'missing closing paren'],
      [['IndexOrderDefault', 'x', 'Name'], "First keyword must be 'Ascending' or 'Descending'"],
      [['IndexOrderDefault', 'Descending', 'x'], "Second keyword must be 'Name', 'Date', 'Size', or 'Description'"],
      [['FancyIndexing', 'on'], 'The FancyIndexing directive is no longer supported. Use IndexOptions FancyIndexing.'],
    ];
    for (const [line, message] of seen) assert.throws(() => applyLines(MODULES, [line]), { message });
  });
});
