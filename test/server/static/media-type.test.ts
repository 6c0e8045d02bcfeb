// The Content-Type of a name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideMediaType, isUnknownMediaType } from '#src/server/static/media-type.js';

const table: [name: string, mediaType: string][] = [
  ['a.html', 'text/html; charset=utf-8'],
  ['A.HTML', 'text/html; charset=utf-8'],
  ['a.js', 'text/javascript; charset=utf-8'],
  ['a.mjs', 'text/javascript; charset=utf-8'],
  ['a.css', 'text/css; charset=utf-8'],
  ['a.txt', 'text/plain; charset=utf-8'],
  ['a.json', 'application/json'],
  ['a.svg', 'image/svg+xml'],
  ['a.png', 'image/png'],
  ['a.wasm', 'application/wasm'],
  ['a.css.gz', 'application/gzip'],
  ['a.css.br', 'application/octet-stream'],
  ['README', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
  ['a.', 'application/octet-stream'],
  ['a.unheard-of', 'application/octet-stream'],
];

describe('decideMediaType', () => {
  for (const [name, mediaType] of table) {
    it(`says ${mediaType} of ${name}`, () => assert.equal(decideMediaType(name), mediaType));
  }

  it('does not take a property of every object for an extension', () => {
    for (const name of ['a.constructor', 'a.__proto__', 'a.toString']) {
      assert.ok(isUnknownMediaType(decideMediaType(name)), name);
    }
  });
});
