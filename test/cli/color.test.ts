// When the commands paint.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPalette, decideColor } from '#src/cli/color.js';

test('colour is for terminals, unless the environment says otherwise', () => {
  for (const [isTerminal, environment, expected] of [
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [true, { TERM: 'dumb' }, false],
  ] as const) {
    assert.equal(decideColor({ isTerminal, environment }), expected, JSON.stringify([isTerminal, environment]));
  }
});

test('a palette without colour leaves text as it is, one with colour ends what it begins', () => {
  assert.equal(createPalette(false).red('text'), 'text');
  assert.equal(createPalette(true).red('text'), '\u001b[31mtext\u001b[39m');
});
