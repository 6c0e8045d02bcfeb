// One page for each finding, as the catalogue has it: none missing, none out of date, none left over. `UPDATE_DOCS=1` writes them anew.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { FINDING_IDS } from '#src/inspect/index.js';
import { formatFindingPages } from './support/finding-pages.ts';

// Compiled, this file is build/test/docs-findings.test.js.
const folder = path.resolve(import.meta.dirname, '../../docs/findings');
const pages = formatFindingPages();

if (process.env['UPDATE_DOCS'] === '1') {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (!pages.has(file)) rmSync(path.join(folder, file));
  for (const [file, text] of pages) writeFileSync(path.join(folder, file), text);
}

describe('docs/findings', () => {
  test('has a page for every finding, and the index', () => {
    const files = ['README.md', ...FINDING_IDS.map((id) => `${id}.md`)];
    assert.deepEqual([...pages.keys()], files);
    assert.deepEqual(
      files.filter((file) => !existsSync(path.join(folder, file))),
      [],
      'UPDATE_DOCS=1 npm test writes what is missing',
    );
  });

  test('has no page of a finding that is no more', () => {
    assert.deepEqual(
      readdirSync(folder).filter((file) => !pages.has(file)),
      [],
      'UPDATE_DOCS=1 npm test takes away what is left over',
    );
  });

  for (const [file, text] of pages) {
    test(`${file} says what the catalogue says`, () => {
      const written = readFileSync(path.join(folder, file), 'utf8');
      assert.equal(written, text, `docs/findings/${file} is out of date: UPDATE_DOCS=1 npm test writes it anew`);
    });
  }
});
