// The report as JUnit XML, which build servers show as test results: a test case for each check, each expectation and each finding.
import type { ExpectationResult } from '../evaluate-expectation.ts';
import type { MeasurementName } from '../measurements.ts';
import type { CheckOutcome, Finding, InspectionReport } from '../inspection-report.ts';
import { MEASUREMENTS } from './describe-measurements.ts';
import { formatVisible } from './visible-text.ts';

interface TestCase {
  readonly kind: 'checks' | 'expectations' | 'findings';
  readonly name: string;
  readonly durationMs: number;
  readonly result?: {
    readonly element: 'failure' | 'skipped' | 'system-out';
    readonly message: string;
    readonly text: string;
  };
}

/**
 * Bad findings and expectations that are not met are failures. Warnings and notes are passed test cases with an output. Checks that could
 * not be made are skipped: why stands in their message.
 */
export function formatJunit(report: InspectionReport, expectations: readonly ExpectationResult[] = []): string {
  const cases = [
    ...report.checks.map(caseOfCheck),
    ...expectations.map(caseOfExpectation),
    ...report.findings.map(caseOfFinding),
  ];
  const count = (element: string): number => cases.filter(({ result }) => result?.element === element).length;
  const totals = `tests="${cases.length}" failures="${count('failure')}" errors="0" skipped="${count('skipped')}" time="${seconds(report.durationMs)}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="perdura check" ${totals}>`,
    `  <testsuite name="${escape(report.url)}" timestamp="${escape(report.startedAt.replace(/\.\d+Z$/, ''))}" ${totals}>`,
    '    <properties>',
    ...listProperties(report).map(
      ([name, value]) => `      <property name="${escape(name)}" value="${escape(value)}"/>`,
    ),
    '    </properties>',
    ...cases.flatMap(formatCase),
    '  </testsuite>',
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function caseOfCheck({ id, title, outcome, reason, durationMs }: CheckOutcome): TestCase {
  const result = { element: 'skipped' as const, message: `${outcome}: ${reason}`, text: '' };
  return { kind: 'checks', name: `${id}: ${title}`, durationMs, ...(outcome === 'measured' ? undefined : { result }) };
}

function caseOfExpectation({ expectation, met, sentence }: ExpectationResult): TestCase {
  const result = { element: met ? ('system-out' as const) : ('failure' as const), message: sentence, text: sentence };
  return { kind: 'expectations', name: expectation, durationMs: 0, result };
}

function caseOfFinding({ id, level, title, detail, explanation, remedy, rfc, settings }: Finding): TestCase {
  const text = [
    `${level}: ${title}`,
    detail,
    explanation,
    ...(rfc === '' ? [] : [rfc]),
    remedy,
    ...settings.map(({ software, setting }) => `${software}: ${setting}`),
  ].join('\n');
  return {
    kind: 'findings',
    name: `${id}: ${title}`,
    durationMs: 0,
    result: { element: level === 'bad' ? 'failure' : 'system-out', message: detail, text },
  };
}

/** What was measured, so that it stands beside the results. */
function listProperties({ measurements, verdict, address }: InspectionReport): [string, string][] {
  const names = Object.keys(MEASUREMENTS) as MeasurementName[];
  const measured = names.filter((name) => measurements[name] !== null);
  return [
    ['verdict', verdict],
    ['address', address],
    ...measured.map((name): [string, string] => {
      const value = measurements[name];
      return [name, typeof value === 'string' ? value : JSON.stringify(value)];
    }),
  ];
}

function formatCase({ kind, name, durationMs, result }: TestCase): string[] {
  const open = `    <testcase classname="perdura.${kind}" name="${escape(name)}" time="${seconds(durationMs)}"`;
  if (result === undefined) return [`${open}/>`];
  const { element, message, text } = result;
  const body = text.split('\n').map(escape).join('\n');
  const attributes = element === 'system-out' ? '' : ` message="${escape(message)}"`;
  const type = element === 'failure' ? ` type="${kind === 'findings' ? 'bad' : 'unmet'}"` : '';
  const inner = body === '' ? `<${element}${attributes}/>` : `<${element}${attributes}${type}>${body}</${element}>`;
  return [`${open}>`, `      ${inner}`, '    </testcase>'];
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For attributes and for text: what XML does not allow at all is made visible. */
function escape(text: string): string {
  return formatVisible(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
