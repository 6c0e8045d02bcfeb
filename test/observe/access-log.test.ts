// The access log line: Apache's combined format, the connection after it, and no byte of a peer that can break it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accessLog, formatAccessLine } from '#src/observe/index.js';
import { formatLogTime } from '#src/observe/access-log.js';
import type { ConnectionInfo, ExchangeRecord } from '#src/trace.js';

const CONNECTION: ConnectionInfo = {
  id: 12,
  state: 'active',
  protocol: 'http/1.1',
  requests: 3,
  ageMs: 1_000,
  idleMs: 0,
  remote: '203.0.113.5:40711',
};

function recordOf(
  changes: Partial<ExchangeRecord> = {},
  fields: Readonly<Record<string, string>> = {},
): ExchangeRecord {
  return {
    connection: CONNECTION,
    requestNumber: 3,
    request: { method: 'GET', target: '/a?b=c', version: '1.1' },
    requestField: (name) => fields[name],
    status: 200,
    bodyBytes: 512,
    startedAtMs: 971_211_336_000,
    durationMs: 0.512,
    persistent: true,
    ...changes,
  };
}

const withTimeZone = (zone: string, work: () => void): void => {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  // Another second throws away what was formatted in the old zone.
  formatLogTime(0);
  try {
    work();
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
    formatLogTime(0);
  }
};

/** The line as a reader of the combined format takes it apart. */
const LINE =
  /^(?<host>\S+) - - \[(?<time>[^\]]+)\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3}) (?<bytes>\d+|-) "(?<referer>(?:[^"\\]|\\.)*)" "(?<agent>(?:[^"\\]|\\.)*)" conn=(?<connection>\d+) req=(?<number>\d+) (?<kept>[+-]) (?<duration>\d+)us$/;

const NAMED: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' };

const unescape = (text: string): string =>
  text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, named: string) =>
    hex === undefined ? (NAMED[named] ?? named) : String.fromCharCode(Number.parseInt(hex, 16)),
  );

test('a line is the combined format followed by connection, request number, kept or not, and microseconds', () => {
  withTimeZone('America/Los_Angeles', () => {
    const fields = { referer: 'http://example.com/', 'user-agent': 'curl/8.0' };
    assert.equal(
      formatAccessLine(recordOf({}, fields)),
      '203.0.113.5 - - [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.1" 200 512 ' +
        '"http://example.com/" "curl/8.0" conn=12 req=3 + 512us',
    );
  });
});

test('the time carries the distance of the local zone from UTC, whatever the zone', () => {
  for (const [zone, expected] of [
    ['UTC', '[10/Oct/2000:20:55:36 +0000]'],
    ['Asia/Kathmandu', '[11/Oct/2000:02:40:36 +0545]'],
    ['America/St_Johns', '[10/Oct/2000:18:25:36 -0230]'],
  ] as const) {
    withTimeZone(zone, () => assert.equal(formatLogTime(971_211_336_999), expected, zone));
  }
});

test('the time of one second does not stick to the next', () => {
  withTimeZone('UTC', () => {
    assert.equal(formatLogTime(1_000_999), '[01/Jan/1970:00:16:40 +0000]');
    assert.equal(formatLogTime(1_001_000), '[01/Jan/1970:00:16:41 +0000]');
    assert.equal(formatLogTime(1_000_000), '[01/Jan/1970:00:16:40 +0000]');
  });
});

test('the host is the remote address without port and brackets, and a dash where there is none', () => {
  for (const [remote, host] of [
    ['203.0.113.5:40711', '203.0.113.5'],
    ['[2001:db8::1]:40711', '2001:db8::1'],
    ['[::1]', '::1'],
    ['', '-'],
  ] as const) {
    const line = formatAccessLine(recordOf({ connection: { ...CONNECTION, remote } }));
    assert.equal(LINE.exec(line)?.groups?.['host'], host, remote);
  }
});

test('what is missing is a dash: request line, bytes, referer, user agent', () => {
  const { groups } = LINE.exec(formatAccessLine(recordOf({ request: undefined, status: 400, bodyBytes: 0 }))) ?? {};
  assert.equal(groups?.['request'], '-');
  assert.equal(groups?.['bytes'], '-');
  assert.equal(groups?.['referer'], '-');
  assert.equal(groups?.['agent'], '-');
});

test('a connection that ends is marked with a minus', () => {
  assert.match(formatAccessLine(recordOf({ persistent: false })), / conn=12 req=3 - 512us$/);
});

test('a duration is whole microseconds and never negative', () => {
  assert.match(formatAccessLine(recordOf({ durationMs: 1_234.567_8 })), / 1234568us$/);
  assert.match(formatAccessLine(recordOf({ durationMs: -0.5 })), / 0us$/);
});

test('quotes, backslashes, white space and other bytes are escaped as mod_log_config does', () => {
  for (const [raw, escaped] of [
    ['"', String.raw`\"`],
    ['\\', String.raw`\\`],
    ['\b\n\r\t\v', String.raw`\b\n\r\t\v`],
    ['\0\f\x1b\x7f', String.raw`\x00\x0c\x1b\x7f`],
    ['\xe9', String.raw`\xe9`],
    ['€', String.raw`\xe2\x82\xac`],
    ['😀', String.raw`\xf0\x9f\x98\x80`],
    ['\ud800', String.raw`\xef\xbf\xbd`],
    ["plain ~ text'", "plain ~ text'"],
  ] as const) {
    const line = formatAccessLine(recordOf({}, { 'user-agent': raw }));
    assert.equal(LINE.exec(line)?.groups?.['agent'], escaped);
  }
});

test('whatever the peer sends, the line is printable ASCII of the same parts, and what it sent can be read back', () => {
  const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(latin1, latin1, latin1, latin1, (method, target, referer, agent) => {
      const request = { method, target, version: '1.1' } as const;
      const line = formatAccessLine(recordOf({ request }, { referer, 'user-agent': agent }));
      assert.match(line, /^[\x20-\x7e]+$/);
      const groups = LINE.exec(line)?.groups ?? {};
      assert.equal(unescape(groups['request'] ?? ''), `${method} ${target} HTTP/1.1`);
      assert.equal(unescape(groups['referer'] ?? ''), referer || '-');
      assert.equal(unescape(groups['agent'] ?? ''), agent || '-');
      assert.equal(groups['connection'], '12');
    }),
  );
});

test('text of any script keeps the line printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (agent) => {
      assert.match(formatAccessLine(recordOf({}, { 'user-agent': agent })), LINE);
    }),
  );
});

test('the log writes one line for a finished exchange and none for other events', () => {
  const lines: string[] = [];
  const trace = accessLog((line) => lines.push(line));
  trace({ type: 'opened', connection: CONNECTION });
  trace({ type: 'exchange', exchange: recordOf() });
  trace({ type: 'closed', connection: CONNECTION, reason: 'peerClosed' });
  trace({ type: 'refused', remote: '203.0.113.5:1', reason: 'tooManyConnections' });
  assert.deepEqual(lines, [formatAccessLine(recordOf())]);
});

test('with several workers the number of the worker stands before that of the connection', () => {
  const lines: string[] = [];
  accessLog((line) => lines.push(line), 3)({ type: 'exchange', exchange: recordOf({}) });
  assert.match(lines[0] ?? '', / conn=3\.\d+ req=/);
});
