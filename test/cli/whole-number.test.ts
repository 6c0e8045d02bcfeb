// Counts and ports as typed.
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { parseCount, parsePort, parseRequestLimit, parseWorkers } from '#src/cli/whole-number.js';

test('a port is a whole number from 0 to 65535', () => {
  assert.equal(parsePort('0'), 0);
  assert.equal(parsePort('65535'), 65_535);
  for (const text of ['65536', '-1', '80.5', '', 'http', '1e3', '0x50', ' 80']) {
    assert.throws(() => parsePort(text), /from 0 to 65535/, text);
  }
});

test('a count is at least one', () => {
  assert.equal(parseCount('1'), 1);
  for (const text of ['0', '-3', 'many', '9'.repeat(20)]) assert.throws(() => parseCount(text), /at least 1/, text);
});

test('a request limit of 0 means no limit, as in Apache', () => {
  assert.equal(parseRequestLimit('0'), Infinity);
  assert.equal(parseRequestLimit('100'), 100);
  assert.throws(() => parseRequestLimit('-1'), /at least 0/);
});

test('workers are a count, or auto for what the machine can run at the same time', () => {
  assert.equal(parseWorkers('3'), 3);
  assert.equal(parseWorkers('auto'), availableParallelism());
  for (const text of ['0', '1025', '1.5', 'all', '']) {
    assert.throws(() => parseWorkers(text), /from 1 to 1024, or auto/, text);
  }
});
