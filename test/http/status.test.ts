// Phrases against the IANA registry, bodies against RFC 9112 §6.3, and the names of the versions.
import assert from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';
import { test } from 'node:test';
import { reasonPhrase, statusForbidsBody } from '#src/http/status.js';
import { formatVersion } from '#src/http/version.js';

// Where Node.js follows RFC 7231 or something that is not registered.
const RENAMED_SINCE: Readonly<Record<string, string>> = {
  '413': 'Content Too Large',
  '418': '',
  '422': 'Unprocessable Content',
  '509': '',
};

test('every registered status has its phrase', () => {
  for (const [status, phrase] of Object.entries(STATUS_CODES)) {
    assert.equal(reasonPhrase(Number(status)), RENAMED_SINCE[status] ?? phrase, status);
  }
});

test('no number but the registered ones has a phrase', () => {
  const known: number[] = [];
  for (let status = -1; status <= 1100; status++) if (reasonPhrase(status) !== '') known.push(status);
  assert.equal(known.length, Object.keys(STATUS_CODES).length - 2);
  assert.equal(known[0], 100);
  assert.equal(known.at(-1), 511);
  for (const odd of [Number.NaN, Infinity, 200.5, 1e9]) assert.equal(reasonPhrase(odd), '');
});

test('exactly 1xx, 204 and 304 forbid a body', () => {
  for (let status = 100; status <= 999; status++) {
    assert.equal(statusForbidsBody(status), status < 200 || status === 204 || status === 304, String(status));
  }
});

test('a minor version names HTTP/1.0 or HTTP/1.1', () => {
  assert.equal(formatVersion(0), '1.0');
  assert.equal(formatVersion(1), '1.1');
});
