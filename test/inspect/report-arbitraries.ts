// Reports as no inspection would give them, for properties of formats: any times, any texts, any number of connections.
import fc from 'fast-check';
import { CHECK_IDS } from '#src/inspect/index.js';
import type {
  CheckOutcome,
  ConnectionEnd,
  ConnectionEvent,
  ConnectionStory,
  InspectionReport,
} from '#src/inspect/index.js';
import { SAMPLE_REPORT } from './sample-report.ts';

const ENDS: readonly ConnectionEnd[] = ['peerFin', 'peerReset', 'peerCloseNotify', 'weClosed', 'failed'];

const EVENT_KINDS: readonly ConnectionEvent['kind'][] = [
  'opened',
  'sent',
  'received',
  'peerFin',
  'peerReset',
  'peerCloseNotify',
  'weFin',
  'weClosed',
  'note',
];

/** Times as they are, and as they cannot be: not a number, negative, without end, absurdly large, or all the same. */
const timeMs = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0, max: 80_000, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(0, NaN, Infinity, -Infinity, Number.MAX_VALUE, -1, 5e-324) },
);

/** What could break out of a text. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '" onload="alert(1)',
    "' style='x",
    '<!--',
    ']]>',
    '</title>',
    '\u202Egnp.exe',
    '\u2066\u200B\uFEFF',
    '\uD800',
    '\uDC00x\uD83D',
    '\0\x07\x1B[31m',
    'HTTP/1.1 408 Request Timeout\\r\\n',
    'HTTP/1.1 200 OK\\r\\n\nx',
    'GET / HTTP/1.1\\r\\n\nGET / HTTP/1.1\\r\\n\n',
    '&lt;b&gt;',
    'javascript:alert(1)',
    'x'.repeat(20_000),
  ),
  fc.string({ unit: 'binary' }),
);

const event: fc.Arbitrary<ConnectionEvent> = fc.record(
  { atMs: timeMs, kind: fc.constantFrom(...EVENT_KINDS), text: hostileText, bytes: fc.nat() },
  { requiredKeys: ['atMs', 'kind', 'text'] },
);

const stories: fc.Arbitrary<ConnectionStory[]> = fc
  .array(
    fc.record(
      {
        check: fc.constantFrom(...CHECK_IDS),
        purpose: hostileText,
        address: hostileText,
        protocol: fc.constantFrom('http/1.1' as const, 'h2' as const),
        startedMs: timeMs,
        openedMs: timeMs,
        tls: fc.record({ protocol: hostileText, resumed: fc.boolean(), handshakeMs: timeMs, alpn: hostileText }),
        events: fc.array(event, { maxLength: 12 }),
        omittedEvents: fc.constantFrom(0, 0, 1, 1_952),
        endedMs: timeMs,
        end: fc.constantFrom(...ENDS),
      },
      {
        requiredKeys: [
          'check',
          'purpose',
          'address',
          'protocol',
          'startedMs',
          'events',
          'omittedEvents',
          'endedMs',
          'end',
        ],
      },
    ),
    { maxLength: 12 },
  )
  .map((list) => list.map((story, index) => ({ ...story, id: index + 1 })));

const checks: fc.Arbitrary<CheckOutcome[]> = fc.subarray([...CHECK_IDS]).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({
        id: fc.constant(id),
        title: hostileText,
        outcome: fc.constantFrom('measured' as const, 'skipped' as const, 'failed' as const, 'cutShort' as const),
        reason: hostileText,
        startedMs: timeMs,
        durationMs: timeMs,
        connections: fc.array(fc.nat(12), { maxLength: 3 }),
      }),
    ),
  ),
);

/** Everything in it may be hostile. */
export const anyReport: fc.Arbitrary<InspectionReport> = fc
  .record({ connections: stories, checks, text: hostileText, timeMs, count: fc.double() })
  .map(({ connections, checks: outcomes, text, timeMs: someMs, count }) => ({
    ...SAMPLE_REPORT,
    url: text,
    address: text,
    startedAt: text,
    durationMs: someMs,
    connections,
    checks: outcomes,
    measurements: {
      ...SAMPLE_REPORT.measurements,
      server: text,
      altSvc: text,
      unsolicitedBytes: text,
      closeIgnoredFor: [text],
      advertisedTimeoutMs: someMs,
      idleTimeoutMs: someMs,
      maxRequests: count,
      newConnectionMs: someMs,
    },
    findings: SAMPLE_REPORT.findings.map((finding) => ({ ...finding, detail: text, rfc: text })),
    cost: { connections: count, requests: count, bytesReceived: count },
  }));

/** Many connections, as a whole inspection opens them: most in the first second, three that wait. */
export function manyConnections(count: number): ConnectionStory[] {
  return Array.from({ length: count }, (_, index): ConnectionStory => {
    const startedMs = index * 25;
    const endedMs = [startedMs + 20_000, startedMs + 60_000, startedMs + 75_000][index] ?? startedMs + 18;
    return {
      id: index + 1,
      check: CHECK_IDS[Math.floor(index / 3) % CHECK_IDS.length] ?? 'first-answer',
      purpose: `connection ${index + 1}`,
      address: '127.0.0.1:8080',
      protocol: 'http/1.1',
      startedMs,
      openedMs: startedMs + 1,
      events: [
        { atMs: startedMs + 1, kind: 'opened', text: 'to 127.0.0.1:8080' },
        { atMs: startedMs + 2, kind: 'sent', text: 'GET / HTTP/1.1\\r\\n\n\\r\\n\n', bytes: 18 },
        { atMs: startedMs + 9, kind: 'received', text: 'HTTP/1.1 204 No Content\\r\\n\n\\r\\n\n', bytes: 27 },
        { atMs: endedMs, kind: 'peerFin', text: '' },
      ],
      omittedEvents: 0,
      endedMs,
      end: 'peerFin',
    };
  });
}
