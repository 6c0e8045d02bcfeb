// The layers of the product: the rules hold for every file of src, and each rule is shown to bite.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { findBreaches, LAYERS } from './support/layers.ts';
import { codeOnly, parseImports, readSources, resolveImport } from './support/source-file.ts';

// Compiled, this file is build/test/architecture.test.js.
const root = path.resolve(import.meta.dirname, '../..');

/** What is wrong with one file. */
function breachesOf(file: string, text: string): string[] {
  return findBreaches([{ path: file, text: `// What lives here.\n${text}\n` }]);
}

describe('the architecture', () => {
  test('every file of src keeps the rules of its layer', () => {
    const files = readSources(path.join(root, 'src'));
    assert.ok(files.some((file) => file.path === 'errors.ts'));
    assert.deepEqual(findBreaches(files), []);
  });

  test('every folder of src is a layer of the table', () => {
    const entries = readdirSync(path.join(root, 'src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    assert.ok(folders.length > 0);
    assert.deepEqual(
      folders.filter((folder) => LAYERS[folder] === undefined),
      [],
    );
  });

  test('no arrow between layers runs back up: the table itself has no circle', () => {
    const reach = (layer: string, trail: readonly string[]): void => {
      assert.ok(!trail.includes(layer), [...trail, layer].join(' → '));
      const { may = [], typesOf = [] } = LAYERS[layer] ?? {};
      for (const below of [...may, ...typesOf]) reach(below, [...trail, layer]);
    };
    for (const layer of Object.keys(LAYERS)) reach(layer, []);
  });

  test('nothing that is published imports the tests', () => {
    const files = readSources(path.join(root, 'src'));
    const outside = files.flatMap((file) =>
      parseImports(file.text)
        .map(({ from }) => resolveImport(file.path, from))
        .filter((target) => target !== undefined && !existsSync(path.join(root, 'src', target))),
    );
    assert.deepEqual(outside, []);
  });
});

describe('findBreaches', () => {
  test('a tree without files breaks the architecture', () => {
    assert.deepEqual(findBreaches([]), ['there are no source files']);
  });

  const allowed: readonly (readonly [string, string])[] = [
    ['http/tokens.ts', "import { OptionError } from '../errors.ts';"],
    ['trace.ts', "import type { CloseReason } from './http/close-reason.ts';"],
    ['wire/framing.ts', "import { methods } from '../http/methods.ts';\nconst text = `async ${1} Date`; // Date.now()"],
    ['io/listener.ts', "import net from 'node:net';\nsocket.setTimeout(0);"],
    ['io/clock.ts', 'setTimeout(f, Date.now() + performance.now());'],
    ['server/serve.ts', "import { listen } from '../io/listener.ts';"],
    ['server/static/etag.ts', "import fs from 'node:fs/promises';\nimport { lookup } from 'mrmime';\nnew Date(ms);"],
    ['server/report-error.ts', 'console.error(error);'],
    ['guard-trace.ts', 'console.error(error);'],
    ['server/options.ts', "import { checkNumber } from '../option-checks.ts';"],
    ['observe/access-log.ts', "import type { Server } from '../server/server.ts';"],
    ['observe/log-file.ts', "import fs from 'node:fs';"],
    ['testing/manual-clock.ts', "import type { Clock } from '../io/clock.ts';"],
    ['cli/main.ts', "import { serve } from '../server/index.ts';\nprocess.exit();\nconsole.log(1);"],
    ['index.ts', "export { serve } from './server/index.ts';\nexport { PerduraError } from './errors.ts';"],
  ];
  for (const [file, text] of allowed) {
    test(`allowed in ${file}: ${text.replaceAll('\n', ' ')}`, () => {
      assert.deepEqual(breachesOf(file, text), []);
    });
  }

  const forbidden: readonly (readonly [string, string, string])[] = [
    ['http/tokens.ts', "import type { Clock } from '../io/clock.ts';", 'http must not import io'],
    ['http/tokens.ts', "import { inspect } from 'node:util';", 'node:util (the process and the terminal) is not for'],
    ['http/tokens.ts', "import type { Socket } from 'node:net';", 'node:net (sockets) is not for this place'],
    ['errors.ts', "export * from './http/status.ts';", 'errors.ts must not import http'],
    ['trace.ts', "import { CLOSE_REASONS } from './http/close-reason.ts';", 'may import types of http only'],
    ['wire/chunked.ts', "import { systemClock } from '../io/clock.ts';", 'wire must not import io'],
    ['wire/chunked.ts', 'export async function read() {}', '`Date` and `async` in wire: async'],
    ['wire/chunked.ts', 'const date = new Date(0);', '`Date` and `async` in wire: Date'],
    ['io/listener.ts', "import { scanHead } from '../wire/head-scanner.ts';", 'io must not import wire'],
    ['io/listener.ts', "import fs from 'node:fs';", 'node:fs (files) is not for this place'],
    ['server/serve.ts', "import { Session } from '../client/session.ts';", 'server must not import client'],
    ['server/serve.ts', "const { main } = await import('../cli/main.ts');", 'server must not import cli'],
    ['server/serve.ts', "import { ManualClock } from '../testing/index.ts';", 'server must not import testing'],
    ['server/serve.ts', "import net from 'node:net';", 'node:net (sockets) is not for this place'],
    ['server/serve.ts', "import { readFile } from 'node:fs/promises';", 'node:fs/promises (files) is not for'],
    ['server/serve.ts', "import http from 'node:http';", 'node:http (messages of node:http'],
    ['server/serve.ts', "import { lookup } from 'mrmime';", 'mrmime (media types'],
    ['server/serve.ts', "import express from 'express';", 'express (anything else) is not for'],
    ['server/serve.ts', 'setTimeout(close, 5_000);', 'timers and the time: setTimeout'],
    ['server/serve.ts', 'globalThis.setImmediate(close);', 'timers and the time: globalThis.setImmediate'],
    ['server/serve.ts', 'const now = `${Date.now()}`;', 'timers and the time: Date.now'],
    ['server/serve.ts', 'const now = new Date();', 'timers and the time: new Date()'],
    ['server/serve.ts', "process.on('SIGTERM', drain);", '`process`: process.'],
    ['server/serve.ts', 'console.log(1);', '`console`: console.'],
    ['observe/metrics.ts', "import { serve } from '../server/index.ts';", 'observe may import types of server only'],
    ['observe/metrics.ts', "import fs from 'node:fs';", 'node:fs (files) is not for this place'],
    ['testing/faults.ts', "import { systemClock } from '../io/clock.ts';", 'testing may import types of io only'],
    ['testing/faults.ts', "import net from 'node:net';", 'node:net (sockets) is not for this place'],
    ['cli/main.ts', "import { serve } from '../server/serve.ts';", 'cli uses server through its index.ts'],
    ['cli/main.ts', "import { ManualClock } from '../testing/index.ts';", 'cli must not import testing'],
    ['index.ts', "export { serve } from './server/serve.ts';", 'index.ts uses server through its index.ts'],
    ['plugins/gzip.ts', '', 'plugins is not in the table of layers'],
    ['server/utils.ts', '', 'the name does not say what the file holds'],
    ['server/helpers/parse.ts', '', 'the name does not say what the file holds'],
    ['server/long.ts', '\n'.repeat(399), 'server/long.ts: 401 lines, 400 are the limit'],
  ];
  for (const [file, text, message] of forbidden) {
    test(`forbidden in ${file}: ${text.slice(0, 80).replaceAll('\n', '')} (${message})`, () => {
      const breaches = breachesOf(file, text);
      assert.equal(breaches.length, 1, breaches.join('\n'));
      assert.ok(breaches[0]?.includes(message), breaches[0]);
    });
  }

  test('a file of 400 lines is not too long', () => {
    assert.deepEqual(breachesOf('server/long.ts', '\n'.repeat(398)), []);
  });

  test('a file that does not start with a comment is told', () => {
    assert.deepEqual(findBreaches([{ path: 'errors.ts', text: 'export const a = 1;\n' }]), [
      'errors.ts: does not start with a comment that says what lives here',
    ]);
  });

  test('a circle is found, through types as well, and told once', () => {
    const files = [
      { path: 'server/a.ts', text: "// a\nimport type { B } from './b.ts';\n" },
      { path: 'server/b.ts', text: "// b\nexport * from './static/c.ts';\n" },
      { path: 'server/d.ts', text: "// d\nimport './a.ts';\n" },
      { path: 'server/static/c.ts', text: "// c\nimport { a } from '../a.ts';\n" },
    ];
    assert.deepEqual(findBreaches(files), ['circle: server/a.ts → server/b.ts → server/static/c.ts → server/a.ts']);
  });
});

describe('parseImports', () => {
  test('every form of import is found, in order, with what is gone at run time', () => {
    const text = [
      "import a, { b } from './a.ts';",
      "import type { C } from './c.ts';",
      "import { type D } from './d.ts';",
      'import {',
      '  e,',
      '  f,',
      "} from './e.ts';",
      "export * from './g.ts';",
      "export type { H } from './h.ts';",
      "import './i.ts';",
      "const j = await import('./j.ts');",
      'import * as k from "./k.ts";',
    ].join('\n');
    assert.deepEqual(
      parseImports(text).map(({ from, typeOnly }) => `${from}${typeOnly ? ' (types)' : ''}`),
      ['./a.ts', './c.ts (types)', './d.ts', './e.ts', './g.ts', './h.ts (types)', './i.ts', './j.ts', './k.ts'],
    );
  });

  test('what only looks like an import is none', () => {
    const text = [
      "// import a from './a.ts';",
      "/* export * from './b.ts'; */",
      "export const from = 'c';",
      "const text = 'import d from';",
      "parser.import('./e.ts');",
      "export type Source = 'x';",
    ].join('\n');
    assert.deepEqual(parseImports(text), []);
  });
});

describe('codeOnly', () => {
  test('comments, strings and patterns are taken out, code and what templates compute stay', () => {
    const text = [
      'first(); // Date.now()',
      "second('// process.exit', \"it's\"); /* console.log */ third();",
      'const pattern = /[\'"`]process\\//g; fourth();',
      'const half = total / 2; // not a pattern /',
      'const text = `console.log ${fifth({ a: 1 })} // process.env`; sixth();',
    ].join('\n');
    const code = codeOnly(text);
    for (const call of ['first()', 'second(', 'third()', 'fourth()', 'total / 2', 'fifth({ a: 1 })', 'sixth()']) {
      assert.ok(code.includes(call), `${call} is gone: ${code}`);
    }
    for (const gone of ['Date', 'process', 'console', 'pattern /']) {
      assert.ok(!code.includes(gone), `${gone} is still there: ${code}`);
    }
  });
});
