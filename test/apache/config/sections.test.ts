// What sections say of how they are written. Messages are those of httpd 2.4.71 for the same lines.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { includesMethod, limitMethods, parseLimitedMethods } from '#src/apache/config/limited-methods.js';
import { readConfiguration } from '#src/apache/config/read-configuration.js';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.js';

/** The line and the message, or what was warned of. */
function check(config: string): string {
  const files = new MemoryFileLookup({ '/c': config });
  try {
    const loaded = readConfiguration({ file: '/c', files });
    return ['OK', ...loaded.notes.filter(({ level }) => level === 'warn').map(({ message }) => message)].join(' ');
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
    return `${error.place?.line} ${error.message}`;
  }
}

function checkAll(cases: readonly (readonly [string, string])[]): void {
  for (const [config, expected] of cases) assert.equal(check(config), expected, config);
}

const inFolder = (lines: string) => `<Directory /a>\n${lines}\n</Directory>`;
const section = (head: string) => `<${head}>\n</${head.split(/[ >]/)[0]!}>`;

describe('<Directory>, <Location> and <Files>', () => {
  const MULTIPLE = (name: string) => `1 Multiple <${name}> arguments not (yet) supported.`;

  test('need their subject, and only one', () => {
    checkAll([
      [section('Directory'), '1 <Directory> directive requires additional arguments'],
      [section('DirectoryMatch'), '1 <DirectoryMatch> directive requires additional arguments'],
      [section('Location'), '1 <Location> directive requires additional arguments'],
      [section('Files'), '1 <Files> directive requires additional arguments'],
      ['<Directory /a\n</Directory>', "1 <Directory> directive missing closing '>'"],
      ['<Location /a\n</Location>', "1 <Location> directive missing closing '>'"],
      ['<Files a\n</Files>', "1 <Files> directive missing closing '>'"],
      ['<directory>\n</directory>', '1 <Directory> directive requires additional arguments'],
      [section('Directory /a /b'), MULTIPLE('Directory')],
      [section('Directory "/a" "/b" '), MULTIPLE('Directory')],
      [section('DirectoryMatch /a /b'), MULTIPLE('DirectoryMatch')],
      [section('Location /a /b'), MULTIPLE('Location')],
      [section('Files a b'), MULTIPLE('Files')],
      [section('FilesMatch a b'), MULTIPLE('FilesMatch')],
      ['<FILES a b>\n</FILES>', MULTIPLE('Files')],
      ['<Directory /a /b>\nOptions Foo\n</Directory>', '2 Illegal option Foo'],
      ['<Directory foo>\nOptions Foo\n</Directory>', '2 Illegal option Foo'],
    ]);
    for (const head of [
      'Directory ""',
      'Directory ~',
      'Directory /../x',
      'Directory *',
      'Location a',
      'Location ~',
      'Files ~',
      'Files "("',
    ]) {
      assert.equal(check(section(head)), 'OK', head);
    }
    assert.equal(check('<Directory /a>junk\n</Directory>'), 'OK');
  });

  test('refuse an expression that is none before what they hold', () => {
    for (const head of [
      'Directory ~ "("',
      'DirectoryMatch "("',
      'Location ~ "("',
      'Location ~ "(" x',
      'LocationMatch "("',
      'Files ~ "(" ',
      'FilesMatch "(" ',
    ]) {
      assert.equal(check(section(head)), '1 Regex could not be compiled', head);
    }
    assert.equal(check('<DirectoryMatch "[">\nOptions Foo\n</DirectoryMatch>'), '1 Regex could not be compiled');
    assert.equal(check(section('LocationMatch "(?<b-c>z)"')), '1 Regex could not be compiled');
  });

  test('stand where they may', () => {
    checkAll([
      ['<Location /a>\n<Location /b>\n</Location>\n</Location>', '2 <Location not allowed in <Location> context'],
      ['<Directory /a>\n<Directory /b>\n</Directory>\n</Directory>', '2 <Directory not allowed in <Directory> context'],
      ['<Directory /a>\n<Location /b>\n</Location>\n</Directory>', '2 <Location not allowed in <Directory> context'],
      ['<Location /a>\n<Directory /b>\n</Directory>\n</Location>', '2 <Directory not allowed in <Location> context'],
      ['<Files a>\n<Directory /b>\n</Directory>\n</Files>', '2 <Directory not allowed in <Files> context'],
      ['<Files a>\n<Location /b>\n</Location>\n</Files>', '2 <Location not allowed in <Files> context'],
      ['<Location /a>\n<Files /b>\n</Files>\n</Location>', '2 <Files> cannot occur within <Location> section'],
      [
        '<LocationMatch />\n<Files x>\n</Files>\n</LocationMatch>',
        '2 <Files> cannot occur within <LocationMatch> section',
      ],
      ['<Files a>\n<Files b>\n</Files>\n</Files>', 'OK'],
      ['<DirectoryMatch />\n<Files x>\n</Files>\n</DirectoryMatch>', 'OK'],
    ]);
  });

  test('of a proxy are refused: there is none', () => {
    assert.match(check('<Proxy *>\n</Proxy>'), /^1 Invalid command '<Proxy'/);
  });
});

describe('<If>, <ElseIf> and <Else>', () => {
  const ORPHAN = '<Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope';
  const IF = '<If true>\n</If>\n';

  test('follow each other in one scope', () => {
    checkAll([
      [section('ElseIf true'), `1 ${ORPHAN}`],
      [section('ElseIf true x'), `1 ${ORPHAN}`],
      [section('Else'), `1 ${ORPHAN}`],
      [`${IF}${section('Else')}\n${section('Else')}`, `5 ${ORPHAN}`],
      [`${IF}${section('Else')}\n${section('ElseIf true')}`, `5 ${ORPHAN}`],
      [inFolder(section('Else')), `2 ${ORPHAN}`],
      [`${IF}${inFolder(section('Else'))}`, `4 ${ORPHAN}`],
      ['<Else>\nOptions Foo\n</Else>', '2 Illegal option Foo'],
      ['<ElseIf true>\nOptions Foo\n</ElseIf>', '2 Illegal option Foo'],
      [`${IF}ServerAdmin x\n${section('Else')}`, 'OK'],
      [`${IF}${section('ElseIf true')}\n${section('ElseIf true')}\n${section('Else')}`, 'OK'],
    ]);
  });

  test('take one expression, or none', () => {
    checkAll([
      [section('If'), '1 <If> directive requires additional arguments'],
      [section('ElseIf'), '1 <ElseIf> directive requires additional arguments'],
      ['<If true\n</If>', "1 <If> directive missing closing '>'"],
      [section('If true false'), '1 Multiple <If> arguments not supported.'],
      [section('If "true" >x'), '1 Multiple <If> arguments not supported.'],
      ['<if true x>\n</if>', '1 Multiple <If> arguments not supported.'],
      ['<If "true" x>\nOptions Foo\n</If>', '2 Illegal option Foo'],
      [section('If ""'), '1 Cannot parse condition clause: syntax error, unexpected $end'],
      [section('If "foo"'), "1 Cannot parse condition clause: syntax error, unexpected $end, expecting '('"],
      [section('ElseIf "("'), '1 Cannot parse condition clause: syntax error, unexpected $end'],
      [`${IF}<Else x>\n</Else>`, '3 <Else> does not take an argument'],
      ['<Else y>\nOptions Foo\n</Else>', '1 <Else> does not take an argument'],
      [`${IF}<Else >\n</Else>`, 'OK'],
      [`${IF}<Else\n</Else>`, 'OK'],
      ['<Else\nOptions Foo\n</Else>', '2 Illegal option Foo'],
    ]);
  });

  test('stand where they may', () => {
    checkAll([
      ['<If true>\n<Directory /a>\n</Directory>\n</If>', '2 <Directory not allowed in <If> context'],
      ['<If true>\n<Location /a>\n</Location>\n</If>', '2 <Location not allowed in <If> context'],
      [
        '<Location />\n<If true>\n<Files x>\n</Files>\n</If>\n</Location>',
        '3 <Files> cannot occur within <Location> section',
      ],
      ['<If true>\n<Files a>\n</Files>\n</If>', 'OK'],
      ['<Files a>\n<If true>\n<Files x>\n</Files>\n</If>\n</Files>', 'OK'],
      ['<If true>\n<If true>\n</If>\n</If>', 'OK'],
    ]);
  });
});

describe('<Limit> and <LimitExcept>', () => {
  test('name methods, and leave some out of those around them', () => {
    checkAll([
      [section('Limit GET'), '1 <Limit not allowed here'],
      ['<Limit GET>\n<Directory /a>\n</Directory>\n</Limit>', '1 <Limit not allowed here'],
      [inFolder(section('Limit')), '2 <Limit> directive requires additional arguments'],
      [inFolder(section('LimitExcept')), '2 <LimitExcept> directive requires additional arguments'],
      [inFolder('<limit>\n</limit>'), '2 <Limit> directive requires additional arguments'],
      [inFolder('<Limit GET\n</Limit>'), "2 <Limit> directive missing closing '>'"],
      [inFolder('<LimitExcept GET\n</LimitExcept>'), "2 <LimitExcept> directive missing closing '>'"],
      [inFolder(section('Limit TRACE')), '2 TRACE cannot be controlled by <Limit>, see TraceEnable'],
      [inFolder(section('LimitExcept TRACE')), 'OK'],
      [inFolder(section('Limit get')), 'OK'],
      [inFolder(section('Limit FOO GET')), 'OK'],
      [
        inFolder(`<Limit GET>\n${section('Limit GET')}\n</Limit>`),
        '3 <Limit> directive specifies methods already excluded',
      ],
      [
        inFolder(`<Limit HEAD>\n${section('Limit GET')}\n</Limit>`),
        '3 <Limit> directive specifies methods already excluded',
      ],
      [
        inFolder(`<Limit GET>\n${section('LimitExcept GET')}\n</Limit>`),
        '3 <LimitExcept> directive excludes all methods',
      ],
      [inFolder(`<Limit GET>\n${section('Limit POST')}\n</Limit>`), '3 <Limit> directive excludes all methods'],
      [inFolder(`<Limit FOO>\n${section('Limit foo')}\n</Limit>`), '3 <Limit> directive excludes all methods'],
      [
        inFolder(`<LimitExcept GET>\n${section('Limit GET')}\n</LimitExcept>`),
        '3 <Limit> directive excludes all methods',
      ],
      [inFolder(`<LimitExcept GET>\n${section('Limit POST')}\n</LimitExcept>`), 'OK'],
      [inFolder(`<LimitExcept GET>\n${section('LimitExcept POST')}\n</LimitExcept>`), 'OK'],
      [
        inFolder(`<Limit GET>\n${section('Files a')}\n</Limit>`),
        '3 <Files> cannot occur within <Limit> or <LimitExcept> section',
      ],
      [
        inFolder(`<Limit GET>\n${section('If true')}\n</Limit>`),
        '3 <If> cannot occur within <Limit> or <LimitExcept> section',
      ],
      [inFolder('<Limit GET>\nOptions None\n</Limit>'), 'OK'],
      ['<Location /a>\n<Limit GET>\n</Limit>\n</Location>', 'OK'],
    ]);
  });

  test('are about their methods, or all others, and HEAD is GET', () => {
    const methods = ['GET', 'POST'];
    for (const [method, listed] of [
      ['GET', true],
      ['HEAD', true],
      ['POST', true],
      ['PUT', false],
      ['get', false],
    ] as const) {
      assert.equal(includesMethod({ methods, except: false }, method), listed, method);
      assert.equal(includesMethod({ methods, except: true }, method), !listed, method);
    }
    assert.equal(includesMethod(undefined, 'BREW'), true);
  });

  test('within each other are about what both are about', () => {
    const limit = parseLimitedMethods('<Limit', ['GET', 'POST', 'PUT'], false);
    const except = parseLimitedMethods('<LimitExcept', ['POST'], false);
    const both = limitMethods('<LimitExcept', limit, except);
    for (const method of ['GET', 'HEAD', 'PUT']) assert.equal(includesMethod(both, method), true, method);
    for (const method of ['POST', 'DELETE', 'get']) assert.equal(includesMethod(both, method), false, method);
    const neither = limitMethods('<LimitExcept', except, parseLimitedMethods('<LimitExcept', ['HEAD'], false));
    for (const method of ['GET', 'HEAD', 'POST']) assert.equal(includesMethod(neither, method), false, method);
    assert.equal(includesMethod(neither, 'PUT'), true);
  });

  test('in .htaccess know the methods of Apache alone', () => {
    for (const method of ['FOO', 'get', 'BREW', 'SEARCH', 'QUERY']) {
      assert.throws(() => parseLimitedMethods('<Limit', [method], true), {
        message: `Could not register method '${method}' for <Limit from .htaccess configuration`,
      });
    }
    assert.deepEqual(parseLimitedMethods('<LimitExcept', ['PATCH', 'HEAD'], true), {
      methods: ['PATCH', 'GET'],
      except: true,
    });
  });
});

describe('AllowOverride and AllowOverrideList', () => {
  test('are read as Apache reads them', () => {
    checkAll([
      ['AllowOverride None', '1 AllowOverride not allowed here'],
      [inFolder('AllowOverride Foo'), '2 Illegal override option Foo'],
      [inFolder('AllowOverride Options=Foo'), '2 Illegal option Foo'],
      [inFolder('AllowOverride Options=Indexes,Foo'), '2 Illegal option Foo'],
      [inFolder('AllowOverride Options=+Indexes'), '2 Illegal option +Indexes'],
      [inFolder('AllowOverride Nonfatal'), '2 =Override, =Unknown or =All expected after Nonfatal'],
      ['AllowOverrideList None', '1 AllowOverrideList not allowed here'],
      [inFolder('AllowOverrideList None Options'), "2 'None' not allowed with other directives in AllowOverrideList"],
      [inFolder('AccessFileName x'), '2 AccessFileName not allowed in <Directory> context'],
    ]);
    const good = [
      '',
      'Options=',
      'Options=None,Indexes',
      'FileInfo=x',
      'Nonfatal=x',
      'Nonfatal=override',
      'None All',
      'All None',
      'all=3',
    ];
    for (const words of good) assert.equal(check(inFolder(`AllowOverride ${words}`)), 'OK', words);
    for (const words of ['', 'None', 'none', '<Files', 'options <IF']) {
      assert.equal(check(inFolder(`AllowOverrideList ${words}`)), 'OK', words);
    }
  });

  test('warn where they are of no use, and of names that .htaccess cannot have', () => {
    for (const [open, close] of [
      ['Location /', 'Location'],
      ['Files a', 'Files'],
      ['If true', 'If'],
    ] as const) {
      assert.equal(
        check(`<${open}>\nAllowOverride All\n</${close}>`),
        'OK AH00114: Useless use of AllowOverride in line 2 of /c.',
      );
      assert.equal(
        check(`<${open}>\nAllowOverrideList Options\n</${close}>`),
        'OK AH00115: Useless use of AllowOverrideList at /c:2',
      );
    }
    checkAll([
      [
        inFolder('<Limit GET>\nAllowOverride All\n</Limit>'),
        'OK AH00114: Useless use of AllowOverride in line 3 of /c.',
      ],
      ['<DirectoryMatch a>\nAllowOverride All\n</DirectoryMatch>', 'OK'],
      [
        inFolder('AllowOverrideList Options Foo'),
        "OK AH00116: Discarding unrecognized directive `Foo' in AllowOverrideList at /c:2",
      ],
      [
        inFolder('AllowOverrideList Directory'),
        "OK AH00116: Discarding unrecognized directive `Directory' in AllowOverrideList at /c:2",
      ],
      [
        inFolder('AllowOverrideList KeepAlive'),
        "OK AH02304: Discarding directive `KeepAlive' not allowed in AllowOverrideList at /c:2",
      ],
      [
        inFolder('AllowOverrideList ServerName'),
        "OK AH02304: Discarding directive `ServerName' not allowed in AllowOverrideList at /c:2",
      ],
    ]);
  });
});
