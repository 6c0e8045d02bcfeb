// Durations typed and printed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDuration } from '#src/cli/duration.js';
import { formatDuration } from '#src/text/index.js';

test('a duration takes ms, s, m, min and h, decimals and a space; a bare number is seconds', () => {
  for (const [text, durationMs] of [
    ['5', 5_000],
    ['0', 0],
    ['65s', 65_000],
    ['500ms', 500],
    ['1.5', 1_500],
    ['.5s', 500],
    ['2m', 120_000],
    ['2min', 120_000],
    ['1.5h', 5_400_000],
    [' 10 s ', 10_000],
  ] as const) {
    assert.equal(parseDuration(text), durationMs, text);
  }
});

test('anything else is refused with a message that shows how to write one', () => {
  const wrong = [
    '',
    ' ',
    '-1',
    '-5s',
    '+5',
    '5x',
    's',
    'abc',
    '1e3',
    '0x10',
    '5 5',
    '5s5',
    '1,5',
    '1..5',
    '1.',
    'Infinity',
    'NaN',
    '9'.repeat(400),
  ];
  for (const text of wrong) {
    assert.throws(() => parseDuration(text), /500ms, 65s, 2m or 1h/, text);
  }
});

test('durations are printed in short words', () => {
  for (const [durationMs, text] of [
    [0, '0 ms'],
    [0.4, '0 ms'],
    [500, '500 ms'],
    [999.6, '1 s'],
    [1_500, '1.5 s'],
    [65_000, '65 s'],
    [68_250, '68.25 s'],
    [119_999, '120 s'],
    [120_000, '2 min'],
    [150_000, '2 min 30 s'],
    [7_199_000, '119 min 59 s'],
    [7_200_000, '2 h'],
    [9_000_000, '2 h 30 min'],
    [Infinity, 'for ever'],
  ] as const) {
    assert.equal(formatDuration(durationMs), text);
  }
});

test('what is printed below two minutes can be typed, and means the same to a hundredth of a second', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 119_994, noNaN: true }), (durationMs) => {
      assert.ok(Math.abs(parseDuration(formatDuration(durationMs)) - durationMs) <= 5.001);
    }),
  );
});
