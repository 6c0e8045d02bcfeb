// mod_alias: folders elsewhere and redirects, as the real httpd was seen to find them; its messages.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConfigVector } from '#src/apache/module/config-vector.js';
import { alias } from '#src/apache/modules/alias.js';
import { coreContent } from '#src/apache/modules/core-content.js';
import { applyLines, mergeParts } from './support/apply-lines.js';
import type { LinesPlace } from './support/apply-lines.js';
import { makeRequest } from './support/make-request.js';
import type { RequestWishes } from './support/make-request.js';

type Lines = ReadonlyArray<readonly string[]>;

const MODULES = [alias] as never[];
const LOCATION = { path: '/loc', sections: ['<Location'] };

function serverWith(lines: Lines): ConfigVector {
  const server: ConfigVector = [];
  applyLines(MODULES, lines, { server });
  return server;
}

/** The file that a path is, its status, or its status and where that leads. */
function translate(target: string, lines: Lines, wishes: RequestWishes = {}): unknown {
  const request = makeRequest({ target, server: serverWith(lines), ...wishes });
  request.path = decodeURIComponent(request.path);
  request.filename = undefined;
  const result = alias.definition.hooks!.translateName!(request);
  const location = request.headersOut.get('Location');
  if (result === 'ok') return request.filename;
  return location === undefined ? result : [result, location];
}

/** The same at the last step, for what stands in sections, the outer first. */
function fixUp(target: string, ...sections: Lines[]): unknown {
  let directory: ConfigVector = [];
  for (const lines of sections)
    directory = mergeParts(MODULES, directory, applyLines(MODULES, lines, { path: '/site/' }));
  const request = makeRequest({ target, directory });
  const result = alias.definition.hooks!.fixups!(request);
  const location = request.headersOut.get('Location');
  return location === undefined ? result : [result, location];
}

describe('Alias', () => {
  test('what begins with its path is elsewhere, segment by segment', () => {
    const lines: Lines = [
      ['Alias', '/al', '/other'],
      ['Alias', '/sl/', '/other/'],
      ['Alias', '/cut/', '/other'],
    ];
    assert.equal(translate('/al', lines), '/other');
    assert.equal(translate('/al/x/y', lines), '/other/x/y');
    assert.equal(translate('/alx', lines), undefined);
    assert.equal(translate('/AL/x', lines), undefined);
    assert.equal(translate('/sl', lines), undefined);
    assert.equal(translate('/sl/x', lines), '/other/x');
    assert.equal(translate('/cut/x', lines), '/otherx');
  });

  test('the first that matches counts, and a relative one is below ServerRoot', () => {
    const lines: Lines = [
      ['Alias', '/a', 'other'],
      ['Alias', '/a/b', '/never'],
    ];
    assert.equal(translate('/a/b', lines), '/etc/site/other/b');
  });

  test('AliasMatch puts groups into the name', () => {
    const lines: Lines = [
      ['AliasMatch', '^/am/(.*)\\.htm$', '/other/$1.txt'],
      ['AliasMatch', '^/up(.*)', '/a/b/..$1'],
    ];
    assert.equal(translate('/am/sub/y.htm', lines), '/other/sub/y.txt');
    assert.equal(translate('/am/y.html', lines), undefined);
    assert.equal(translate('/up/c', lines), '/a/c');
  });

  test('in Location all of it is one target, unless AliasPreservePath is on', () => {
    const inLocation = (...lines: Lines): ConfigVector => applyLines(MODULES, lines, LOCATION);
    assert.equal(translate('/loc/x', [], { directory: inLocation(['Alias', '/other']) }), '/other');
    const kept = inLocation(['Alias', '/other'], ['AliasPreservePath', 'On']);
    assert.equal(translate('/loc/x', [], { directory: kept }), '/other/x');
  });

  test('an alias that never has its turn is warned of', () => {
    const warnings: string[] = [];
    const lines: Lines = [
      ['Alias', '/a', '/b'],
      ['Alias', '/a/c', '/d'],
      ['AliasMatch', '^/x', '/y'],
      ['ScriptAlias', '/x/y', '/z'],
    ];
    applyLines(MODULES, lines, { warnings });
    const end = 'in httpd.conf at line 7 will probably never match because it overlaps an earlier';
    assert.deepEqual(warnings, [
      `AH00671: The Alias directive ${end} Alias.`,
      `AH00671: The ScriptAlias directive ${end} AliasMatch.`,
    ]);
  });

  test('ScriptAlias is an alias; where CGI programs would run nobody sees them', async () => {
    const lines: Lines = [['ScriptAlias', '/cgi', '/other']];
    assert.equal(translate('/cgi/x', lines), '/other/x');
    const warnings: string[] = [];
    applyLines(MODULES, lines, { warnings, loaded: ['mod_cgid.c'] });
    assert.deepEqual(warnings, ['ScriptAlias: perdura runs no CGI programs; requests for them answer 500']);
    const request = makeRequest({ files: { '/site/a.html': { text: 'secret' } } });
    request.handler = 'cgi-script';
    assert.equal(await coreContent.definition.hooks!.handler!(request), 'ok');
    request.services.hasModule = (name) => name === 'mod_cgi.c';
    assert.equal(await coreContent.definition.hooks!.handler!(request), 500);
  });

  test('mistakes are told in the words of Apache', () => {
    const seen: ReadonlyArray<readonly [line: readonly string[], where: LinesPlace, message: string]> = [
      [['Alias', '/a'], {}, 'Alias must have two arguments when used globally'],
      [['ScriptAlias', '/a'], { sections: ['<VirtualHost'] }, 'Alias must have two arguments when used globally'],
      [['Alias', '/a', '/b'], LOCATION, 'Alias cannot occur within directory context'],
      [['ScriptAlias', '/a', '/b'], LOCATION, 'ScriptAlias cannot occur within directory context'],
      [['Alias', '/a'], { path: '/d/', sections: ['<Directory'] }, 'Alias cannot occur within <Directory> section'],
      [
        ['Alias', '/a'],
        { path: '/d/', sections: ['<Directory', '<If'] },
        'Alias cannot occur within <Directory> section',
      ],
      [['ScriptAlias', '/a'], { sections: ['<FilesMatch'] }, 'ScriptAlias cannot occur within <FilesMatch> section'],
      [['Alias', '/a'], { path: '/l', sections: ['<Location', '<If'] }, 'Alias cannot occur within <If> section'],
      [['AliasMatch', '(', '/b'], {}, 'Regular expression could not be compiled.'],
    ];
    for (const [line, where, message] of seen) {
      assert.throws(() => applyLines(MODULES, [line], where), { message }, line.join(' '));
    }
  });
});

describe('Redirect', () => {
  test('by prefix the rest of the path is kept, escaped, and the query', () => {
    const lines: Lines = [
      ['Redirect', '/r', '/to'],
      ['Redirect', '301', '/x', 'https://x.example/'],
      ['Redirect', 'permanent', '/sp ace', 'http://x/a b'],
    ];
    assert.deepEqual(translate('/r', lines), [302, 'http://site.example/to']);
    assert.deepEqual(translate('/r/a%20%3Fb?q=1', lines), [302, 'http://site.example/to/a%20%3fb?q=1']);
    assert.deepEqual(translate('/x/d', lines), [301, 'https://x.example//d']);
    assert.deepEqual(translate('/sp%20ace/x', lines), [301, 'http://x/a b/x']);
    assert.equal(translate('/rx', lines), undefined);
  });

  test('a query of the target stands, and a fragment too', () => {
    const lines: Lines = [
      ['Redirect', '/r', '/to?z=1'],
      ['Redirect', '/f', 'http://x/#f'],
    ];
    assert.deepEqual(translate('/r/x?q=2', lines), [302, 'http://site.example/to?z=1/x']);
    assert.deepEqual(translate('/f?q', lines), [302, 'http://x/#f?q']);
  });

  test('a redirect comes before an alias', () => {
    const lines: Lines = [
      ['Alias', '/a', '/other'],
      ['Redirect', '/a', '/to'],
    ];
    assert.deepEqual(translate('/a', lines), [302, 'http://site.example/to']);
  });

  test('words and numbers are statuses, and those that lead nowhere have no target', () => {
    const statuses: Record<string, number> = { permanent: 301, TEMP: 302, seeother: 303, 307: 307, 399: 399 };
    for (const [word, status] of Object.entries(statuses)) {
      assert.deepEqual(translate('/a', [['Redirect', word, '/a', 'http://x/']]), [status, 'http://x/']);
    }
    for (const [word, status] of Object.entries({ gone: 410, 404: 404, 200: 200, 999: 999, 0: 404 })) {
      assert.equal(translate('/a/b', [['Redirect', word, '/a']]), status);
    }
  });

  test('RedirectMatch escapes what it puts together', () => {
    const lines: Lines = [
      ['RedirectMatch', '^/m/(.*)$', 'http://x/a b/$1'],
      ['RedirectMatch', '301', '^/q/(.*)$', '/t/$1?q=$1'],
      ['RedirectMatch', 'gone', '^/g'],
    ];
    assert.deepEqual(translate('/m/a%20%25?q', lines), [302, 'http://x/a%20b/a%20%25?q']);
    assert.deepEqual(translate('/q/x?y', lines), [301, 'http://site.example/t/x?q=x']);
    assert.equal(translate('/gx', lines), 410);
  });

  test('a target that is neither a URL nor a path is 500, and the log tells', () => {
    const logged: string[] = [];
    assert.equal(translate('/m/x', [['RedirectMatch', '^/m/(.*)$', 'to$1']], { logged }), 500);
    assert.deepEqual(logged, [
      "[alias:error] AH00674: cannot redirect '/m/x' to 'tox'; target is not a valid absoluteURI or abs_path",
    ]);
  });

  test('a pattern that is too expensive is 500, and the log tells', () => {
    const logged: string[] = [];
    const request = makeRequest({
      target: `/${'a'.repeat(5_000)}`,
      logged,
      server: serverWith([['RedirectMatch', '(a+)+$(?<!a)', '/x']]),
    });
    request.budget.settle(1_000);
    assert.equal(alias.definition.hooks!.translateName!(request), 500);
    assert.match(logged[0]!, /^\[alias:error\] AH00672: /);
  });

  test('RedirectRelative leaves the host out', () => {
    const directory = applyLines(MODULES, [['RedirectRelative', 'On']]);
    assert.deepEqual(translate('/a/b?q', [['Redirect', '/a', '/to']], { directory }), [302, '/to/b?q']);
  });

  test('without a path it is all of the section', () => {
    const directory = applyLines(MODULES, [['Redirect', '301', '/all']], LOCATION);
    assert.deepEqual(translate('/loc/x?q', [], { directory }), [301, 'http://site.example/all?q']);
    const gone = applyLines(MODULES, [['Redirect', 'gone']], LOCATION);
    assert.equal(translate('/loc/x', [], { directory: gone }), 410);
  });

  test('in folders an inner section goes first, and the outer ones stay', () => {
    const outer: Lines = [
      ['Redirect', '/in/a', '/one'],
      ['Redirect', '/in/sub', '/two'],
    ];
    const inner: Lines = [
      ['Redirect', '/in/sub/x', '/three'],
      ['RedirectMatch', 'gone', 'old$'],
    ];
    assert.deepEqual(fixUp('/in/sub/x', outer, inner), [302, 'http://site.example/three']);
    assert.deepEqual(fixUp('/in/sub/y', outer, inner), [302, 'http://site.example/two/y']);
    assert.equal(fixUp('/in/sub.old', outer, inner), 410);
    assert.equal(fixUp('/else', outer, inner), undefined);
    assert.equal(fixUp('/z', [['Redirect', '0', '/z']]), undefined);
  });

  test("a host's own come before those of the main server", () => {
    const main = alias.definition.createServer();
    const host = alias.definition.createServer();
    const server: ConfigVector = [];
    const merged = (): ConfigVector => {
      server[alias.index] = alias.definition.mergeServer(main, host);
      return server;
    };
    applyLines(
      MODULES,
      [
        ['Redirect', '/a', '/main'],
        ['Redirect', '/b', '/main'],
      ],
      { server: vectorOf(main) },
    );
    applyLines(MODULES, [['Redirect', '/a/x', '/own']], { server: vectorOf(host) });
    assert.deepEqual(translate('/a/x', [], { server: merged() }), [302, 'http://site.example/own']);
    assert.deepEqual(translate('/b', [], { server: merged() }), [302, 'http://site.example/main']);
  });

  test('mistakes are told in the words of Apache', () => {
    const missing = 'URL to redirect to is missing';
    const forbidden = 'Redirect URL not valid for this status';
    const seen: ReadonlyArray<readonly [line: string, where: LinesPlace, message: string]> = [
      ['Redirect /a', {}, missing],
      ['Redirect 301', {}, missing],
      ['Redirect 301', LOCATION, missing],
      ['Redirect 399 /a', {}, missing],
      ['RedirectMatch 301 /a', {}, missing],
      ['RedirectPermanent permanent /b', {}, missing],
      ['Redirect /a b', {}, 'Redirect to non-URL'],
      ['Redirect a b', LOCATION, 'Redirect to non-URL'],
      ['Redirect 301 /a to.txt', {}, 'Redirect to non-URL'],
      ['RedirectTemp /a b', {}, 'Redirect to non-URL'],
      ['Redirect gone /a /b', {}, forbidden],
      ['Redirect 30x /a /b', {}, forbidden],
      ['Redirect 404 x /b', LOCATION, forbidden],
      ['RedirectMatch 404 a b', {}, forbidden],
      ['Redirect foo /a /b', {}, 'Redirect: invalid first argument (of three)'],
      ['RedirectMatch foo [ /b', {}, 'Redirect: invalid first argument (of three)'],
      ['RedirectMatch 410 [ /b', {}, 'Regular expression could not be compiled.'],
      ['RedirectMatch 301 [', {}, 'Regular expression could not be compiled.'],
    ];
    for (const [line, where, message] of seen) {
      assert.throws(() => applyLines(MODULES, [line.split(' ')], where), { message }, line);
    }
    const accepted: ReadonlyArray<readonly [line: string, where: LinesPlace]> = [
      ['Redirect a /b', {}],
      ['Redirect foo /a', {}],
      ['Redirect -1 /a', {}],
      ['RedirectMatch 301 /a b', {}],
      ['RedirectPermanent 404 /b', {}],
      ['Redirect b', LOCATION],
      ['RedirectMatch 301 [', LOCATION],
      ['Redirect gone /b', LOCATION],
    ];
    for (const [line, where] of accepted) applyLines(MODULES, [line.split(' ')], where);
  });

  test('a status for nothing, at which Apache takes the line and dies later, is refused', () => {
    assert.throws(() => applyLines(MODULES, [['Redirect', 'gone']]), { message: 'URL-path to redirect is missing' });
  });
});

function vectorOf(server: unknown): ConfigVector {
  const vector: ConfigVector = [];
  vector[alias.index] = server;
  return vector;
}
