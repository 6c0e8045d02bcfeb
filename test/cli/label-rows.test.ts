// Rows of label and text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLabelRows } from '#src/cli/label-rows.js';

test('texts stand in one column, wrapped at spaces to the width', () => {
  const rows = [
    { label: 'One', lines: ['a bb ccc dddd'] },
    { label: 'Three', lines: ['e', 'http://127.0.0.1:8080/long'] },
  ];
  assert.equal(
    formatLabelRows(rows, 17),
    ['  One    a bb ccc', '         dddd', '  Three  e', '         http://127.0.0.1:8080/long', ''].join('\n'),
  );
});

test('a verbatim line is never wrapped, so that it can be copied', () => {
  const rows = [{ label: 'Try', lines: [{ verbatim: 'curl -v http://a/ http://a/' }] }];
  assert.equal(formatLabelRows(rows, 12), '  Try  curl -v http://a/ http://a/\n');
});

test('labels are painted with their padding, so that colour does not shift the column', () => {
  const rows = [{ label: 'Label', lines: ['text'] }];
  assert.equal(
    formatLabelRows(rows, Infinity, (label) => `<${label}>`),
    '  <Label  >text\n',
  );
});

test('texts are painted line by line, after they were wrapped', () => {
  const rows = [{ label: 'A', lines: ['one two'] }];
  assert.equal(
    formatLabelRows(rows, 9, undefined, (line) => `<${line}>`),
    '  A  <one>\n     <two>\n',
  );
});
