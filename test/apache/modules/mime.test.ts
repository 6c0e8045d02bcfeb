// mod_mime and what the core says of types, through their directives.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConfigVector } from '#src/apache/module/config-vector.js';
import { contentTypeField, coreMime } from '#src/apache/modules/core-mime.js';
import { mime } from '#src/apache/modules/mime.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import { applyLines, makeHost, makeProcess, mergeParts } from './support/apply-lines.js';
import { makeRequest } from './support/make-request.js';
import { memoryFiles } from './support/memory-files.js';

const MODULES = [mime, coreMime] as never[];
const TYPES = 'text/html html htm\ntext/plain txt\napplication/gzip gz\ntext/css css\n';

type Lines = ReadonlyArray<readonly string[]>;

function serverWithTypes(): ConfigVector {
  const server: ConfigVector = [];
  const process = makeProcess(makeHost(server));
  mime.definition.hooks!.postConfig!(process, memoryFiles({ '/etc/site/conf/mime.types': { text: TYPES } }));
  return server;
}

/** The outer section first. */
function typed(name: string, sections: readonly Lines[], pathInfo = ''): ApacheRequest {
  let directory: ConfigVector = [];
  for (const lines of sections) directory = mergeParts(MODULES, directory, applyLines(MODULES, lines));
  const request = makeRequest({ target: `/${name}`, server: serverWithTypes(), directory });
  request.pathInfo = pathInfo;
  mime.definition.hooks!.typeChecker!(request);
  void coreMime.definition.hooks!.fixups!(request);
  return request;
}

const typeOf = (name: string, ...sections: Lines[]): string | undefined => contentTypeField(typed(name, sections));

describe('mod_mime', () => {
  test('types come from the file of TypesConfig and from AddType, which is written in lower case', () => {
    assert.equal(typeOf('a.html'), 'text/html');
    assert.equal(typeOf('a.bar', [['AddType', 'text/BAR', '.BAR']]), 'text/bar');
    assert.equal(typeOf('a.html', [['AddType', 'text/own', 'html', '.x']]), 'text/own');
    assert.equal(typeOf('a.x', [['AddType', 'text/own', 'html', '.x']]), 'text/own');
    assert.equal(typeOf('a'), undefined);
  });

  test('RemoveType takes back both, until AddType says something again', () => {
    assert.equal(typeOf('a.html', [['RemoveType', '.html']]), undefined);
    assert.equal(
      typeOf('a.x', [
        ['AddType', 'text/x', 'x'],
        ['RemoveType', 'x'],
      ]),
      undefined,
    );
    assert.equal(
      typeOf('a.x', [
        ['RemoveType', 'x'],
        ['AddType', 'text/x', 'x'],
      ]),
      'text/x',
    );
    assert.equal(typeOf('a.x', [['AddType', 'text/x', 'x']], [['RemoveType', 'x']]), undefined);
    assert.equal(typeOf('a.x', [['RemoveType', 'x']], [['AddType', 'text/x', 'x']]), 'text/x');
    assert.equal(typeOf('a.html.txt', [['RemoveType', 'txt']]), 'text/html');
  });

  test('an inner section says something of one kind, and the others stay', () => {
    const outer: Lines = [
      ['AddType', 'text/a', '.a'],
      ['AddEncoding', 'gzip', '.a'],
    ];
    const request = typed('x.a', [outer, [['AddCharset', 'UTF-8', '.a']]]);
    assert.deepEqual([request.contentType, request.contentEncoding], ['text/a; charset=utf-8', 'gzip']);
    const removed = typed('x.a', [outer, [['RemoveEncoding', 'a']]]);
    assert.deepEqual([removed.contentType, removed.contentEncoding], ['text/a', undefined]);
  });

  test('a charset without a type is not told', () => {
    assert.equal(typeOf('a.utf8', [['AddCharset', 'utf-8', '.utf8']]), undefined);
    assert.equal(typeOf('a.utf8.html', [['AddCharset', 'utf-8', '.utf8']]), 'text/html; charset=utf-8');
  });

  test('DefaultLanguage is for names that tell none', () => {
    const lines: Lines = [
      ['DefaultLanguage', 'en'],
      ['AddLanguage', 'DE', '.de'],
      ['AddLanguage', 'fr', '.fr'],
    ];
    assert.deepEqual(typed('a.html', [lines]).contentLanguages, ['en']);
    assert.deepEqual(typed('a', [lines]).contentLanguages, ['en']);
    assert.deepEqual(typed('a.de.fr', [lines]).contentLanguages, ['de', 'fr']);
  });

  test('folders have a type of their own', () => {
    const request = makeRequest({ target: '/dir', files: { '/site/dir': {} } });
    assert.equal(mime.definition.hooks!.typeChecker!(request), 'ok');
    assert.equal(request.contentType, 'httpd/unix-directory');
  });

  test('ModMimeUsePathInfo looks behind the file', () => {
    const lines: Lines = [['ModMimeUsePathInfo', 'On']];
    assert.equal(typed('a.html', [lines], '/x.css').contentType, 'text/css');
    assert.equal(typed('a.html', [], '/x.css').contentType, 'text/html');
  });

  test('a type that cannot be taken apart is logged and left as it is', () => {
    const logged: string[] = [];
    const directory = applyLines(MODULES, [['AddType', 'noslash', '.x']]);
    const request = makeRequest({ target: '/a.x', directory, logged });
    mime.definition.hooks!.typeChecker!(request);
    assert.equal(request.contentType, 'noslash');
    assert.deepEqual(logged, ["[mime:warn] AH01599: Cannot get media type from 'noslash'"]);
  });

  test('without its file of types a server does not start', () => {
    const server: ConfigVector = [];
    applyLines(MODULES, [['TypesConfig', '/nonexist']], { server });
    assert.throws(() => mime.definition.hooks!.postConfig!(makeProcess(makeHost(server)), memoryFiles({})), {
      message:
        'AH01597: could not open mime types config file /nonexist. (TypesConfig says where it is, e.g. TypesConfig /etc/mime.types)',
    });
  });
});

describe('what the core says of types', () => {
  test('ForceType wins over names, in lower case, until an inner none', () => {
    assert.equal(typeOf('a.html', [['ForceType', 'text/PLAIN']]), 'text/plain');
    assert.equal(typeOf('n', [['ForceType', 'text/x']]), 'text/x');
    assert.equal(typeOf('a.html', [['ForceType', 'text/x']], [['ForceType', 'None']]), 'text/html');
  });

  test('AddDefaultCharset is taken back by off', () => {
    assert.equal(typeOf('a.html', [['AddDefaultCharset', 'On']]), 'text/html; charset=iso-8859-1');
    assert.equal(typeOf('a.html', [['AddDefaultCharset', 'UTF-8']]), 'text/html; charset=UTF-8');
    assert.equal(typeOf('a.html', [['AddDefaultCharset', 'UTF-8']], [['AddDefaultCharset', 'Off']]), 'text/html');
    assert.equal(typeOf('a.css', [['AddDefaultCharset', 'UTF-8']]), 'text/css');
  });

  test('handlers that nobody knows are kept, those of a loaded module are refused', () => {
    assert.equal(typed('a', [[['SetHandler', 'NoSuch']]]).handler, 'nosuch');
    assert.equal(typed('a', [[['SetHandler', 'x']], [['SetHandler', 'None']]]).handler, undefined);
    assert.equal(typed('a.cgi', [[['AddHandler', 'cgi-script', '.cgi']]]).handler, 'cgi-script');
    const message = /not supported by perdura: it has no mod_cgi\.c$/;
    assert.throws(() => applyLines(MODULES, [['SetHandler', 'CGI-Script']], { loaded: ['mod_cgi.c'] }), { message });
    assert.throws(() => applyLines(MODULES, [['AddHandler', 'cgi-script', '.pl']], { loaded: ['mod_cgi.c'] }), {
      message,
    });
    assert.throws(() => applyLines(MODULES, [['SetHandler', 'proxy:fcgi://h']], { loaded: ['mod_proxy.c'] }));
  });

  test('AcceptPathInfo has three words', () => {
    assert.throws(() => applyLines(MODULES, [['AcceptPathInfo', 'x']]), {
      message: 'AcceptPathInfo must be set to on, off or default',
    });
  });
});
