// The report for people: what stands on the screen, at any width, with colours and without.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatText } from '#src/inspect/index.js';
import type { ConnectionStory, ExpectationResult, InspectionReport, TextStyle } from '#src/inspect/index.js';
import { formatTimeline } from '#src/inspect/report/timeline.js';
import { PLAIN_STYLE } from '#src/inspect/report/text-style.js';
import { wrapText } from '#src/text/index.js';
import { GOOD_REPORT, HOSTILE_REPORT, SAMPLE_REPORT } from './sample-report.ts';

const EXPECTATIONS: readonly ExpectationResult[] = [
  { expectation: 'idleTimeoutMs>=65s', met: false, sentence: 'idleTimeoutMs is 5 s (expected: at least 65 s)' },
  { expectation: 'chunked==true', met: true, sentence: 'chunked is true (expected: true)' },
];

/** Colours that can be seen, and taken away. */
const mark =
  (name: string) =>
  (text: string): string =>
    `\u001b[${name}m${text}\u001b[m`;
const MARKED: TextStyle = { bold: mark('b'), dim: mark('d'), cyan: mark('c'), yellow: mark('y'), red: mark('r') };

// oxlint-disable-next-line no-control-regex
const unmarked = (text: string): string => text.replaceAll(/\u001b\[\w?m/g, '');

const linesOf = (text: string): string[] => text.split('\n');

/** Whether a line is as long as it is because one word of it is, or because it is to be copied. */
const isOneWord = (line: string): boolean =>
  wrapText(line.trim(), 1).length <= 3 || /^ +(?:nginx|HAProxy): /.test(line);

describe('the text', () => {
  test('begins with the verdict and ends with the cost', () => {
    const lines = linesOf(formatText(SAMPLE_REPORT));
    assert.equal(lines[0], 'bad  http://127.0.0.1:8080/ (127.0.0.1:8080): 2 bad findings, 1 warning and 1 note');
    assert.equal(lines.at(-2), 'Cost: 13 connections, 117 requests and 11,232 bytes received, in 75.17 s');
    assert.equal(lines.at(-1), '');
  });

  test('fits a screen of 100 columns and 80 lines', () => {
    const lines = linesOf(formatText(SAMPLE_REPORT, { width: 100, expectations: EXPECTATIONS }));
    assert.ok(lines.length <= 81, String(lines.length));
  });

  test('has findings with level, detail, remedy and the setting of the software that answers, the worst first', () => {
    const text = formatText(SAMPLE_REPORT, { width: 100 });
    assert.match(
      text,
      /\n {2}bad {3}It closes idle connections sooner than it promises \(idle-shorter-than-advertised #1 #4\)\n {8}It promises 10 s and closed after 5 s\.\n {8}Keep connections open for longer .*\n.*\n {8}nginx: keepalive_timeout 75s 70s;\n/,
    );
    assert.doesNotMatch(text, /Apache: KeepAliveTimeout/);
    const levels = Array.from(text.matchAll(/^ {2}(bad|warn|info) +\S/gm), ([, level]) => level);
    assert.deepEqual(levels, ['bad', 'bad', 'warn', 'info']);
  });

  test('says what is recommended and why, what was expected, and what was not measured', () => {
    const text = formatText(SAMPLE_REPORT, { expectations: EXPECTATIONS });
    assert.match(text, /\n {2}clients {2}idleTimeoutMs 4 s {2,}A second less than the 5 s/);
    assert.match(text, /\n {2}server {3}keepAliveTimeoutMs 65 s {2,}Longer than the 60 s/);
    assert.match(text, /\n {2}unmet {2}idleTimeoutMs>=65s: idleTimeoutMs is 5 s \(expected: at least 65 s\)\n/);
    assert.match(text, /\n {2}met {4}chunked==true: chunked is true \(expected: true\)\n/);
    assert.match(text, /\n {2}latency: could not be found out: connect ECONNREFUSED/);
    assert.match(text, /\n {2}tls: skipped: it is no https: URL\n/);
  });

  test('names connections in a row by the first and the last', () => {
    const [finding, ...others] = SAMPLE_REPORT.findings;
    const findings = [{ ...finding!, connections: [1, 4, 5, 7, 8, 9, 10] }, ...others];
    assert.ok(formatText({ ...SAMPLE_REPORT, findings }).includes('#1 #4 #5 #7-#10)'));
  });

  test('says a reason once for all checks that were not made because of it', () => {
    const checks = SAMPLE_REPORT.checks.map((check) => ({
      ...check,
      outcome: 'skipped' as const,
      reason: 'no answer',
    }));
    const text = formatText({ ...SAMPLE_REPORT, checks });
    assert.ok(text.includes(`\n  ${checks.map(({ id }) => id).join(', ')}: skipped: no answer\n`));
  });

  test('leaves out sections of which there is nothing to tell', () => {
    const text = formatText(GOOD_REPORT);
    assert.match(text, /^good {2}.*: nothing found\n/);
    assert.doesNotMatch(text, /Findings|Recommended|Expectations|Not measured|Transcripts/);
  });

  test('says that it was broken off', () => {
    assert.match(formatText({ ...GOOD_REPORT, complete: false }), /\nThe inspection was broken off: /);
  });

  test('keeps to its width wherever words allow it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 130 }), fc.boolean(), (width, isHostile) => {
        const report = isHostile ? HOSTILE_REPORT : SAMPLE_REPORT;
        for (const line of linesOf(formatText(report, { width, expectations: EXPECTATIONS }))) {
          assert.ok(line.length <= width || isOneWord(line), `${width}: ${line}`);
        }
      }),
    );
  });

  test('without a width, no sentence is divided', () => {
    assert.match(
      formatText(SAMPLE_REPORT),
      /an idle connection is closed after 5\.00 s, by a reset \(RST\); promised were 10 s\n/,
    );
  });

  test('colours change nothing but colours', () => {
    for (const width of [40, 80, Infinity]) {
      const options = { width, expectations: EXPECTATIONS, transcripts: true };
      const painted = formatText(SAMPLE_REPORT, { ...options, style: MARKED });
      assert.equal(unmarked(painted), formatText(SAMPLE_REPORT, options));
      assert.ok(painted.includes(MARKED.red('bad')) && painted.includes(MARKED.red('unmet')));
    }
  });

  test('whatever the server says, no control character is printed', () => {
    const report: InspectionReport = {
      ...HOSTILE_REPORT,
      measurements: { ...HOSTILE_REPORT.measurements, server: 'a\u001b[2J\u009b31m\u0007b\r\nc' },
    };
    const text = formatText(report, { transcripts: true, expectations: EXPECTATIONS });
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    assert.match(text, /a\\x1b\[2J\\x9b31m\\x07b\\x0d\\x0ac/);
  });

  test('has the transcripts of all connections where they are asked for', () => {
    const text = formatText(SAMPLE_REPORT, { transcripts: true });
    for (const { id, check } of SAMPLE_REPORT.connections) assert.ok(text.includes(`#${id} ${check}: `));
    assert.match(text, /\n {6}0\.173 s {2}sent, 42 bytes\n {15}> GET \/ HTTP\/1\.1\\r\\n\n/);
    assert.match(text, /\n {6}5\.175 s {2}reset by the server \(RST\)\n/);
    assert.match(text, /… 192 events left out …/);
    assert.match(text, /\(never opened\)\n.*note connect ECONNREFUSED/);
    assert.doesNotMatch(formatText(SAMPLE_REPORT), /HTTP\/1\.1\\r/);
  });
});

describe('the picture of the connections', () => {
  const picture = (report: InspectionReport, width = 80): string[] => formatTimeline(report, width, PLAIN_STYLE);

  const lanesOf = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('  #'));

  test('has one lane for each check, at most eight, and says how many more connections there are', () => {
    const lines = picture(SAMPLE_REPORT);
    const lanes = lanesOf(lines);
    assert.equal(lanes.length, 8);
    const checks = lanes.map((line) => /^ {2}#\d+ ([\w-]+)/.exec(line)![1]);
    assert.equal(new Set(checks).size, checks.length);
    assert.equal(lines.at(-1), `  and ${SAMPLE_REPORT.connections.length - 8} more connections`);
    assert.deepEqual(picture({ ...SAMPLE_REPORT, connections: [] }), []);
  });

  test('begins with those that were watched, wherever they stand', () => {
    const quick = SAMPLE_REPORT.connections[1]!;
    const watched = SAMPLE_REPORT.connections[4]!;
    const many: ConnectionStory[] = Array.from({ length: 40 }, (_, index) => ({ ...quick, id: index + 1 }));
    assert.equal(lanesOf(picture({ ...SAMPLE_REPORT, connections: many })).length, 1);
    const [first = '', ...others] = lanesOf(
      picture({ ...SAMPLE_REPORT, findings: [], connections: [...many, { ...watched, id: 41 }] }),
    );
    assert.ok(first.includes('#41 ') && first.includes(' 75.00 s '));
    assert.equal(others.length, 1);
  });

  test('says how long waits were, and how they ended', () => {
    const [idle = ''] = picture(SAMPLE_REPORT).filter((line) => line.includes('#4 '));
    assert.match(idle, /#4 idle-timeout +=─+ 5\.00 s ─+R$/);
  });

  test('time goes from left to right, on one axis for all', () => {
    const at = (id: number, character: string): number =>
      picture(SAMPLE_REPORT, 100)
        .find((line) => line.includes(`#${id} `))!
        .lastIndexOf(character);
    // 5 s, 20 s and 75 s.
    assert.ok(at(4, 'R') < at(6, 'F') && at(6, 'F') < at(5, '.'));
    assert.equal(at(5, '.'), 99);
  });

  test('fits whatever width there is', () => {
    const aTime = fc.double({ min: 0, max: 90_000, noNaN: true });
    const aStory = fc.tuple(aTime, fc.array(aTime, { maxLength: 6 }), aTime).map(([openedMs, times, endedMs]) => {
      const [first = 0, ...others] = [openedMs, ...times, endedMs].toSorted((left, right) => left - right);
      const story: ConnectionStory = {
        ...SAMPLE_REPORT.connections[0]!,
        startedMs: first,
        openedMs: first,
        events: others.map((atMs, index) => ({ atMs, kind: index % 2 === 0 ? 'sent' : 'received', text: '' })),
        endedMs: others.at(-1) ?? first,
      };
      return story;
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 120 }),
        fc.array(aStory, { minLength: 1, maxLength: 14 }),
        (width, given) => {
          const connections = given.map((story, index) => ({ ...story, id: index + 1 }));
          for (const line of picture({ ...SAMPLE_REPORT, connections }, width)) {
            assert.ok(line.length <= width, `${width}: ${line}`);
          }
        },
      ),
    );
  });

  test('explains the marks that it uses, and no others', () => {
    const legend = (report: InspectionReport): string =>
      picture(report)
        .filter((line) => / {2}\S \w/.test(line))
        .join('\n');
    assert.match(legend(SAMPLE_REPORT), /R reset by it/);
    assert.doesNotMatch(legend(GOOD_REPORT), /R reset|F closed|! failed/);
  });
});
