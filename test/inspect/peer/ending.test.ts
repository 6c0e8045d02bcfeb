// Endings as they stand in reports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeStyle, endedAfterMs } from '#src/inspect/peer/ending.js';

test('the style names what came before the end and how it ended', () => {
  const afterMs = 7;
  assert.equal(closeStyle({ how: 'fin', before: 'nothing', afterMs }), 'fin');
  assert.equal(closeStyle({ how: 'rst', before: '408', afterMs }), '408+rst');
  assert.equal(closeStyle({ how: 'tls', before: 'bytes', afterMs }), 'bytes+tls');
});

test('what has not ended has no style and no time, whatever came', () => {
  for (const before of ['nothing', '408', 'bytes'] as const) {
    assert.equal(closeStyle({ how: 'none', before, afterMs: 7 }), 'none');
    assert.equal(endedAfterMs({ how: 'none', before, afterMs: 7 }), null);
    assert.equal(endedAfterMs({ how: 'fin', before, afterMs: 7 }), 7);
  }
});
