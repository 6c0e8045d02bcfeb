// What httpd says of a configuration, and what perdura says: the same, for mistakes that people make and for random ones.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { formatNote } from '#src/apache/config/format-note.js';
import { formatRefusal } from '#src/apache/config/format-refusal.js';
import type { ConfigurationNote } from '#src/apache/config/process-configuration.js';
import { readConfiguration } from '#src/apache/config/read-configuration.js';
import { NodeFileLookup } from '#src/apache/files/node-file-lookup.js';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { externalProgram } from '../../support/external-program.ts';
import { CHECKED_CONFIGURATIONS } from './checked-configurations.ts';

const httpd = externalProgram('apache2');
const root = mkdtempSync(path.join(tmpdir(), 'perdura-check-'));
const file = path.join(root, 'httpd.conf');
const modules = '/usr/lib/apache2/modules';

before(() => {
  const inner = {
    'first.conf': `LoadModule mpm_event_module ${modules}/mod_mpm_event.so\nLoadModule authz_core_module ${modules}/mod_authz_core.so\n`,
    'bad.conf': '</Directory>\n',
    'chain.conf': 'Include bad.conf\n',
    'loop.conf': 'Include loop.conf\n',
    'inc/a.conf': 'Listen 8080\nFoo a\n',
    'inc/b.conf': 'ServerName x\n',
    'inc/sub/c.conf': 'ServerAdmin root\n',
    // Where httpd looks for its error log when it checks.
    'logs/error_log': '',
  };
  for (const [name, text] of Object.entries(inner)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
});

after(() => {
  rmSync(root, { recursive: true });
});

/** One a line; the last one is empty. */
const PIECES = String.raw`<IfModule core.c>
<IfModule nope.c>
</IfModule>
<IfDefine X>
<IfDefine !X>
</IfDefine>
<VirtualHost *:80>
</VirtualHost>
<VirtualHost
</VirtualHost
<Foo>
</Foo>
</
<
>
Define X
Define X y
Define Y "a b"
UnDefine X
ServerName $(X)
ServerName "$(Y)"
ServerName a:$(X)
ServerName a b
$(X) x
KeepAlive
KeepAlive $(X)
Timeout 5 \
# c \
\
\\
""
"ServerName" x
'ServerName' "x\"y"
ServerAlias x
Include inc/b.conf
Include bad.conf
IncludeOptional nope
Error x
<IfVersion >= 2.4>
</IfVersion>
<IfFile inc>
</IfFile>
<Directory />
</Directory>
Listen 80
ServerSignature x
`.replaceAll(/\$\((\w)\)/g, '${$1}');

/** Lines of standard error without time and process, and without what is about the name of the machine. */
function comparable(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\[[A-Z][^\]]+\] (\[\w+:\w+\]) \[pid [^\]]+\] (?:\(EAI [^)]*\)[^:]*: )?/, '$1 '))
    .filter((line) => line !== '' && !line.startsWith('AH00558'));
}

function checkByHttpd(): string[] {
  const { stderr } = spawnSync(httpd.path, ['-t', '-d', root, '-f', file], { encoding: 'latin1', timeout: 10_000 });
  return comparable(stderr);
}

function checkByPerdura(): string[] {
  const tell = (notes: readonly ConfigurationNote[]): string[] =>
    notes.filter(({ level, module }) => level === 'warn' && module !== 'perdura').map((note) => formatNote(note, 0, 1));
  try {
    const { notes } = readConfiguration({
      file,
      files: new NodeFileLookup(),
      serverRoot: root,
      environment: process.env,
    });
    return comparable([...tell(notes), 'Syntax OK'].join('\n'));
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
    return comparable([...tell(error.notes), formatRefusal(error, 'apache2')].join('\n'));
  }
}

function check(text: string): void {
  writeFileSync(file, `Include first.conf\n${text}`, 'latin1');
  assert.deepEqual(checkByPerdura(), checkByHttpd(), text);
}

describe('a configuration that is checked by httpd and by perdura', { skip: httpd.skip }, () => {
  for (const text of CHECKED_CONFIGURATIONS) {
    test(JSON.stringify(text), () => {
      check(`${text.replaceAll('ROOT', root)}\n`);
    });
  }

  test('comes to the same words where it is made of pieces at random', () => {
    const pieces = fc.constantFrom(...PIECES.split('\n'), ' ServerAdmin\tx ', 'ServerAdmin x\r');
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 8 }), fc.boolean(), (lines, isEnded) => {
        check(lines.join('\n') + (isEnded ? '\n' : ''));
      }),
      { numRuns: 60 },
    );
  });
});
