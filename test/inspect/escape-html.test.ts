// Text becomes text, whatever is in it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { escapeHtml } from '#src/inspect/report/escape-html.js';
import { markup } from '#src/inspect/report/markup.js';
import { hostileText } from './report-arbitraries.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function decode(html: string): string {
  return html.replaceAll(/&([a-z]+|#39);/g, (_, name: string) => ENTITIES[name] ?? '?');
}

describe('escapeHtml', () => {
  test('leaves no character that means something in HTML, and none that cannot be seen', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const html = escapeHtml(text);
        assert.doesNotMatch(html, /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        assert.doesNotMatch(html, /[^\P{C}\n\t]|[\u2028\u2029]/u);
      }),
    );
  });

  test('can be read back where all of it can be seen', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'é', '漢', '😀', ' ', '\n', 'a') }),
        (text) => {
          assert.equal(decode(escapeHtml(text)), text);
        },
      ),
    );
  });

  test('writes out what turns the text around, what is half a character, and what controls', () => {
    assert.equal(escapeHtml('a\u202Eb\uD800c\u001B[0m\0\uFEFF'), 'a\\u{202e}b\\u{d800}c\\x1b[0m\\x00\\u{feff}');
  });

  test('keeps the beginning of a text that is too long, and says how long it was', () => {
    assert.equal(escapeHtml('<'.repeat(9), 2), '&lt;&lt;… (9 characters)');
    assert.ok(escapeHtml('\u202E'.repeat(1_000_000)).length < 40_000);
  });
});

describe('markup', () => {
  test('escapes what is put into it, but for other markup', () => {
    const bold = markup`<b>${'<i>'}</b>`;
    assert.equal(
      String(markup`<p title="${'"'}">${bold}${[bold]}${undefined}${1}</p>`),
      ['<p title="&quot;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b>1</p>'].join(''),
    );
  });
});
