// What was measured, in words: every measurement has a name and a place, and sentences say what the numbers say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHECK_IDS, NOTHING_MEASURED } from '#src/inspect/index.js';
import type { MeasurementName, Measurements } from '#src/inspect/index.js';
import { MEASUREMENTS, MEASUREMENT_SUBJECTS, formatMeasurement } from '#src/inspect/report/describe-measurements.js';
import { ROW_RULES, groupMeasurements } from '#src/inspect/report/measurement-groups.js';
import { SAMPLE_REPORT } from './sample-report.ts';

const NAMES = Object.keys(NOTHING_MEASURED) as MeasurementName[];

/** The texts of all rows for these measurements, by label. */
function rows(measured: Partial<Measurements>): Record<string, string> {
  const groups = groupMeasurements({ ...SAMPLE_REPORT, measurements: { ...NOTHING_MEASURED, ...measured } });
  return Object.fromEntries(groups.flatMap((group) => group.rows.map(({ label, text }) => [label, text])));
}

describe('the table of measurements', () => {
  test('describes every measurement, and puts it under a subject that has a heading', () => {
    assert.deepEqual(Object.keys(MEASUREMENTS).toSorted(), NAMES.toSorted());
    const subjects = new Set(NAMES.map((name) => MEASUREMENTS[name].subject));
    assert.deepEqual(subjects, new Set(Object.keys(MEASUREMENT_SUBJECTS)));
  });

  test('calls no two of them the same', () => {
    const labels = NAMES.map((name) => MEASUREMENTS[name].label);
    assert.deepEqual(new Set(labels).size, labels.length);
  });

  test('has the unit ms for those whose names say so, and for no others', () => {
    for (const name of NAMES) assert.equal(MEASUREMENTS[name].unit === 'ms', name.endsWith('Ms'), name);
  });

  test('writes values in the terms of their unit', () => {
    assert.equal(formatMeasurement('idleTimeoutMs', 5_003.75), '5 s');
    assert.equal(formatMeasurement('maxRequests', 1_000), '1,000');
    assert.equal(formatMeasurement('status', 404), '404');
    assert.equal(formatMeasurement('chunked', false), 'no');
    assert.equal(formatMeasurement('closeIgnoredFor', []), 'none');
    assert.equal(formatMeasurement('http2Settings', { maxConcurrentStreams: 100 }), 'maxConcurrentStreams 100');
    assert.equal(formatMeasurement('idleClose', null), 'not measured');
    assert.equal(formatMeasurement('alpn', ''), 'empty');
  });
});

describe('rows', () => {
  test('tell every measurement somewhere', () => {
    const told = new Set(ROW_RULES.flatMap(({ names }) => names));
    assert.deepEqual(
      NAMES.filter((name) => !told.has(name)),
      [],
    );
  });

  test('are not there for what was not measured', () => {
    assert.deepEqual(groupMeasurements({ ...SAMPLE_REPORT, measurements: NOTHING_MEASURED }), []);
  });

  test('have labels that tell them apart', () => {
    const labels = ROW_RULES.map(({ label }) => label);
    assert.equal(new Set(labels).size, labels.length);
  });

  test('say how long a connection was kept, how it ended and what was promised', () => {
    assert.equal(
      rows({ idleTimeoutMs: 5_003.75, idleClose: 'fin', advertisedTimeoutMs: 5_000 })['idle'],
      'an idle connection is closed after 5.00 s, by FIN; promised were 5 s',
    );
    assert.equal(
      rows({ silentConnectTimeoutMs: 60_010, silentConnectClose: '408+rst' })['silent'],
      'a connection that says nothing is closed after 60.01 s, by a reset (RST), behind an answer 408',
    );
    assert.equal(rows({ idleClose: 'none' })['idle'], 'an idle connection is still open after 75 s');
    assert.equal(
      rows({ http2IdleTimeoutMs: 240, http2IdleClose: 'goaway+fin' })['idle HTTP/2'],
      'an idle connection is closed after 240 ms, by FIN, behind a GOAWAY',
    );
    assert.equal(
      rows({ http2IdleTimeoutMs: 240, http2IdleClose: 'goaway(ENHANCE_YOUR_CALM)+rst' })['idle HTTP/2'],
      'an idle connection is closed after 240 ms, by a reset (RST), behind a GOAWAY of ENHANCE_YOUR_CALM',
    );
    assert.equal(
      rows({ http2IdleTimeoutMs: 240, http2IdleClose: 'goaway+none' })['idle HTTP/2'],
      'an idle connection is given up after 240 ms, by a GOAWAY, and left open',
    );
  });

  test('say how many requests a connection served, and whether its end was announced', () => {
    assert.equal(
      rows({ maxRequests: 1, maxRequestsAnnounced: true })['requests'],
      'a connection is closed after 1 answer, and the last answer says so',
    );
    assert.equal(
      rows({ requestsTried: 1_000 })['requests'],
      'a connection is still open after 1,000 requests, the most that was tried',
    );
  });

  test('say why there is no answer', () => {
    assert.equal(
      rows({ unanswered: 'malformed', unansweredFault: 'badVersion' })['first answer'],
      'what came is no HTTP/1.1: the HTTP version is malformed',
    );
  });

  test('say that nothing is promised only where there was an answer', () => {
    assert.equal(rows({ status: 200 })['Keep-Alive'], 'nothing is promised');
    assert.equal(rows({ unanswered: 'timeout' })['Keep-Alive'], undefined);
  });
});

test('the checks of the sample report are checks', () => {
  assert.ok(SAMPLE_REPORT.checks.every(({ id }) => CHECK_IDS.includes(id)));
});
