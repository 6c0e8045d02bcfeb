// Fields with bytes that would break the head of an answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { finishAnswer } from '#src/apache/answer/finish-answer.js';
import { makeRequest } from '../modules/support/make-request.js';

describe('finishAnswer', () => {
  test('a field that would split the answer makes it 500, and the log tells', async () => {
    const logged: string[] = [];
    const request = makeRequest({ logged });
    request.headersOut.set('Location', 'http://x/?a\r\nX-Evil: y');
    request.errorHeadersOut.set('X-Kept', 'yes');
    assert.equal(await finishAnswer(request), 500);
    assert.equal(request.hidesLength, true);
    assert.equal(request.headersOut.has('Location'), false);
    assert.equal(request.errorHeadersOut.get('X-Kept'), 'yes');
    assert.deepEqual(logged, [
      "[http:error] AH02430: Response header 'Location' value of 'http://x/?a\r\nX-Evil: y' contains invalid characters, aborting request",
    ]);
  });

  test('tabs and bytes above 127 may be in values, but no control characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 255 }), async (code) => {
        const request = makeRequest();
        request.headersOut.set('X-A', `a${String.fromCharCode(code)}b`);
        const isControl = (code < 32 && code !== 9) || code === 127;
        assert.equal(await finishAnswer(request), isControl ? 500 : undefined);
      }),
    );
  });

  test('names must be tokens, and types are looked at, too', async () => {
    const named = makeRequest();
    named.errorHeadersOut.set('X Y', 'z');
    assert.equal(await finishAnswer(named), 500);
    assert.equal(named.errorHeadersOut.size, 0);
    const typed = makeRequest();
    typed.contentType = 'text/x\nX-Evil: y';
    assert.equal(await finishAnswer(typed), 500);
    assert.equal(typed.contentType, undefined);
  });

  test('after the fields are gone, the answer of the error goes out', async () => {
    const request = makeRequest();
    request.errorHeadersOut.set('X-A', 'a\nb');
    assert.equal(await finishAnswer(request), 500);
    assert.equal(await finishAnswer(request), undefined);
  });
});
