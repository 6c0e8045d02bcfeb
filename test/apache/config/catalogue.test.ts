// Every declared directive against the real httpd's table: whose it is, where it may stand, which classes of AllowOverride let it in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MODULES } from '#src/apache/catalogue.js';
import { KNOWN_DIRECTIVES } from '#src/apache/config/known-directives.js';
import { fileNameOfModule } from '#src/apache/syntax/module-names.js';

/** Two files of one thing: what Apache has in either of them is always there. */
const ALWAYS_THERE = ['core.c', 'http_core.c'];

const sorted = (words: readonly string[]): string[] => words.toSorted();

describe('a module of the catalogue', () => {
  for (const name of new Set(MODULES.map((module) => module.name))) {
    test(`is known as ${name} by the name for LoadModule`, () => {
      for (const module of MODULES) {
        if (module.name === name) assert.equal(fileNameOfModule(module.definition.identifier), name);
      }
    });
  }
});

describe('a declared directive', () => {
  for (const { definition } of MODULES) {
    for (const directive of definition.directives) {
      test(`${directive.name} stands where Apache's ${definition.name} lets it stand`, () => {
        const known = KNOWN_DIRECTIVES.find(
          ({ name, module }) =>
            name === directive.name &&
            (module === definition.name || (ALWAYS_THERE.includes(module) && ALWAYS_THERE.includes(definition.name))),
        );
        assert.ok(known !== undefined, 'Apache has no such directive in this module');
        assert.deepEqual(sorted(directive.contexts), sorted(known.contexts));
        if (known.contexts.includes('htaccess')) {
          assert.deepEqual(sorted(directive.override ?? ['any']), sorted(known.override));
        }
      });
    }
  }
});
