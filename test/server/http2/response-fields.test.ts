// The fields of an answer as HTTP/2 sends them, without I/O.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MisuseError } from '#src/errors.js';
import {
  encodeHttp2Answer,
  encodeInterimFields,
  encodeTrailerFields,
  joinLines,
} from '#src/server/http2/response-fields.js';
import { Response } from '#src/server/index.js';
import type { AnswerHeaders } from '#src/server/index.js';

const fieldsOf = (headers: AnswerHeaders): unknown => encodeHttp2Answer({ headers }, false).fieldLines;

describe('the fields of an answer', () => {
  test('stand in one object with the status, names in lower case', () => {
    assert.deepEqual(fieldsOf({ 'X-One': '1', etag: '"a"' }), { ':status': 200, 'x-one': '1', etag: '"a"' });
    assert.deepEqual(encodeHttp2Answer(new Response('x'), false).fieldLines, {
      ':status': 200,
      'content-type': 'text/plain;charset=UTF-8',
    });
    assert.deepEqual(encodeHttp2Answer(new Response(null, { status: 204 }), false).fieldLines, { ':status': 204 });
  });

  test('of more than one line are a list', () => {
    const headers = [
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
      ['set-cookie', 'c'],
    ] as const;
    assert.deepEqual(fieldsOf(headers), { ':status': 200, 'set-cookie': ['a', 'b', 'c'] });
  });

  test('that belong to a connection of HTTP/1 are left out (RFC 9113 §8.2.2)', () => {
    const left = [
      'connection',
      'keep-alive',
      'proxy-connection',
      'transfer-encoding',
      'upgrade',
      'te',
      'http2-settings',
    ];
    const answer = encodeHttp2Answer({ headers: left.map((name) => [name, 'x'] as const) }, false);
    assert.deepEqual(answer.fieldLines, { ':status': 200 });
    assert.equal(answer.close, false);
    assert.equal(encodeHttp2Answer({ headers: { connection: 'x, Close' } }, false).close, true);
  });

  test('may have any name and no value that breaks a line', () => {
    const fields = fieldsOf([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['__proto__', 'c'],
    ]) as Record<string, unknown>;
    assert.deepEqual(Object.entries(fields), [
      [':status', 200],
      ['__proto__', ['a', 'c']],
      ['constructor', 'b'],
    ]);
    assert.throws(() => fieldsOf({ x: 'a\u0001' }), MisuseError);
  });

  test('are joined where they may not stand twice, but for cookies', () => {
    const fields = { ':status': 200, etag: ['"a"', '"b"'], 'set-cookie': ['a', 'b'] };
    joinLines(fields);
    assert.deepEqual(fields, { ':status': 200, etag: '"a", "b"', 'set-cookie': ['a', 'b'] });
  });

  test('of interim answers and of trailers are held to the same', () => {
    assert.deepEqual(encodeInterimFields(103, { link: '</a>', connection: 'x' }), { ':status': 103, link: '</a>' });
    assert.deepEqual(encodeInterimFields(100, undefined), { ':status': 100 });
    assert.deepEqual(encodeTrailerFields(['x-sum', '1', 'x-sum', '2']), { 'x-sum': '1, 2' });
  });
});
