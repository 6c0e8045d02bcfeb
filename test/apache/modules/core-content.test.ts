// The default handler, ranges and TRACE: fields, statuses and bodies as the real httpd was seen to send them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { coreContent } from '#src/apache/modules/core-content.js';
import { coreEntityTag } from '#src/apache/modules/core-entity-tag.js';
import { contentTypeField, coreMime } from '#src/apache/modules/core-mime.js';
import { coreRanges } from '#src/apache/modules/core-ranges.js';
import { answerTrace, coreTrace } from '#src/apache/modules/core-trace.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import { mime } from '#src/apache/modules/mime.js';
import { applyLines, makeHost, makeProcess } from './support/apply-lines.js';
import { NOW_MS, makeRequest } from './support/make-request.js';
import { memoryFiles } from './support/memory-files.js';
import type { RequestWishes } from './support/make-request.js';

const MODULES = [coreContent, coreEntityTag, coreMime, coreRanges, coreTrace] as never[];
const TAG = '"64-60a24181e4000"';
const TEXT = Array.from({ length: 34 }, (_, at) => `${String(at).padStart(2, '0')},`)
  .join('')
  .slice(0, 100);
const FILES = {
  '/site/a.html': { text: TEXT },
  '/site/dir': {},
  '/site/big': { text: 'x'.repeat(70_000) },
  '/site/secret': { text: 'no', unreadable: true },
  '/site/pipe': { text: '', kind: 'other' },
} as const;

interface Answered {
  readonly result: unknown;
  readonly request: ApacheRequest;
  readonly body: string;
  readonly logged: readonly string[];
}

async function readBody(request: ApacheRequest): Promise<string> {
  const { content } = request;
  if (content.kind === 'bytes') return Buffer.from(content.bytes).toString('latin1');
  if (content.kind === 'none') return '';
  const { files } = request.services;
  const chunks =
    content.kind === 'stream'
      ? content.chunks
      : files.stream(content.slice.path, content.slice.startByte, content.slice.lengthBytes);
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString('latin1');
  return text;
}

async function answer(wishes: RequestWishes, prepare?: (request: ApacheRequest) => void): Promise<Answered> {
  const logged: string[] = [];
  const request = makeRequest({ files: FILES, logged, ...wishes });
  request.contentType = 'text/plain';
  prepare?.(request);
  coreRanges.definition.hooks!.insertFilter!(request);
  let result: unknown = await coreContent.definition.hooks!.handler!(request);
  if (result === 'ok') for (const filter of request.outputFilters) result = (await filter.run(request)) ?? 'ok';
  return { result, request, body: await readBody(request), logged };
}

describe('the default handler', () => {
  test('a file has its fields in the order of Apache', async () => {
    const { result, request, body } = await answer({});
    assert.equal(result, 'ok');
    assert.deepEqual(
      [...request.headersOut],
      [
        ['Last-Modified', 'Tue, 14 Nov 2023 22:13:20 GMT'],
        ['ETag', TAG],
        ['Accept-Ranges', 'bytes'],
        ['Content-Length', '100'],
      ],
    );
    assert.equal(body, TEXT);
  });

  test('POST gets the file, too', async () => {
    assert.equal((await answer({ method: 'POST' })).body, TEXT);
  });

  test('HEAD reads nothing and has the length', async () => {
    const { request } = await answer({ method: 'HEAD' });
    assert.equal(request.content.kind, 'file');
    assert.equal(request.headersOut.get('Content-Length'), '100');
  });

  test('a large file is read when it is sent', async () => {
    const { request, body } = await answer({ target: '/big' });
    assert.equal(request.content.kind, 'file');
    assert.equal(body.length, 70_000);
  });

  test('FileETag None leaves the field out', async () => {
    const directory = applyLines(MODULES, [['FileETag', 'None']]);
    const { request } = await answer({ directory });
    assert.equal(request.headersOut.has('ETag'), false);
  });

  test('FileETag Digest is the SHA-1 of the content', async () => {
    const directory = applyLines(MODULES, [['FileETag', 'Digest']]);
    const files = { '/site/a.html': { text: 'hello' } };
    const { request } = await answer({ directory, files });
    assert.equal(request.headersOut.get('ETag'), '"qvTGHdzF6KLavt4PO0gs2a6pQ00="');
  });

  test('a date in the future is now', async () => {
    const files = { '/site/a.html': { text: '', modifiedUs: NOW_MS * 1000 + 5_000_000 } };
    const { request } = await answer({ files });
    assert.equal(request.headersOut.get('Last-Modified'), new Date(NOW_MS).toUTCString());
    assert.match(request.headersOut.get('ETag')!, /^W\//);
  });

  test('what is no file is not found, and what may not be read is forbidden', async () => {
    const seen: ReadonlyArray<readonly [target: string, status: number, line: string]> = [
      ['/none', 404, '[core:info] AH00128: File does not exist: /site/none'],
      ['/dir', 404, '[core:info] AH00129: Attempt to serve directory: /site/dir'],
      [
        '/secret',
        403,
        '[core:error] (13)Permission denied: AH00132: file permissions deny server access: /site/secret',
      ],
      ['/pipe', 403, '[core:error] AH00132: file permissions deny server access: /site/pipe'],
    ];
    for (const [target, status, line] of seen) {
      const { result, logged } = await answer({ target });
      assert.deepEqual([result, logged], [status, [line]]);
    }
  });

  test('a path behind a file is not found unless AcceptPathInfo is on', async () => {
    const withInfo = (request: ApacheRequest): void => void (request.pathInfo = '/x');
    assert.equal((await answer({}, withInfo)).result, 404);
    const on = applyLines(MODULES, [['AcceptPathInfo', 'On']]);
    assert.equal((await answer({ directory: on }, withInfo)).result, 'ok');
    const byDefault = applyLines(MODULES, [['AcceptPathInfo', 'Default']]);
    assert.equal((await answer({ directory: byDefault }, withInfo)).result, 404);
  });

  test('OPTIONS tells the methods, also of what is not there', async () => {
    const { result, request } = await answer({ method: 'OPTIONS', target: '/none' });
    assert.equal(result, 'ok');
    assert.deepEqual([...request.headersOut], [['Allow', 'GET,POST,OPTIONS,HEAD,TRACE']]);
    const server: unknown[] = [];
    applyLines(MODULES, [['TraceEnable', 'Off']], { server });
    const without = await answer({ method: 'OPTIONS', server });
    assert.equal(without.request.headersOut.get('Allow'), 'GET,POST,OPTIONS,HEAD');
  });

  test('other methods are not allowed, and unknown ones not implemented', async () => {
    assert.equal((await answer({ method: 'PUT' })).result, 405);
    assert.equal((await answer({ method: 'PROPFIND', target: '/none' })).result, 405);
    const unknown = await answer({ method: 'get' });
    assert.equal(unknown.result, 501);
    assert.deepEqual(unknown.logged, ['[core:error] AH00135: Invalid method in request get /a.html HTTP/1.1']);
    assert.deepEqual(unknown.request.allowedMethods, ['GET', 'POST', 'OPTIONS', 'HEAD']);
  });

  test('a body that cannot be taken decides', async () => {
    const { result } = await answer({ method: 'POST' }, (request) => {
      request.discardBody = () => Promise.resolve(413);
    });
    assert.equal(result, 413);
  });

  test('a condition that does not hold leaves an answer without content', async () => {
    const { request, body } = await answer({ fields: [['If-Match', '"x"']] });
    assert.deepEqual([request.status, request.headersOut.get('Content-Length'), body], [412, '0', '']);
    const head = await answer({ method: 'HEAD', fields: [['If-Match', '"x"']] });
    assert.deepEqual([head.request.status, head.request.headersOut.get('Content-Length')], [412, '100']);
    const cached = await answer({
      fields: [
        ['If-None-Match', '"x"'],
        ['If-None-Match', TAG],
      ],
    });
    assert.deepEqual([cached.request.status, cached.body], [304, '']);
  });

  test('the page of an error is not conditional', async () => {
    const { request } = await answer({ fields: [['If-None-Match', TAG]] }, (erroneous) => {
      erroneous.status = 404;
    });
    assert.equal(request.status, 404);
    const noCopy = await answer({ fields: [['If-None-Match', TAG]] }, (redirected) => {
      redirected.noLocalCopy = true;
    });
    assert.equal(noCopy.request.status, 200);
  });
});

describe('ranges', () => {
  const ask = (range: string, wishes: RequestWishes = {}): Promise<Answered> =>
    answer({ ...wishes, fields: [['Range', range], ...(wishes.fields ?? [])] });

  test('one part has a Content-Range behind its length', async () => {
    const { request, body } = await ask('bytes=0-3');
    assert.equal(request.status, 206);
    assert.deepEqual([...request.headersOut].slice(2), [
      ['Accept-Ranges', 'bytes'],
      ['Content-Length', '4'],
      ['Content-Range', 'bytes 0-3/100'],
    ]);
    assert.equal(body, '00,0');
  });

  test('a length that nobody told yet is left to whoever counts last', async () => {
    const { request } = await ask('bytes=0-3');
    request.headersOut.clear();
    request.status = 200;
    await request.outputFilters[0]!.run(request);
    assert.deepEqual([...request.headersOut], [['Content-Range', 'bytes 0-3/4']]);
  });

  test('several parts are one body in the form of Apache', async () => {
    const { request, body } = await ask('bytes=0-0,99-99');
    const [, boundary] = /^multipart\/byteranges; boundary=([0-9a-f]{16})$/.exec(request.contentType!)!;
    const part = (range: string, text: string): string =>
      `\r\n--${boundary}\r\nContent-type: text/plain\r\nContent-range: bytes ${range}/100\r\n\r\n${text}`;
    assert.equal(body, `${part('0-0', '0')}${part('99-99', '3')}\r\n--${boundary}--\r\n`);
    assert.equal(request.headersOut.get('Content-Length'), '188');
    assert.equal(request.headersOut.has('Content-Range'), false);
  });

  test('parts have the default charset, and no type where there is none', async () => {
    const directory = applyLines(MODULES, [['AddDefaultCharset', 'utf-8']]);
    const { body, request } = await ask('bytes=0-1,4-5', { directory });
    assert.match(body, /Content-type: text\/plain; charset=utf-8\r\n/);
    assert.match(contentTypeField(request)!, /^multipart/);
    const untyped = await answer({ fields: [['Range', 'bytes=0-1,4-5']] }, (typeless) => {
      typeless.contentType = undefined;
    });
    assert.equal(untyped.body.length, 136);
    assert.doesNotMatch(untyped.body, /Content-type/);
  });

  test('HEAD tells the length that GET has, whatever the ranges', async () => {
    const specifier = fc.tuple(fc.nat(99), fc.nat(99)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    await fc.assert(
      fc.asyncProperty(fc.array(specifier, { minLength: 1, maxLength: 6 }), async (specifiers) => {
        const range = `bytes=${specifiers.join(',')}`;
        const small = await ask(range);
        const head = await ask(range, { method: 'HEAD' });
        assert.equal(head.request.headersOut.get('Content-Length'), String(small.body.length));
        assert.equal(head.request.status, small.request.status);
      }),
    );
  });

  test('parts of a large file are read when they are sent, and their length is told', async () => {
    const { request, body } = await ask('bytes=0-0,69999-', { target: '/big' });
    assert.equal(request.content.kind, 'stream');
    assert.equal(request.headersOut.get('Content-Length'), String(body.length));
    const one = await ask('bytes=69990-', { target: '/big' });
    assert.deepEqual(one.request.content, {
      kind: 'file',
      slice: { path: '/site/big', startByte: 69_990, lengthBytes: 10 },
    });
  });

  test('the length of more than 32 parts is not told', async () => {
    const parts = (count: number): string => Array.from({ length: count }, (_, at) => `${at * 2}-${at * 2}`).join(',');
    const few = await ask(`bytes=${parts(32)}`);
    assert.deepEqual([few.request.hidesLength, few.request.headersOut.has('Content-Length')], [false, true]);
    const many = await ask(`bytes=${parts(33)}`);
    assert.deepEqual([many.request.hidesLength, many.request.headersOut.has('Content-Length')], [true, false]);
  });

  test('a range behind the end is 416, and its length is not told', async () => {
    const { result, request } = await ask('bytes=100-');
    assert.deepEqual([result, request.hidesLength], [416, true]);
  });

  test('conditions come first, and If-Range decides whether there are parts', async () => {
    assert.equal((await ask('bytes=500-', { fields: [['If-None-Match', TAG]] })).request.status, 304);
    assert.equal((await ask('bytes=0-3', { fields: [['If-Range', TAG]] })).request.status, 206);
    assert.equal((await ask('bytes=0-3', { fields: [['If-Range', '"x"']] })).request.status, 200);
  });

  test('MaxRanges none sends the whole, and says so', async () => {
    const directory = applyLines(MODULES, [['MaxRanges', 'none']]);
    const { request } = await ask('bytes=0-3', { directory });
    assert.equal(request.status, 200);
    assert.equal(request.headersOut.get('Accept-Ranges'), 'none');
  });

  test('a line of Range that RequestHeader adds does not count, and what a client sent in two lines is malformed', async () => {
    assert.equal((await ask('bytes=0-1', { fields: [['Range', 'bytes=4-5']] })).request.status, 206);
    assert.equal((await ask('bytes=0-1, bytes=4-5')).request.status, 200);
  });

  test('limits are numbers as C reads them, or words', () => {
    for (const word of ['none', 'Default', 'UNLIMITED', '5x', '1.5', '+5', ' 5', '99999999999']) {
      applyLines(MODULES, [['MaxRanges', word]]);
    }
    for (const word of ['0', '-1', 'abc', '9999999999999999999999']) {
      assert.throws(() => applyLines(MODULES, [['MaxRangeOverlaps', word]]), {
        message: "MaxRangeOverlaps requires 'none', 'default', 'unlimited' or a positive integer",
      });
    }
  });
});

describe('programs and templates of modules that perdura does not have', () => {
  const files = { '/site/a.php': { text: '<?php secret' }, '/site/a.x': { text: 'secret' }, '/site/p.php': {} };
  const loaded = (...modules: string[]) => ({ hasModule: (name: string) => modules.includes(name) });

  test('a media type that such a module takes for its own is answered with 500, never with the file', async () => {
    const cases: ReadonlyArray<readonly [type: string, module: string]> = [
      ['application/x-httpd-php', 'mod_php.c'],
      ['application/x-httpd-php; charset=utf-8', 'mod_php7.c'],
      ['application/x-httpd-php-source', 'mod_php5.c'],
      ['application/x-httpd-cgi', 'mod_cgid.c'],
      ['application/x-type-map', 'mod_negotiation.c'],
      ['httpd/send-as-is', 'mod_asis.c'],
    ];
    for (const [type, module] of cases) {
      const asked = { target: '/a.x', files, services: loaded(module) };
      const { result, logged } = await answer(asked, (request) => (request.contentType = type));
      assert.equal(result, 500, type);
      assert.deepEqual(logged, [`[core:error] perdura has no handler ${type.split(';')[0]!}: /site/a.x`]);
      // Where a handler is set, the type is a type.
      const own = await answer(asked, (request) => {
        request.contentType = type;
        request.handler = 'default-handler';
      });
      assert.equal(own.result, 'ok');
      assert.equal((await answer({ target: '/a.x', files }, (request) => (request.contentType = type))).result, 'ok');
    }
  });

  test('the source of PHP is kept back by its name alone, unless somebody asks for it', async () => {
    for (const module of ['mod_php.c', 'mod_php7.c', 'mod_proxy_fcgi.c']) {
      const asked = { target: '/a.php', files, services: loaded(module) };
      const { result, logged } = await answer(asked);
      assert.equal(result, 500);
      assert.deepEqual(logged, [
        `[core:error] perdura has no ${module}, and does not send the source of PHP (SetHandler default-handler would): /site/a.php`,
      ]);
      assert.equal((await answer(asked, (request) => (request.handler = 'default-handler'))).body, '<?php secret');
      assert.equal((await answer({ ...asked, target: '/none.php' })).result, 404);
      assert.equal((await answer({ ...asked, target: '/a.x' })).result, 'ok');
    }
    assert.equal((await answer({ target: '/a.php', files })).result, 'ok');
  });

  test('both are told when the configuration is read', () => {
    const warnings: string[] = [];
    applyLines([mime, coreMime] as never[], [['AddType', 'application/x-httpd-PHP', '.php', '.x']], {
      warnings,
      loaded: ['mod_php.c'],
    });
    applyLines([mime, coreMime] as never[], [['ForceType', 'application/x-httpd-php']], { warnings });
    assert.deepEqual(
      [...new Set(warnings)],
      ['httpd.conf:7: AddType application/x-httpd-php: perdura has no mod_php.c, such files are answered with 500'],
    );
    const process = makeProcess(makeHost(), ['mod_php.c']);
    coreContent.definition.hooks!.postConfig!(process, memoryFiles({}));
    assert.deepEqual(process.notes, [
      {
        level: 'warn',
        module: 'perdura',
        message:
          'perdura has no mod_php.c: files named *.php, *.phtml and *.phar are answered with 500, never with their source, but where SetHandler default-handler says so',
      },
    ]);
  });
});

describe('TRACE', () => {
  test('the request comes back as it arrived', () => {
    const request = makeRequest({
      method: 'TRACE',
      target: '/none',
      fields: [
        ['Host', 'h'],
        ['X-A', 'b'],
      ],
    });
    assert.equal(answerTrace(request), 'ok');
    assert.equal(request.contentType, 'message/http');
    assert.equal(request.hidesLength, true);
    assert.deepEqual(request.content, {
      kind: 'bytes',
      bytes: Buffer.from('TRACE /none HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n'),
    });
  });

  test('with a body it is too large, switched off it is not allowed, and other methods are none', () => {
    const trace = (...fields: [string, string][]): unknown => answerTrace(makeRequest({ method: 'TRACE', fields }));
    assert.equal(trace(['Content-Length', '3']), 413);
    assert.equal(trace(['Transfer-Encoding', 'chunked']), 413);
    assert.equal(trace(['Content-Length', '0']), 'ok');
    const server: unknown[] = [];
    applyLines(MODULES, [['TraceEnable', 'off']], { server });
    assert.equal(answerTrace(makeRequest({ method: 'TRACE', server })), 405);
    assert.equal(answerTrace(makeRequest()), undefined);
  });
});
