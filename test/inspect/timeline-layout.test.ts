// What the picture of the connections shows, and where.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ConnectionEvent, ConnectionStory } from '#src/inspect/index.js';
import { describeLane, describeLaneAtLength, labelEnd } from '#src/inspect/report/connection-words.js';
import { planTimeline } from '#src/inspect/report/timeline-layout.js';
import type { TimelineLane } from '#src/inspect/report/timeline-layout.js';
import { anyReport, manyConnections } from './report-arbitraries.ts';
import { SAMPLE_REPORT } from './sample-report.ts';

const REQUEST = 'GET / HTTP/1.1\\r\\n\nHost: x\\r\\n\n\\r\\n\n';
const ANSWER = 'HTTP/1.1 200 OK\\r\\n\nContent-Length: 0\\r\\n\n\\r\\n\n';

function laneOf(events: readonly ConnectionEvent[], more: Partial<ConnectionStory> = {}): TimelineLane {
  const story: ConnectionStory = {
    id: 1,
    check: 'first-answer',
    purpose: '',
    address: '',
    protocol: 'http/1.1',
    startedMs: 0,
    openedMs: 1,
    events,
    omittedEvents: 0,
    endedMs: 10_000,
    end: 'peerFin',
    ...more,
  };
  const lane = planTimeline({ connections: [story], checks: [] }).groups[0]?.lanes[0];
  assert.ok(lane !== undefined);
  return lane;
}

function marksOf(lane: TimelineLane): [string, number, number][] {
  return lane.marks.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs]);
}

describe('planTimeline', () => {
  test('whatever the stories are, marks lie side by side between the beginning and the end of their lane', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { groups, axis } = planTimeline(report);
        const lanes = groups.flatMap((group) => group.lanes);
        assert.deepEqual(
          lanes.map(({ story }) => story.id).toSorted((one, other) => one - other),
          report.connections.map(({ id }) => id),
        );
        for (const { marks, points, end } of lanes) {
          let edge = 0;
          for (const { from, to, fromMs, toMs } of marks) {
            assert.ok(from >= edge && to >= from && to <= end.at, `${from} to ${to}`);
            assert.ok(toMs >= fromMs && toMs <= axis.durationMs);
            edge = to;
          }
          for (const { at } of [...points, end]) assert.ok(at >= 0 && at <= 1, String(at));
        }
      }),
    );
  });

  test('groups stand in the order of the checks', () => {
    const { groups } = planTimeline(SAMPLE_REPORT);
    const order = SAMPLE_REPORT.checks.filter(({ connections }) => connections.length > 0).map(({ id }) => id);
    assert.deepEqual(
      groups.map(({ check }) => check),
      order,
    );
  });

  test('an idle connection that is closed with a 408 was idle until then', () => {
    const lane = laneOf([
      { atMs: 2, kind: 'sent', text: REQUEST },
      { atMs: 40, kind: 'received', text: ANSWER },
      { atMs: 9_999, kind: 'received', text: 'HTTP/1.1 408 Request Timeout\\r\\n\n\\r\\n\n' },
      { atMs: 10_000, kind: 'peerFin', text: '' },
    ]);
    assert.deepEqual(marksOf(lane).at(-1), ['idle', 40, 10_000]);
    assert.equal(labelEnd(lane.end), '408 FIN');
    assert.equal(describeLane(lane), 'idle 9.96 s, then 408 and FIN from the server');
    assert.deepEqual(
      lane.points.map(({ kind, atMs }) => [kind, atMs]),
      [['timeout408', 9_999]],
    );
  });

  test('half a request waits for its answer; one that says nothing is silent', () => {
    const half = laneOf([{ atMs: 2, kind: 'sent', text: 'GET / HTTP/1.1\\r\\n\n' }]);
    assert.deepEqual(marksOf(half).at(-1), ['unanswered', 2, 10_000]);
    assert.equal(describeLane(half), 'no answer 10.00 s, then FIN from the server');
    const silent = laneOf([], { end: 'weClosed' });
    assert.deepEqual(marksOf(silent), [
      ['opening', 0, 1],
      ['silent', 1, 10_000],
    ]);
    assert.equal(describeLane(silent), 'silent 10.00 s, then closed by us');
  });

  test('an answer that comes in drops is one exchange, and what nobody asked for is none', () => {
    const drops = laneOf([
      { atMs: 2, kind: 'sent', text: REQUEST },
      { atMs: 1_000, kind: 'received', text: 'HTTP/1.1 200 OK\\r\\n' },
      { atMs: 2_000, kind: 'received', text: 'x' },
      { atMs: 3_000, kind: 'received', text: 'x' },
    ]);
    assert.deepEqual(marksOf(drops).slice(-2), [
      ['exchange', 2, 3_000],
      ['idle', 3_000, 10_000],
    ]);
    const unasked = laneOf([
      { atMs: 2, kind: 'sent', text: REQUEST },
      { atMs: 1_000, kind: 'received', text: ANSWER },
      { atMs: 6_000, kind: 'received', text: ANSWER },
    ]);
    assert.deepEqual(marksOf(unasked).at(-1), ['idle', 1_000, 10_000]);
  });

  test('of pipelined requests, one that is not answered yet is waited for', () => {
    const lane = laneOf([
      { atMs: 2, kind: 'sent', text: REQUEST.repeat(2) },
      { atMs: 1_000, kind: 'received', text: ANSWER },
      { atMs: 4_000, kind: 'received', text: ANSWER },
    ]);
    assert.deepEqual(marksOf(lane).slice(-2), [
      ['exchange', 2, 4_000],
      ['idle', 4_000, 10_000],
    ]);
    const stalled = laneOf([
      { atMs: 2, kind: 'sent', text: REQUEST.repeat(2) },
      { atMs: 1_000, kind: 'received', text: ANSWER },
    ]);
    assert.deepEqual(marksOf(stalled).at(-1), ['unanswered', 1_000, 10_000]);
  });

  test('what was left out of a long story stands between its beginning and its end', () => {
    const lane = laneOf(
      [
        { atMs: 2, kind: 'sent', text: REQUEST },
        { atMs: 1_000, kind: 'received', text: ANSWER },
        { atMs: 8_000, kind: 'sent', text: REQUEST },
        { atMs: 9_000, kind: 'received', text: ANSWER },
      ],
      { omittedEvents: 100 },
    );
    assert.ok(marksOf(lane).some((mark) => String(mark) === 'omitted,1000,8000'));
  });

  test('where events were left out the axis is not cut: something happened there', () => {
    const events: ConnectionEvent[] = [
      { atMs: 2, kind: 'sent', text: REQUEST },
      { atMs: 10, kind: 'received', text: ANSWER },
      { atMs: 9_000, kind: 'sent', text: REQUEST },
      { atMs: 9_010, kind: 'received', text: ANSWER },
    ];
    const { story } = laneOf(events, { endedMs: 9_011 });
    const cutsOf = (omittedEvents: number): number =>
      planTimeline({ connections: [{ ...story, omittedEvents }], checks: [] }).axis.stretches.length;
    assert.equal(cutsOf(0), 3);
    assert.equal(cutsOf(500), 1);
  });

  test('what is heard of a connection behind its end does not move its end', () => {
    const lane = laneOf(
      [
        { atMs: 2, kind: 'sent', text: REQUEST },
        { atMs: 5_000, kind: 'peerFin', text: '' },
        { atMs: 9_000, kind: 'sent', text: REQUEST },
      ],
      { endedMs: 5_000 },
    );
    assert.equal(lane.end.atMs, 5_000);
    assert.deepEqual(marksOf(lane).at(-1), ['unanswered', 2, 5_000]);
  });

  test('a connection that was never open, and one that lasts no time, have a lane and an end', () => {
    const never = planTimeline({
      connections: [{ ...laneOf([]).story, startedMs: 5, endedMs: 5, events: [], end: 'failed' }],
      checks: [],
    });
    assert.equal(never.groups[0]?.lanes[0]?.end.how, 'failed');
    assert.deepEqual(planTimeline({ connections: [], checks: [] }).groups, []);
  });

  test('forty connections of a second and waits of more than a minute: each can be seen', () => {
    const { groups } = planTimeline({ connections: manyConnections(40), checks: [] });
    const lanes = groups.flatMap((group) => group.lanes);
    assert.equal(lanes.length, 40);
    for (const { marks, end } of lanes) assert.ok(end.at - (marks[0]?.from ?? 1) > 0.005);
    const waits = lanes.map(({ longestWait }) => longestWait).filter((wait) => wait !== undefined);
    assert.equal(waits.filter(({ from, to }) => to - from > 0.2).length, 3);
  });

  test('is told in words from its beginning to its end', () => {
    const lane = planTimeline(SAMPLE_REPORT).groups.find(({ check }) => check === 'idle-timeout')?.lanes[0];
    assert.ok(lane !== undefined);
    assert.equal(
      describeLaneAtLength(lane),
      'Begun at 171 ms: opening 1 ms, silent 1 ms, answer 2 ms, idle 5.00 s; at 5.17 s: RST from the server.',
    );
  });
});
