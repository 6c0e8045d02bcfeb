// The paths that Apache makes of the names of files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { belowServerRoot } from '#src/apache/config/server-root-path.js';

test('names are below ServerRoot unless they begin with a slash, and are told without detours', () => {
  for (const [name, expected] of [
    ['conf/mime.types', '/etc/httpd/conf/mime.types'],
    ['./logs//a.log', '/etc/httpd/logs/a.log'],
    ['../users', '/etc/users'],
    ['certificates/', '/etc/httpd/certificates/'],
    ['/var/log/a.log', '/var/log/a.log'],
    ['/var/./log/../a.log', '/var/a.log'],
  ] as const) {
    assert.equal(belowServerRoot(name, '/etc/httpd'), expected);
    assert.equal(belowServerRoot(name, '/etc/httpd/'), expected);
  }
  assert.equal(belowServerRoot('a.log', '/'), '/a.log');
});
