// What mod_setenvif does, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setenvif } from '#src/apache/modules/setenvif.js';
import { ConfigurationError } from '#src/apache/syntax/configuration-error.js';
import { configure, linesOf, makeRequest, mergeOver } from './driven-module.ts';
import type { RequestParts } from './driven-module.ts';

const { hooks } = setenvif.definition;

const SENT: RequestParts = {
  path: '/s/f.txt',
  headers: [
    ['Host', 'localhost'],
    ['X-A', '4.5 1'],
    ['x-B', 'two'],
    ['X-D', 'say Hello'],
    ['User-Agent', 'Mozilla/5'],
  ],
};

/** The variables that lines of a folder make. */
function variables(lines: string, parts: RequestParts = SENT): string[] {
  const request = makeRequest([configure(setenvif, lines, { path: '/srv/' })], parts);
  hooks!.headerParser!(request);
  return linesOf(request.env);
}

const CASES: ReadonlyArray<readonly [lines: string, variables: readonly string[]]> = [
  ['SetEnvIf Host localhost A B=x !C', ['A: 1', 'B: x']],
  // A pattern without special characters is a text, and a value for a text is taken as it stands.
  ['SetEnvIf Host localhost A=$0\nSetEnvIf Host local.* B=$0 D=[$1]', ['A: $0', 'B: localhost', 'D: []']],
  ['SetEnvIf X-A "4\\.5" V=$0\nSetEnvIf X-A "^\\." W', ['V: $0']],
  ['SetEnvIfNoCase X-D HELLO Y=y\nSetEnvIf X-D hello Z\nSetEnvIfNoCase X-D "^SAY" W', ['Y: y', 'W: 1']],
  [
    'SetEnvIf Remote_Addr (.*) A=$1\nSetEnvIf Server_Addr (.*) B=$1\nSetEnvIf remote_host (.*) C=$1\n' +
      'SetEnvIf Request_Method (.*) D=$1\nSetEnvIf Request_Protocol (.*) E=$1\nSetEnvIf Request_URI (.*) F=$1',
    ['A: 192.0.2.7', 'B: 127.0.0.1', 'C: 192.0.2.7', 'D: GET', 'E: HTTP/1.1', 'F: /s/f.txt'],
  ],
  ['SetEnvIf Request_URI "\\.txt$" text', ['text: 1']],
  // The last field whose name matches, by its case but for NoCase.
  ['SetEnvIf X-.* (.*) A=$1\nSetEnvIf ^X-B$ (.+) B=$1', ['A: say Hello']],
  ['SetEnvIfNoCase ^X-B$ (.+) B=$1', ['B: two']],
  ['SetEnvIf Nope ^$ A\nSetEnvIf Nope . B', ['A: 1']],
  ['SetEnvIf X-A 1 V=one\nSetEnvIf V one W=two', ['V: one', 'W: two']],
  // Rules in a row that look at the same see the same.
  ['SetEnvIf Host . V=x\nSetEnvIf V x V=y\nSetEnvIf v x A\nSetEnvIf V y B', ['V: y', 'A: 1']],
  ['SetEnvIf Host . V=x\nSetEnvIf V (.*) A=$1\nSetEnvIf Host . V=y\nSetEnvIf V (.*) B=$1', ['V: y', 'A: x', 'B: y']],
  ['SetEnvIf Host . V=x\nSetEnvIf V (.*) A=$1\nSetEnvIfExpr true V=y\nSetEnvIf V (.*) B=$1', ['V: y', 'A: x', 'B: x']],
  ['SetEnvIf ^X-B$ (.*) A=[$1]\nSetEnvIfNoCase ^X-B$ (.*) B=[$1]', ['A: []', 'B: []']],
  ['SetEnvIf Host . V=x W\nSetEnvIf X-A 1 !V', ['W: 1']],
  ['SetEnvIf Host . V=x\nSetEnvIf Host . V=!y', []],
  ['SetEnvIf Host . A= B==x !C=y =v', ['A: 1', 'B: x', '!C: y', ': v']],
  ['SetEnvIf X-A (.*) "V=a b $1"\nSetEnvIf Host . W="q r"', ['V: a b 4.5 1', 'W: "q', 'r": 1']],
  [
    'BrowserMatch ^Moz a=1 b\nBrowserMatchNoCase "^moz(.*)" c=$1\nBrowserMatch "MSIE" !a',
    ['a: 1', 'b: 1', 'c: illa/5'],
  ],
  ['SetEnvIfExpr true E F=x\nSetEnvIfExpr false G', ['E: 1', 'F: x']],
  // The pattern of an expression that does not match leaves nothing to the next rule that would look at the same again.
  ['SetEnvIf Host . A\nSetEnvIfExpr "%{HTTP_HOST} =~ /x(y)/" B\nSetEnvIf Host . C\nSetEnvIf X-A . D', ['A: 1', 'D: 1']],
  // What an expression does not match itself is left of the rule before it.
  ['SetEnvIf Host (.)(.) A=$2\nSetEnvIf Host zz(.) D=x\nSetEnvIfExpr true B=$1$2', ['A: o', 'B: lo']],
];

describe('SetEnvIf and its kin', () => {
  for (const [lines, expected] of CASES) {
    it(`${JSON.stringify(lines)} makes ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(variables(lines), expected);
    });
  }

  it('apply at the level of a server as soon as the head is there, in a folder when that is known', () => {
    const server = configure(setenvif, 'SetEnvIf Host . S=server\nSetEnvIf Host . V=server');
    const folder = configure(setenvif, 'SetEnvIf S (.*) F=$1\nSetEnvIf Host . V=folder', { path: '/srv/' });
    const request = makeRequest([server], SENT);
    hooks!.postReadRequest!(request);
    assert.deepEqual(linesOf(request.env), ['S: server', 'V: server']);
    request.directoryConfig = folder.directory;
    hooks!.headerParser!(request);
    assert.deepEqual(linesOf(request.env), ['S: server', 'V: folder', 'F: server']);
  });

  it('run the lines of the main server before those of a virtual host', () => {
    const main = configure(setenvif, 'SetEnvIf X-A ^(.) V=$1');
    const host = configure(setenvif, 'SetEnvIf V (.*) V=$1$1');
    const request = makeRequest([mergeOver(setenvif, main, host)], SENT);
    hooks!.postReadRequest!(request);
    assert.deepEqual(linesOf(request.env), ['V: 44']);
  });

  it('are refused in the words of Apache', () => {
    const refused = {
      SetEnvIf: 'Missing header-field name for SetEnvIf',
      'SetEnvIf ""  x y': 'Missing header-field name for SetEnvIf',
      'SetEnvIf A': 'Missing regular expression for SetEnvIf',
      'SetEnvIf A "" y': 'Missing regular expression for SetEnvIf',
      'SetEnvIf A b': 'Missing envariable expression for SetEnvIf',
      'SetEnvIf A b "" c': 'Missing envariable expression for SetEnvIf',
      'SetEnvIf A ( b': 'SetEnvIf regex could not be compiled.',
      'SetEnvIf "A(" x b': 'SetEnvIfHeader name regex could not be compiled.',
      SetEnvIfNoCase: 'Missing header-field name for SetEnvIfNoCase',
      'SetEnvIfNoCase A ( b': 'SetEnvIfNoCase regex could not be compiled.',
      BrowserMatch: 'Missing regular expression for BrowserMatch',
      'BrowserMatch a': 'Missing envariable expression for BrowserMatch',
      'BrowserMatchNoCase ( a': 'BrowserMatchNoCase regex could not be compiled.',
      SetEnvIfExpr: 'Missing expression for SetEnvIfExpr',
      'SetEnvIfExpr true': 'Missing envariable expression for SetEnvIfExpr',
    };
    for (const [line, message] of Object.entries(refused)) {
      assert.throws(() => configure(setenvif, line), new ConfigurationError(message), line);
    }
  });
});
