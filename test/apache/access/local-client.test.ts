// Clients on the machine of the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLocal } from '#src/apache/access/local-client.js';

test('Require local knows loopback, and a client on an address of the server', () => {
  assert.ok(isLocal('127.5.6.7', '10.0.0.1'));
  assert.ok(isLocal('::1', '::1'));
  assert.ok(isLocal('::ffff:127.0.0.1', '::'));
  assert.ok(isLocal('10.0.0.1', '10.0.0.1'));
  assert.ok(isLocal('::ffff:10.0.0.1', '10.0.0.1'));
  assert.ok(isLocal('fe80::1', 'fe80::1'));
  assert.ok(!isLocal('10.0.0.2', '10.0.0.1'));
  assert.ok(!isLocal('::2', '::1'));
});

test('a client without an address is not local', () => {
  assert.ok(!isLocal('', ''));
  assert.ok(!isLocal('localhost', 'localhost'));
});
