// Fields with bytes that would break the head of an answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { findInvalidField } from '#src/apache/answer/find-invalid-field.js';
import { makeRequest } from '../modules/support/make-request.js';

describe('findInvalidField', () => {
  test('a value may have tabs and bytes above 127, but no control characters', () => {
    for (let code = 0; code < 256; code += 1) {
      for (const table of ['headersOut', 'errorHeadersOut'] as const) {
        const request = makeRequest();
        request[table].set('X-A', `a${String.fromCharCode(code)}b`);
        const isControl = (code < 32 && code !== 9) || code === 127;
        assert.equal(findInvalidField(request) !== undefined, isControl, String(code));
      }
    }
  });

  test('what passes is one line with a token before its colon, whatever was put there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
        const request = makeRequest();
        const bytes = (text: string): string => Buffer.from(text).toString('latin1');
        request.headersOut.add(bytes(name), bytes(value));
        if (findInvalidField(request) !== undefined) return;
        assert.match(`${bytes(name)}: ${bytes(value)}`, /^[^\s:()<>@,;\\"/[\]?={}]+: [^\0\r\n]*$/);
      }),
    );
  });

  test('says which field it is in the words of httpd', () => {
    const told = (name: string, value: string): unknown => {
      const request = makeRequest();
      request.headersOut.set(name, value);
      const invalid = findInvalidField(request);
      return typeof invalid === 'object' ? invalid.message : invalid;
    };
    assert.equal(told('', 'x'), 'AH02428: Empty response header name, aborting request');
    assert.equal(told('a b', 'x'), "AH02429: Response header name 'a b' contains invalid characters, aborting request");
    assert.equal(
      told('X', 'a\nb'),
      "AH02430: Response header 'X' value of 'a\nb' contains invalid characters, aborting request",
    );
    assert.equal(told('X', 'a b'), undefined);
  });

  test('looks at what becomes a field only when the head goes out', () => {
    const typed = makeRequest();
    typed.contentType = 'text/x\nX-Evil: y';
    const coded = makeRequest();
    coded.contentEncoding = 'x\ry';
    const spoken = makeRequest();
    spoken.contentLanguages = ['en', 'd\0e'];
    for (const request of [typed, coded, spoken]) assert.notEqual(findInvalidField(request), undefined);
  });

  test('lets no transfer coding through that the body is not in', () => {
    for (const [coding, passes] of [
      ['chunked', true],
      ['gzip, chunked', true],
      ['gzip', false],
      ['chunked, gzip', false],
      ['identity', false],
    ] as const) {
      const request = makeRequest();
      request.headersOut.set('Transfer-Encoding', coding);
      assert.equal(findInvalidField(request), passes ? undefined : 'quiet', coding);
    }
  });
});
