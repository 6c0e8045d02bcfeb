// .htaccess: what AllowOverride grants, what Nonfatal forgives, and what the file may not do whatever is granted.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { coreServer } from '#src/apache/modules/core-server.js';
import type { OverrideClass, OverrideGrant } from '#src/apache/module/override-grant.js';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { read } from './read-memory.ts';

const FILE = '/srv/www/.htaccess';

function grant(classes: readonly OverrideClass[], more: Partial<OverrideGrant> = {}): OverrideGrant {
  return { classes: new Set(classes), list: undefined, options: undefined, nonfatal: new Set(), ...more };
}

const ALL = grant(['AuthConfig', 'FileInfo', 'Indexes', 'Limit', 'Options']);

const configuration = read('Define Name value\nServerSignature Off\nKeepAliveTimeout 7');

function apply(text: string, granted = ALL): ReturnType<typeof configuration.htaccess.read> {
  const host = configuration.hosts[0]!;
  return configuration.htaccess.read({ text, file: FILE, path: '/srv/www/', grant: granted, host });
}

function complaint(text: string, granted = ALL): string {
  try {
    apply(text, granted);
  } catch (error) {
    if (error instanceof ConfigurationRefused) return error.message;
    throw error;
  }
  throw new Error(`nobody refused ${JSON.stringify(text)}`);
}

const UNKNOWN = 'perhaps misspelled or defined by a module not included in the server configuration';

describe('an .htaccess file', () => {
  test('makes a configuration of its own, and leaves that of the server alone', () => {
    const before = structuredClone([configuration.hosts[0]!.server, configuration.hosts[0]!.directory]);
    const { directory, warnings } = apply('<IfModule core.c>\nServerSignature On\n</IfModule>');
    assert.equal(coreServer.ofDirectory(directory).serverSignature, 'on');
    assert.deepEqual(warnings, []);
    assert.deepEqual([configuration.hosts[0]!.server, configuration.hosts[0]!.directory], before);
  });

  test('has warnings of modules, which concern the server, also where it is refused', () => {
    const expected = {
      level: 'warn',
      message: `AH00117: Ignoring deprecated use of DefaultType in line 1 of ${FILE}.`,
      module: 'core',
    };
    assert.deepEqual(apply('DefaultType text/plain').moduleWarnings, [expected]);
    assert.throws(
      () => apply('DefaultType text/plain\nNoSuch'),
      (error) => {
        assert.ok(error instanceof ConfigurationRefused);
        assert.deepEqual(error.notes, [expected]);
        return true;
      },
    );
  });

  test('must keep to what AllowOverride grants', () => {
    assert.equal(complaint('KeepAlive On'), 'KeepAlive not allowed here');
    assert.equal(complaint('<Directory />\n</Directory>'), '<Directory not allowed here');
    assert.equal(complaint('<Files x>\nListen 80\n</Files>'), 'Listen not allowed in <Files> context');
    assert.equal(complaint('EnableSendfile On', grant(['Indexes'])), 'EnableSendfile not allowed here');
    assert.equal(complaint('ServerSignature On', grant([])), 'ServerSignature not allowed here');
    apply('ServerSignature On', grant(['Indexes']));
    apply('ServerSignature On', grant([], { list: new Set(['serversignature']) }));
  });

  test('can neither define, load, include nor move anything', () => {
    for (const name of ['Define', 'UnDefine', 'LoadModule', 'LoadFile', 'Include', 'IncludeOptional', 'ServerRoot']) {
      assert.equal(complaint(`${name} a b`), `${name} not allowed here`);
    }
    assert.equal(complaint('<IfModule core.c>', grant([])), '<IfModule not allowed here');
  });

  test('sees what the configuration has defined', () => {
    assert.equal(complaint('<IfDefine Name>\nError ${name}\n</IfDefine>'), 'value');
  });

  test('is forgiven where Nonfatal says so, with a warning; bad values never are', () => {
    const lenient = grant(['FileInfo'], { nonfatal: new Set(['override', 'unknown']) });
    assert.deepEqual(apply('Options None\nFooBar\n<Foo>\nKeepAlive nope\n</Foo>\nInclude x', lenient).warnings, [
      'AH02295: Include in .htaccess forbidden by AllowOverride',
      'AH02295: Options in .htaccess forbidden by AllowOverride',
      `AH02296: Unknown directive foobar ${UNKNOWN}`,
      `AH02296: Unknown directive <foo ${UNKNOWN}`,
    ]);
    assert.equal(complaint('ServerSignature perhaps', lenient), 'ServerSignature: use one of: off | on | email');
  });

  test('has lines of up to 8192 bytes, and sections in bounds', () => {
    apply(`# ${'x'.repeat(8189)}\n`);
    assert.equal(complaint(`# ${'x'.repeat(8190)}\n`), `Error reading ${FILE} at line 1: Line too long`);
    assert.match(complaint('<Files x>\n'.repeat(129)), /maxSectionDepth/);
  });

  test('is told with its structure, and without its place', () => {
    assert.equal(complaint('<Files x>'), `${FILE}:1: <Files> was not closed.`);
    assert.equal(complaint('\n\nFoo'), `Invalid command 'Foo', ${UNKNOWN}`);
  });
});
