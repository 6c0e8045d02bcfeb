// What logs tell of a request line that was refused, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readRefusedLine } from '#src/apache/request/read-refused-line.js';

describe('readRefusedLine', () => {
  for (const [line, text, method, target, version] of [
    [' GET  /  HTTP/1.1', 'GET / HTTP/1.1', 'GET', '/', 1_001],
    ['GET / HTTP/x.y', 'GET / HTTP/x.y', 'GET', '/', 1_000],
    ['GET / HTTP/1.10', 'GET / HTTP/1.10', 'GET', '/', 1_000],
    ['GET / HTTP/0.9', 'GET / HTTP/0.9', 'GET', '/', 1_000],
    ['GET /a b HTTP/1.1', 'GET /a b', 'GET', '/a', 1_000],
    ['GET\t/ HTTP/1.1', 'GET / HTTP/1.1', 'GET', '/', 1_001],
    ['nonsense\x01', 'nonsense\x01', 'nonsense\x01', '', 1_000],
    ['', '', '', '', 1_000],
  ] as const) {
    test(`of ${JSON.stringify(line)}`, () => {
      assert.deepEqual(readRefusedLine(line), { text, method, target, version });
    });
  }

  test('its text is three words at most, and reads the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '/', ' ', '\t', '\x01', 'HTTP/1.1') }), (line) => {
        const read = readRefusedLine(line);
        assert.match(read.text, /^(?:\S+(?: \S+){0,2})?$/);
        assert.deepEqual(readRefusedLine(read.text), read);
      }),
    );
  });
});
