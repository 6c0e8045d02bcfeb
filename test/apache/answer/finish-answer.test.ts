// The length that an answer tells is that of its body, whatever Header says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { finishAnswer } from '#src/apache/answer/finish-answer.js';
import type { ApacheRequest } from '#src/apache/request/apache-request.js';
import type { Content } from '#src/apache/request/content.js';
import { makeRequest } from '../modules/support/make-request.js';

const BYTES: Content = { kind: 'bytes', bytes: Buffer.from('hello') };

/** As the filter of mod_headers leaves them. */
async function lengthsOf(content: Content, prepare: (request: ApacheRequest) => void): Promise<unknown[]> {
  const request = makeRequest();
  request.content = content;
  prepare(request);
  assert.equal(await finishAnswer(request), undefined);
  return [request.errorHeadersOut.getAll('Content-Length'), request.headersOut.getAll('Content-Length')];
}

async function* chunks(): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from('hello'));
}

describe('a length that Header sets', () => {
  test('with always does not stand beside the true one', async () => {
    const lengths = await lengthsOf(BYTES, (request) => request.errorHeadersOut.set('Content-Length', '2'));
    assert.deepEqual(lengths, [undefined, '5']);
  });

  test('is not told of a body whose length nobody tells', async () => {
    const set = (request: ApacheRequest): void => request.headersOut.set('Content-Length', '2');
    assert.deepEqual(await lengthsOf({ kind: 'stream', chunks: chunks() }, set), [undefined, undefined]);
    const hidden = (request: ApacheRequest): void => {
      set(request);
      request.hidesLength = true;
    };
    assert.deepEqual(await lengthsOf(BYTES, hidden), [undefined, undefined]);
  });

  test('stays where it is that of the body', async () => {
    const set = (request: ApacheRequest): void => request.headersOut.set('Content-Length', '5');
    const stream: Content = { kind: 'stream', chunks: chunks(), lengthBytes: 5 };
    assert.deepEqual(await lengthsOf(stream, set), [undefined, '5']);
  });
});
