// The errors of HTTP/2 by their codes.
import assert from 'node:assert/strict';
import { constants } from 'node:http2';
import { test } from 'node:test';
import { CANCEL, ENHANCE_YOUR_CALM, NO_ERROR, nameHttp2Error } from '#src/http/http2-errors.js';

test('errors of HTTP/2 have the names of the RFC, as node:http2 has them, and others their number', () => {
  for (let code = 0; code < 14; code += 1) {
    const name = `NGHTTP2_${nameHttp2Error(code)}` as keyof typeof constants;
    assert.equal(constants[name], code, name);
  }
  assert.equal(nameHttp2Error(14), 'error 14');
  assert.deepEqual([NO_ERROR, CANCEL, ENHANCE_YOUR_CALM].map(nameHttp2Error), [
    'NO_ERROR',
    'CANCEL',
    'ENHANCE_YOUR_CALM',
  ]);
});
