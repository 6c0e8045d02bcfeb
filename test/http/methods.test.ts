// Safe and idempotent methods against RFC 9110 §9.2.
import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { test } from 'node:test';
import { isIdempotentMethod, isSafeMethod } from '#src/http/methods.js';

test('the safe methods are those of RFC 9110 §9.2.1 and no other', () => {
  assert.deepEqual(METHODS.filter(isSafeMethod).toSorted(), ['GET', 'HEAD', 'OPTIONS', 'TRACE']);
});

test('the idempotent methods are the safe ones, PUT and DELETE (RFC 9110 §9.2.2) and no other', () => {
  assert.deepEqual(METHODS.filter(isIdempotentMethod).toSorted(), ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'TRACE']);
});

test('methods are case-sensitive (RFC 9110 §9.1)', () => {
  for (const method of ['get', 'Put', 'delete', '', 'GET ', 'constructor']) {
    assert.equal(isSafeMethod(method), false, method);
    assert.equal(isIdempotentMethod(method), false, method);
  }
});
