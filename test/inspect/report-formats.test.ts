// The report for programs and for the web pages of build servers: JSON, JUnit XML, Markdown.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatHtml, formatJson, formatJunit, formatMarkdown } from '#src/inspect/index.js';
import type { ExpectationResult, InspectionReport } from '#src/inspect/index.js';
import { GOOD_REPORT, HOSTILE_REPORT, SAMPLE_REPORT } from './sample-report.ts';

const EXPECTATIONS: readonly ExpectationResult[] = [
  { expectation: 'idleTimeoutMs>=65s', met: false, sentence: 'idleTimeoutMs is 5 s (expected: at least 65 s)' },
  { expectation: 'chunked==true', met: true, sentence: 'chunked is true (expected: true)' },
];

/** A report in which a server says this wherever it can. */
function reportSaying(text: string): InspectionReport {
  const [finding] = SAMPLE_REPORT.findings;
  return {
    ...HOSTILE_REPORT,
    url: `http://127.0.0.1/${text}`,
    measurements: { ...HOSTILE_REPORT.measurements, server: text, advertisedField: text, unsolicitedBytes: text },
    findings: [{ ...finding!, detail: text }],
    checks: HOSTILE_REPORT.checks.map((check) => ({ ...check, reason: check.outcome === 'measured' ? '' : text })),
  };
}

describe('JSON', () => {
  test('is the report as it is', () => {
    const text = formatJson(SAMPLE_REPORT);
    assert.deepEqual(JSON.parse(text), SAMPLE_REPORT);
    assert.match(text, /^\{\n {2}"url": "http:\/\/127\.0\.0\.1:8080\/",\n[\s\S]*\n\}\n$/);
  });

  test('has what became of expectations beside it, where there were any', () => {
    assert.deepEqual(JSON.parse(formatJson(GOOD_REPORT, EXPECTATIONS)), { ...GOOD_REPORT, expectations: EXPECTATIONS });
  });
});

/** Reads XML as far as reports use it. Throws where it is not well-formed. */
function readXml(text: string): { name: string; attributes: Map<string, string>; text: string }[] {
  const elements: { name: string; attributes: Map<string, string>; text: string }[] = [];
  const open: (typeof elements)[number][] = [];
  const decode = (raw: string): string => {
    assert.doesNotMatch(raw, /[<>]|&(?!(?:amp|lt|gt|quot|apos);)/, 'escaped');
    const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
    return raw.replaceAll(/&(\w+);/g, (_, name: string) => characters[name]!);
  };
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/, 'characters that XML has not');
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  let end = 0;
  for (const match of body.matchAll(/<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>/g)) {
    const [whole, closing, name = '', attributes = '', empty] = match;
    const between = body.slice(end, match.index);
    end = match.index + whole.length;
    const parent = open.at(-1);
    if (parent === undefined) assert.equal(between.trim(), '');
    else parent.text += decode(between);
    if (closing === '/') {
      assert.equal(open.pop()?.name, name);
      continue;
    }
    const pairs = Array.from(
      attributes.matchAll(/ ([\w-]+)="([^"]*)"/g),
      ([, key = '', value = '']): [string, string] => [key, decode(value)],
    );
    const element = { name, attributes: new Map(pairs), text: '' };
    assert.equal(element.attributes.size, pairs.length, 'attributes twice');
    elements.push(element);
    if (empty !== '/') open.push(element);
  }
  assert.deepEqual(open, []);
  assert.equal(body.slice(end).trim(), '');
  return elements;
}

describe('JUnit XML', () => {
  test('has a test case for each check, each expectation and each finding', () => {
    const names = readXml(formatJunit(SAMPLE_REPORT, EXPECTATIONS))
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes }) => `${attributes.get('classname')} ${attributes.get('name')}`);
    assert.deepEqual(names, [
      ...SAMPLE_REPORT.checks.map(({ id, title }) => `perdura.checks ${id}: ${title}`),
      ...EXPECTATIONS.map(({ expectation }) => `perdura.expectations ${expectation}`),
      ...SAMPLE_REPORT.findings.map(({ id, title }) => `perdura.findings ${id}: ${title}`),
    ]);
  });

  test('bad findings and unmet expectations fail, checks that could not be made are skipped, warnings pass', () => {
    const elements = readXml(formatJunit(SAMPLE_REPORT, EXPECTATIONS));
    const count = (name: string): number => elements.filter((element) => element.name === name).length;
    assert.deepEqual([count('failure'), count('skipped'), count('system-out')], [3, 2, 3]);
    const [, suite] = elements;
    const totals = ['tests', 'failures', 'errors', 'skipped', 'time'].map((name) => suite!.attributes.get(name));
    assert.deepEqual(totals, ['19', '3', '0', '2', '75.173']);
    const failures = elements
      .filter(({ name }) => name === 'failure')
      .map(({ attributes }) => attributes.get('message'));
    assert.deepEqual(failures, [
      'idleTimeoutMs is 5 s (expected: at least 65 s)',
      'It promises 10 s and closed after 5 s.',
      'The idle connection was reset after 5 s.',
    ]);
  });

  test('has what was measured as properties', () => {
    const properties = new Map(
      readXml(formatJunit(SAMPLE_REPORT))
        .filter(({ name }) => name === 'property')
        .map(({ attributes }) => [attributes.get('name'), attributes.get('value')]),
    );
    assert.equal(properties.get('idleTimeoutMs'), '5003.75');
    assert.equal(properties.get('acceptsMalformed'), '["bareLineFeed","missingHost"]');
    assert.equal(properties.has('tlsProtocol'), false);
  });

  test('whatever a server says, it is well-formed and says the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const elements = readXml(formatJunit(reportSaying(text), EXPECTATIONS));
        const server = elements.find(({ attributes }) => attributes.get('name') === 'server')?.attributes.get('value');
        // oxlint-disable-next-line no-control-regex
        if (!/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufffe\uffff]/u.test(text))
          assert.equal(server, text);
      }),
    );
  });
});

/** Cells of each row of a Markdown table: a bar behind a backslash divides nothing. */
const cellsOf = (line: string): number => line.replaceAll(/\\./g, '').split('|').length - 2;

describe('Markdown', () => {
  test('tells verdict, expectations, findings, settings and measurements', () => {
    const text = formatMarkdown(SAMPLE_REPORT, EXPECTATIONS);
    assert.match(
      text,
      /^## perdura check: bad\n\n`http:\/\/127\.0\.0\.1:8080\/` \(127\.0\.0\.1:8080\): 2 bad findings, /,
    );
    assert.match(text, /, 1 of 2 expectations not met\.\n/);
    assert.match(
      text,
      /\n\| \*\*unmet\*\* \| `idleTimeoutMs>=65s` \| idleTimeoutMs is 5 s \(expected: at least 65 s\) \|\n/,
    );
    assert.match(
      text,
      /\n\*\*bad: It closes idle connections sooner than it promises\*\* \(`idle-shorter-than-advertised`\)\n/,
    );
    assert.match(text, /\n\| client \| `idleTimeoutMs` \| 4 s \| A second less/);
    assert.match(text, /\n\| Waiting \| idle \| an idle connection is closed after 5\.00 s/);
    assert.match(text, /\n```text\n {2}#4 idle-timeout /);
  });

  test('has as many cells in each row as in the head of its table', () => {
    for (const report of [SAMPLE_REPORT, GOOD_REPORT, HOSTILE_REPORT]) {
      for (const block of formatMarkdown(report, EXPECTATIONS).split('\n\n')) {
        const rows = block.split('\n').filter((line) => line.startsWith('|'));
        assert.ok(new Set(rows.map(cellsOf)).size <= 1, block);
      }
    }
  });

  test('whatever a server says, it stays text in its line', () => {
    const aText = fc.oneof(
      fc.string({ minLength: 1 }),
      fc
        .array(fc.constantFrom(...'<>|`*_[]()#@&~\\\n$ -+1.:/w'.split(''), 'www.', 'http://', '@user', '</details>'), {
          minLength: 1,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(aText, (said) => {
        const text = formatMarkdown(reportSaying(said));
        const plain = formatMarkdown(reportSaying('x'));
        assert.equal(text.split('\n').length, plain.split('\n').length);
        const [row = ''] = text.split('\n').filter((line) => line.startsWith('| Answer | first answer |'));
        assert.equal(cellsOf(row), 3);
        const unescaped = row.replaceAll('<!-- -->', '').replaceAll(/\\(?:[^\w\s]|_)/g, '');
        assert.doesNotMatch(unescaped, /[<>`*_[\]~&$]|\\$/);
        assert.doesNotMatch(row, /@(?!<!-- -->)|:\/\/|www\./i);
      }),
    );
  });
});

describe('HTML', () => {
  test('tells what became of expectations, where there were any, as text', () => {
    const hostile = { expectation: 'server==<b>', met: false, sentence: 'server is </td><script> (expected: <b>)' };
    const html = formatHtml(SAMPLE_REPORT, [...EXPECTATIONS, hostile]);
    assert.match(
      html,
      /<code>idleTimeoutMs&gt;=65s<\/code>[^\n]* not met<\/td><td>idleTimeoutMs is 5 s \(expected: at least 65 s\)/,
    );
    assert.match(html, /server is &lt;\/td&gt;&lt;script&gt; \(expected: &lt;b&gt;\)/);
    assert.doesNotMatch(formatHtml(SAMPLE_REPORT), /Expectation/);
  });
});
