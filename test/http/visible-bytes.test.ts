// What strangers say, as it is shown to people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatBytes, formatText } from '#src/http/index.js';

test('a text that nobody can be harmed by is shown as it is', () => {
  for (const text of ['', 'bye', 'déjà vu', '再见', "it's late", '👋 “now”']) assert.equal(formatText(text), text);
});

test('what a terminal would act upon, or nobody would see, is shown by its number', () => {
  assert.equal(formatText('\u001B[2J\r\n\t\\'), String.raw`\x1b[2J\r\n\t\\`);
  // CSI in one byte, right-to-left override, line separator, zero width space, half of a pair.
  assert.equal(formatText('\u009B\u202E\u2028\u200B\uD800'), String.raw`\x9b\u{202e}\u{2028}\u{200b}\u{d800}`);
});

test('any text is shown in one line, in which nothing acts, and different texts differently', () => {
  const text = fc.string({ unit: 'binary', maxLength: 100 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const shown = formatText(one);
      assert.doesNotMatch(shown, /[\p{C}\p{Zl}\p{Zp}]/u);
      assert.equal(shown === formatText(other), one === other);
    }),
  );
});

test('of long texts and bytes the start is shown, and how long they are', () => {
  assert.equal(formatText('é'.repeat(240)), 'é'.repeat(240));
  assert.equal(formatText('é'.repeat(241)), `${'é'.repeat(240)}… (241 characters)`);
  assert.equal(formatBytes('a'.repeat(241)), `${'a'.repeat(240)}… (241 bytes)`);
});
