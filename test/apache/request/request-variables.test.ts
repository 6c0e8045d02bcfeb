// Variables that expressions and mod_rewrite share.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequestVariable } from '#src/apache/request/request-variables.js';
import { makeHost } from '../make-host.ts';
import { makeRequest } from '../modules/support/make-request.js';

test('an administrator that nobody named has the words of httpd for it', () => {
  const request = makeRequest();
  request.host = makeHost([], {});
  assert.equal(readRequestVariable('SERVER_ADMIN', request), '[no address given]');
  request.host = makeHost([], { admin: 'me@site.example' });
  assert.equal(readRequestVariable('SERVER_ADMIN', request), 'me@site.example');
});

test('the scheme is that of ServerName, where a proxy in front of the server speaks TLS', () => {
  const request = makeRequest();
  request.host = makeHost([], {});
  assert.equal(readRequestVariable('REQUEST_SCHEME', request), 'http');
  request.host = makeHost([], { nameScheme: 'https' });
  assert.equal(readRequestVariable('REQUEST_SCHEME', request), 'https');
});
