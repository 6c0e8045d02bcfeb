// Programs that may be missing: found, skipped with a remedy, or required.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { DEBIAN_PACKAGES, externalProgram, versionFolders } from './external-program.ts';

describe('externalProgram', () => {
  test('a program on the PATH is found, a file that cannot be executed is not taken for one', (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-program-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const decoy = path.join(folder, 'decoy');
    writeFileSync(path.join(folder, 'slowhttptest'), '#!/bin/sh\n');
    chmodSync(path.join(folder, 'slowhttptest'), 0o755);
    assert.deepEqual(externalProgram('slowhttptest', { PATH: `${decoy}:${folder}` }), {
      path: path.join(folder, 'slowhttptest'),
      skip: false,
    });
    chmodSync(path.join(folder, 'slowhttptest'), 0o644);
    assert.notEqual(externalProgram('slowhttptest', { PATH: folder }).path, path.join(folder, 'slowhttptest'));
  });

  test('a missing program skips the test with the package to install, and fails it where it is required', () => {
    const nowhere = { PATH: '/nonexistent' };
    assert.deepEqual(externalProgram('wrk', nowhere), {
      path: '',
      skip: 'wrk is not installed (apt-get install wrk)',
    });
    assert.throws(() => externalProgram('ab', { ...nowhere, PERDURA_TEST_EXTERNAL: 'required' }), {
      message: 'PERDURA_TEST_EXTERNAL=required, but ab is not installed (apt-get install apache2-utils)',
    });
  });

  test('where several versions stand side by side, the newest comes first', (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-versions-'));
    context.after(() => rmSync(folder, { recursive: true }));
    for (const version of ['9.6', '15', '17', 'common']) mkdirSync(path.join(folder, version));
    assert.deepEqual(
      versionFolders(folder),
      ['17', '15', '9.6'].map((version) => path.join(folder, version, 'bin')),
    );
    assert.deepEqual(versionFolders(path.join(folder, 'nowhere')), []);
  });

  test('the run from a fresh clone installs the package of every program', () => {
    // Compiled, this file is build/test/support/external-program.test.js.
    const script = readFileSync(path.resolve(import.meta.dirname, '../../../.ci/run'), 'utf8');
    const [, packages = ''] = /^packages=\((.*)\)$/m.exec(script) ?? [];
    assert.deepEqual(packages.split(' ').toSorted(), [...new Set(Object.values(DEBIAN_PACKAGES))].toSorted());
  });
});
