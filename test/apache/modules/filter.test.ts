// Which filters are added where, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { changeChain, mergeChains } from '#src/apache/filters/filter-chain.js';
import type { FilterChain } from '#src/apache/filters/filter-chain.js';
import { filter } from '#src/apache/modules/filter.js';
import { coreFilters, mimeFilters } from '#src/apache/modules/output-filters.js';
import { ConfigurationError } from '#src/apache/syntax/configuration-error.js';
import { configure, linesOf, makeRequest, mergeOver, runFilters } from './driven-module.ts';
import type { Configured } from './driven-module.ts';

const LOADED = ['deflate_module', 'include_module'];
const MODULES = [filter, coreFilters, mimeFilters];

/** What a place says, each line for the module that it belongs to. */
function place(lines: string): Map<(typeof MODULES)[number], Configured> {
  const configured = new Map<(typeof MODULES)[number], Configured>();
  for (const module of MODULES) {
    const names = module.definition.directives.map(({ name }) => name);
    const own = lines.split('\n').filter((line) => names.includes(line.split(' ', 1)[0]!));
    configured.set(module, configure(module, own.join('\n'), { loaded: LOADED }));
  }
  return configured;
}

/** The fields of a compressible answer, and what was logged. Places from the outside to the inside. */
async function ask(places: readonly string[], file: { readonly name?: string; readonly type?: string } = {}) {
  const logged: string[] = [];
  const parts = MODULES.map((module) =>
    places.map((lines) => place(lines).get(module)!).reduce((outer, inner) => mergeOver(module, outer, inner)),
  );
  const request = makeRequest(parts, {
    headers: [['Accept-Encoding', 'gzip']],
    services: { log: (_request, level, module, message) => void logged.push(`${module}:${level} ${message}`) },
  });
  request.filename = `/srv/${file.name ?? 'f.txt'}`;
  request.contentType = file.type ?? 'text/plain';
  request.content = { kind: 'bytes', bytes: Buffer.alloc(1000, 'abc') };
  request.headersOut.set('ETag', '"x"');
  for (const module of MODULES) module.definition.hooks!.insertFilter!(request);
  await runFilters(request);
  return { coded: request.headersOut.has('Content-Encoding'), fields: linesOf(request.headersOut), logged };
}

const coded = async (...all: Parameters<typeof ask>): Promise<boolean> => (await ask(...all)).coded;

describe('AddOutputFilterByType', () => {
  it('compares types as they are written, without parameters', async () => {
    const lines = ['AddOutputFilterByType DEFLATE text/plain text/css'];
    assert.equal(await coded(lines), true);
    assert.equal(await coded(lines, { type: 'text/css; charset=utf-8' }), true);
    assert.equal(await coded(lines, { type: 'text/html' }), false);
    assert.equal(await coded(['AddOutputFilterByType DEFLATE TEXT/PLAIN']), false);
    assert.equal(await coded(['AddOutputFilterByType DEFLATE text/*']), false);
    assert.equal(await coded(['AddOutputFilterByType deflate text/plain']), true);
    assert.equal(
      await coded(['AddOutputFilterByType DEFLATE text/html\nAddOutputFilterByType DEFLATE text/plain']),
      true,
    );
  });

  it('of an inner place stands for that of the outer one altogether', async () => {
    const places = ['AddOutputFilterByType DEFLATE text/css text/plain', 'AddOutputFilterByType DEFLATE text/html'];
    assert.equal(await coded(places, { type: 'text/html' }), true);
    assert.equal(await coded(places, { type: 'text/plain' }), false);
    assert.equal(await coded([places[0]!, 'SetOutputFilter none']), true);
    assert.equal(await coded([places[0]!, 'FilterChain !']), false);
    assert.equal(await coded([places[0]!, 'FilterChain -BYTYPE:DEFLATE']), true);
  });
});

describe('SetOutputFilter', () => {
  it('adds to all answers, and the innermost place decides', async () => {
    assert.equal(await coded(['SetOutputFilter DEFLATE']), true);
    assert.equal(await coded(['SetOutputFilter deflate;DEFLATE', '']), true);
    assert.equal(await coded(['SetOutputFilter DEFLATE', 'SetOutputFilter none']), false);
  });

  it('logs names that nobody knows when it answers', async () => {
    const { logged, coded: isCoded } = await ask(['SetOutputFilter none;DEFLATE']);
    assert.deepEqual(logged, ['core:error AH00082: an unknown filter was not added: none']);
    assert.equal(isCoded, true);
  });

  it('refuses what httpd would do and perdura cannot, and lets pass what httpd would not do either', () => {
    const message = 'The output filter Includes (include_module) is not supported by perdura';
    const refuse = (module: Parameters<typeof configure>[0], line: string): void =>
      assert.throws(() => configure(module, line, { loaded: LOADED }), new ConfigurationError(message), line);
    refuse(coreFilters, 'SetOutputFilter Includes');
    refuse(mimeFilters, 'AddOutputFilter DEFLATE;Includes shtml');
    refuse(filter, 'AddOutputFilterByType Includes text/html');
    assert.doesNotThrow(() => configure(coreFilters, 'SetOutputFilter INCLUDES', { loaded: [] }));
  });
});

describe('AddOutputFilter', () => {
  it('looks at every extension, whatever its case and with or without a dot', async () => {
    const lines = ['AddOutputFilter DEFLATE .TXT css'];
    assert.equal(await coded(lines), true);
    assert.equal(await coded(lines, { name: 'f.txt.en' }), true);
    assert.equal(await coded(lines, { name: 'f.CSS' }), true);
    assert.equal(await coded(lines, { name: 'txt' }), false);
    assert.equal(await coded(lines, { name: '.txt' }), false);
  });

  it('is taken back by an inner place', async () => {
    const outer = 'AddOutputFilter DEFLATE txt css';
    assert.equal(await coded([outer, 'RemoveOutputFilter .txt']), false);
    assert.equal(await coded([outer, 'RemoveOutputFilter .txt'], { name: 'f.css' }), true);
    assert.equal(await coded([outer, 'AddOutputFilter DEFLATE txt\nRemoveOutputFilter txt']), true);
    assert.equal(await coded([outer, 'AddOutputFilter none txt']), false);
  });
});

describe('a chain of filters', () => {
  it('asks the providers of its names in their order', async () => {
    assert.equal(await coded(['FilterProvider C DEFLATE true\nFilterChain C']), true);
    assert.equal(await coded(['FilterProvider C DEFLATE false\nFilterChain C']), false);
    assert.equal(await coded(['FilterProvider C DEFLATE false\nFilterProvider C DEFLATE true\nFilterChain C']), true);
    assert.equal(await coded(['FilterDeclare C\nFilterChain C']), false);
    assert.equal(await coded(['FilterProvider C DEFLATE true\nFilterDeclare C\nFilterChain C']), false);
    assert.equal(await coded(['FilterProvider C DEFLATE true\nFilterChain C', 'FilterDeclare C']), false);
    assert.equal(await coded(['FilterProvider C DEFLATE true\nFilterChain C', 'FilterChain !\nFilterChain C']), true);
  });

  it('logs names that nobody declared', async () => {
    assert.deepEqual((await ask(['FilterChain DEFLATE'])).logged, [
      'filter:warn AH01380: Unknown filter DEFLATE not added',
    ]);
  });

  it('takes away the fields that FilterProtocol names', async () => {
    const fields = async (protocol: string): Promise<string[]> =>
      (await ask([`FilterProvider C DEFLATE true\nFilterProtocol C DEFLATE "${protocol}"\nFilterChain C`])).fields;
    const gzip = ['Vary: Accept-Encoding', 'Content-Encoding: gzip'];
    assert.deepEqual(await fields('change=yes'), gzip);
    assert.deepEqual(await fields('change=yes;byteranges=no'), ['Accept-Ranges: none', ...gzip]);
    assert.deepEqual(await fields('cache=no'), ['ETag: "x-gzip"', 'Cache-Control: no-cache', ...gzip]);
    assert.deepEqual(await fields('change=no;cache=yes;bogus=1'), ['ETag: "x-gzip"', ...gzip]);
  });

  it('is refused in the words of Apache', () => {
    const refused = {
      AddOutputFilterByType: 'AddOutputFilterByType requires at least two arguments',
      'AddOutputFilterByType bogus text/html': 'Unknown filter provider bogus',
      'AddOutputFilterByType "DEFLATE;bogus" text/html': 'Unknown filter provider bogus',
      'FilterDeclare a b c': 'FilterDeclare takes 1-2 arguments, filter-name [filter-type]',
      'FilterProvider a bogus true': 'Unknown filter provider bogus',
      FilterChain: 'FilterChain requires at least one argument, list of filter names with optional [+-=!@]',
      'FilterProtocol a change=yes': 'FilterProtocol: No such filter',
      'FilterDeclare a\nFilterProtocol a b change=yes': 'FilterProtocol: No such provider for this filter',
      'FilterTrace a 1': 'Undeclared smart filter a',
      'FilterDeclare a PROTOCOL': 'FilterDeclare: the type PROTOCOL is not supported by perdura',
    };
    for (const [line, message] of Object.entries(refused)) {
      assert.throws(() => configure(filter, line, { loaded: LOADED }), new ConfigurationError(message), line);
    }
  });

  it('is the same, whichever two of three places are merged first', () => {
    const word = fc.constantFrom('a', '+b', '@c', '-a', '=b', '!');
    const chain = fc
      .array(word, { maxLength: 5 })
      .map((words) => words.reduce<FilterChain>((before, next) => changeChain(before, next), []));
    const names = (merged: FilterChain): (string | undefined)[] => merged.filter((name) => name !== undefined);
    fc.assert(
      fc.property(chain, chain, chain, (a, b, c) => {
        assert.deepEqual(names(mergeChains(mergeChains(a, b), c)), names(mergeChains(a, mergeChains(b, c))));
      }),
    );
  });
});
