// From measurements to findings: each rule finds what it says, and no measurement, however odd, makes it say nonsense.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JudgedFacts } from '#src/inspect/catalogue/catalogue.js';
import { FINDING_IDS, NOTHING_MEASURED } from '#src/inspect/index.js';
import type { CheckOutcome, Measurements } from '#src/inspect/index.js';
import { decideVerdict, judge } from '#src/inspect/judge.js';
import { anyFacts } from './any-measurements.ts';
import { FINDING_CASES } from './finding-cases.ts';
import { factsOf, LOAD_BALANCER } from './judged-facts.ts';

const LEVELS = ['bad', 'warn', 'info'] as const;
const VERDICTS = ['good', 'warn', 'bad'] as const;

const badness = (facts: JudgedFacts): number => VERDICTS.indexOf(decideVerdict(judge(facts, [])));

const withMeasured = (facts: JudgedFacts, measured: Partial<Measurements>): JudgedFacts => ({
  ...facts,
  measured: { ...facts.measured, ...measured },
});

describe('judge', () => {
  test('finds nothing where nothing was measured, whatever stands in front of the server', () => {
    for (const scheme of ['http', 'https'] as const) {
      const findings = judge(factsOf({ scheme, behind: LOAD_BALANCER, maxWaitMs: 1_000_000 }), []);
      assert.deepEqual(findings, []);
      assert.equal(decideVerdict(findings), 'good');
    }
  });

  for (const id of FINDING_IDS) {
    const { has, hasNot, detail } = FINDING_CASES[id];
    test(`${id} is found where it is, and not beside it`, () => {
      const found = judge(factsOf(has), []).find((finding) => finding.id === id);
      assert.ok(found !== undefined);
      if (detail !== undefined) assert.equal(found.detail, detail);
      assert.deepEqual(
        judge(factsOf(hasNot), []).filter((finding) => finding.id === id),
        [],
      );
    });
  }

  test('how long an answer was waited for stands in the detail where it is known', () => {
    const details = ([undefined, 10_000] as const).map((responseTimeoutMs) => {
      const facts = factsOf({ unanswered: 'timeout' });
      const timed = responseTimeoutMs === undefined ? facts : { ...facts, responseTimeoutMs };
      return judge(timed, [])[0]?.detail;
    });
    assert.deepEqual(details, ['Not one byte came in time.', 'Not one byte came within 10 s.']);
  });

  test('an advertised limit may count all requests or those that are left', () => {
    for (const maxRequests of [100, 101]) {
      const findings = judge(factsOf({ advertisedMax: 100, maxRequests, maxRequestsAnnounced: true }), []);
      assert.deepEqual(findings, []);
    }
  });

  test('a server that closes after each answer is told so once', () => {
    const ids = judge(
      factsOf({
        http11Persistent: false,
        http11CloseAnnounced: true,
        http10KeepAlive: false,
        maxRequests: 1,
        maxRequestsAnnounced: true,
        notFoundKept: false,
        unreadBodyAnswered: true,
        unreadBodyKept: false,
        pipelining: 'serial-close',
        tooLargeConnection: 'unannouncedClose',
      }),
      [],
    ).map(({ id }) => id);
    assert.deepEqual(ids, ['closes-after-each-answer']);
  });

  test('a finding names the connections of the checks that show it', () => {
    const outcomes = (
      [
        ['first-answer', [1]],
        ['idle-timeout', [2, 3]],
        ['http10', [4]],
      ] as const
    ).map(([id, connections]): CheckOutcome => ({
      id,
      connections,
      title: '',
      outcome: 'measured',
      reason: '',
      startedMs: 0,
      durationMs: 0,
    }));
    const [finding] = judge(factsOf({ advertisedTimeoutMs: 5_000, idleTimeoutMs: 3_000 }), outcomes);
    assert.equal(finding?.id, 'idle-shorter-than-advertised');
    assert.deepEqual(finding?.connections, [1, 2, 3]);
  });

  test('whatever was measured, findings are ordered, without repetition, and agree with the verdict', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const findings = judge(facts, []);
        const levels = findings.map(({ level }) => LEVELS.indexOf(level));
        assert.deepEqual(
          levels,
          levels.toSorted((left, right) => left - right),
        );
        assert.equal(new Set(findings.map(({ id }) => id)).size, findings.length);
        const worst = findings[0]?.level;
        assert.equal(decideVerdict(findings), worst === 'bad' || worst === 'warn' ? worst : 'good');
      }),
    );
  });

  test('whatever was measured, details are sentences in visible characters without holes', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        for (const { id, detail } of judge(facts, [])) {
          assert.match(detail, /^[A-Z\d`][ -~]*[.]$/, id);
          // What a server sent is quoted.
          const own = detail.replaceAll(/`.*`/g, '``');
          assert.doesNotMatch(own, /\b(?:null|undefined|NaN|Infinity|true|false)\b|\[object| {2}/, id);
          assert.ok(detail.length <= 400, id);
        }
      }),
    );
  });

  test('what is not measured is not held against a server: with less known, nothing is worse', () => {
    // Some measurements excuse others: a server that closes each time is not also told that its limit is low, nor one behind an error that
    // it closes each time.
    const excuses = ['status', 'http11Persistent', 'answerFraming', 'chunked', 'unreadBodyMisread'];
    // One check measures them together: one without the other says something.
    const together = ['http11CloseAnnounced', 'advertisedTimeoutMs', 'advertisedMax', 'http2PingRttMs'];
    const names = (Object.keys(NOTHING_MEASURED) as (keyof Measurements)[]).filter(
      (name) => !excuses.includes(name) && !together.includes(name),
    );
    fc.assert(
      fc.property(anyFacts, fc.subarray(names), (facts, unknown) => {
        const less = withMeasured(facts, Object.fromEntries(unknown.map((name) => [name, null])));
        assert.ok(badness(less) <= badness(facts));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a better server is never judged worse', () => {
  const ordered = fc
    .tuple(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 0, max: 300_000 }))
    .map(([left, right]) => [Math.min(left, right), Math.max(left, right)] as const);

  test('that keeps idle connections longer', () => {
    fc.assert(
      fc.property(anyFacts, ordered, (facts, [shorter, longer]) => {
        const before = badness(withMeasured(facts, { idleTimeoutMs: shorter }));
        assert.ok(badness(withMeasured(facts, { idleTimeoutMs: longer })) <= before);
      }),
    );
  });

  test('that serves more requests on a connection', () => {
    fc.assert(
      fc.property(anyFacts, ordered, (facts, [fewer, more]) => {
        const before = badness(withMeasured(facts, { maxRequests: fewer }));
        assert.ok(badness(withMeasured(facts, { maxRequests: more })) <= before);
      }),
    );
  });

  test('that gives up on silent connections and half a request sooner', () => {
    fc.assert(
      fc.property(anyFacts, ordered, (facts, [sooner, later]) => {
        const before = badness(withMeasured(facts, { silentConnectTimeoutMs: later, partialHeadTimeoutMs: later }));
        const after = badness(withMeasured(facts, { silentConnectTimeoutMs: sooner, partialHeadTimeoutMs: sooner }));
        assert.ok(after <= before);
      }),
    );
  });

  const improvements: readonly Partial<Measurements>[] = [
    { maxRequestsAnnounced: true },
    { concurrentConnections: true },
    { http10KeepAlive: true },
    { http10ClosesByDefault: true },
    { honoursClose: true },
    { pipelining: 'ordered', pipeliningFault: null },
    { headFault: null },
    { notModifiedFraming: true },
    { bytesBehindAnswer: false },
    { unreadBodyAnswered: true },
    { unreadBodyMisread: false },
    { halfCloseAnswered: true },
    { notFoundKept: true },
    { badRequestCloses: true },
    { tooLargeConnection: 'announcedClose' },
    { acceptsMalformed: [] },
    { tlsResumption: true },
    { tlsProtocol: 'TLSv1.3' },
    { http2IdleClose: 'goaway+fin' },
    { idleClose: 'tls', unsolicitedBytes: null },
  ];
  for (const improvement of improvements) {
    test(`for which ${JSON.stringify(improvement)} was measured`, () => {
      fc.assert(fc.property(anyFacts, (facts) => badness(withMeasured(facts, improvement)) <= badness(facts)));
    });
  }
});
