// What `perdura get -v` says of each event: complete sentences, compared whole, because their wording is the feature.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatElapsed, formatMoment } from '#src/cli/get/elapsed.js';
import { formatSummary } from '#src/cli/get/summary.js';
import { tellEvent } from '#src/cli/get/tell-event.js';
import type { KnownConnection } from '#src/cli/get/telling.js';
import { CLOSE_REASONS } from '#src/http/index.js';
import type { CloseReason } from '#src/http/index.js';
import type { ClientConnectionInfo, OpeningRecord, RetryCause, SessionEvent } from '#src/trace.js';

const CONNECTION: ClientConnectionInfo = {
  id: 1,
  origin: 'http://127.0.0.1:8080',
  state: 'idle',
  protocol: 'http/1.1',
  requests: 1,
  ageMs: 5_000,
  idleMs: 0,
  remote: '127.0.0.1:8080',
};

const NOTHING: KnownConnection = { idle: undefined, serverAdvertised: undefined, phase: 'unused' };

function idled(
  idleMs: number,
  facts: Partial<KnownConnection['idle']> & { advertised?: object } = {},
): KnownConnection {
  const { advertised, ...idle } = facts;
  return {
    idle: { idleMs, deadlineMs: 60_000, because: 'option', ...idle },
    serverAdvertised: advertised,
    phase: 'idle',
  };
}

function words(event: SessionEvent, known: KnownConnection = NOTHING): string | undefined {
  return tellEvent(event, known)?.text;
}

const opened = (opening: Partial<OpeningRecord>, remote = CONNECTION.remote): string | undefined =>
  words({
    type: 'opened',
    connection: { ...CONNECTION, remote },
    opening: { totalMs: 0.8, lookupMs: 0, connectMs: 0.5, tls: undefined, ...opening },
  });

const closed = (reason: CloseReason, known: KnownConnection, unsolicited?: string): string | undefined =>
  words(
    { type: 'closed', connection: CONNECTION, reason, ...(unsolicited === undefined ? {} : { unsolicited }) },
    known,
  );

describe('a connection that is opened', () => {
  test('is told with its peer and with the parts that took time', () => {
    assert.equal(opened({}), 'opened connection 1 to 127.0.0.1:8080 in 0.8 ms (TCP 0.5)');
    assert.equal(opened({ lookupMs: 0.1 }), 'opened connection 1 to 127.0.0.1:8080 in 0.8 ms (lookup 0.1, TCP 0.5)');
    assert.equal(
      opened({ totalMs: 30, tls: { protocol: 'TLSv1.3', resumed: false, handshakeMs: 24.26 } }),
      'opened connection 1 to 127.0.0.1:8080 in 30 ms (TCP 0.5, TLS 1.3 24.3)',
    );
    assert.equal(
      opened({ totalMs: 9, tls: { protocol: 'TLSv1.2', resumed: true, handshakeMs: 5 } }),
      'opened connection 1 to 127.0.0.1:8080 in 9.0 ms (TCP 0.5, TLS 1.2 resumed 5.0)',
    );
    assert.equal(opened({}, ''), 'opened connection 1 through the unix socket in 0.8 ms (socket 0.5)');
  });

  test('and could not be, is told without the advice that the error has', () => {
    const error = new Error('cannot connect to localhost:9: connection refused (ECONNREFUSED); start the server');
    assert.equal(
      words({ type: 'connectFailed', origin: 'http://localhost:9', error }),
      'cannot connect to localhost:9: connection refused (ECONNREFUSED)',
    );
    assert.equal(words({ type: 'connecting', origin: 'http://localhost:9' }), undefined);
  });
});

describe('a connection that is used again', () => {
  test('is told with how long it was idle and how far from its deadline that is', () => {
    const reused: SessionEvent = { type: 'reused', connection: CONNECTION, idleMs: 2_000, inFlight: 1 };
    assert.equal(words(reused, idled(2_000)), 'reused connection 1 after 2 s idle, 58 s before its deadline');
    assert.equal(words(reused, idled(2_000, { deadlineMs: Infinity })), 'reused connection 1 after 2 s idle');
    assert.equal(words({ ...reused, idleMs: 0 }), 'reused connection 1 at once');
  });

  test('and is busy, is pipelining', () => {
    assert.equal(
      words({ type: 'reused', connection: CONNECTION, idleMs: 0, inFlight: 2 }),
      'sent behind another request on connection 1, before that is answered (pipelining)',
    );
  });

  test('was looked at where the loop was late', () => {
    const look = (alive: boolean): string | undefined => words({ type: 'validated', connection: CONNECTION, alive });
    assert.equal(look(true), 'looked at connection 1 before using it again: it is still open');
    assert.equal(look(false), 'looked at connection 1 before using it again: it has ended');
  });
});

test('a connection that becomes idle is told with its deadline and with what that rests on', () => {
  const idle = (event: Partial<SessionEvent & { type: 'idle' }>): string | undefined =>
    words({
      type: 'idle',
      connection: CONNECTION,
      deadlineMs: 60_000,
      because: 'option',
      serverAdvertised: undefined,
      ...event,
    });
  assert.equal(
    idle({ deadlineMs: 4_980, because: 'serverHint', serverAdvertised: { timeoutMs: 5_000, max: 99 } }),
    "connection 1 stays open and may idle for 4.98 s (the server's Keep-Alive: timeout=5, max=99)",
  );
  assert.equal(
    idle({}),
    'connection 1 stays open and may idle for 60 s (our own limit; the server did not say how long it waits)',
  );
  assert.equal(
    idle({ serverAdvertised: { timeoutMs: 65_000 } }),
    "connection 1 stays open and may idle for 60 s (our own limit; the server's Keep-Alive: timeout=65 is longer)",
  );
  assert.equal(
    idle({ deadlineMs: Infinity, serverAdvertised: { max: 5 } }),
    "connection 1 stays open and may idle without limit (our own limit; the server's Keep-Alive: max=5 names no time)",
  );
  assert.equal(
    idle({ deadlineMs: 9_000, because: 'learned' }),
    'connection 1 stays open and may idle for 9 s (learned: this server closes connections that idle for longer)',
  );
});

describe('an idle connection that ends', () => {
  test('by the server, is told with whether that kept its word', () => {
    assert.equal(
      closed('peerClosed', idled(5_004, { advertised: { timeoutMs: 5_000 } })),
      'the server closed connection 1 after 5 s idle (it had promised 5 s)',
    );
    assert.equal(
      closed('peerClosed', idled(3_000, { advertised: { timeoutMs: 5_000 } })),
      'the server closed connection 1 after 3 s idle (it had promised 5 s, and did not keep that)',
    );
    assert.equal(
      closed('peerClosed', idled(5_004)),
      'the server closed connection 1 after 5 s idle (it had not said how long it waits)',
    );
    assert.equal(
      closed('peerReset', idled(350_000)),
      'the server, or something on the way, cut off connection 1 after 5 min 50 s idle (it had not said how long it waits)',
    );
  });

  test('by us, is told with why that is right', () => {
    assert.equal(
      closed('hintExpired', idled(4_980, { advertised: { timeoutMs: 5_000 } })),
      'closed connection 1 after 4.98 s idle: the server does so at 5 s, and a request that crosses its close would be lost',
    );
    assert.equal(closed('idleTimeout', idled(60_000)), 'closed connection 1 after 60 s idle: our own limit');
    assert.equal(
      closed('idleTimeout', idled(9_000, { because: 'learned' })),
      'closed connection 1 after 9 s idle: this server has closed connections that idled for longer, without a word',
    );
    assert.equal(closed('draining', idled(10)), 'closed connection 1: all is done');
  });

  test('with bytes that nobody asked for, is told with the first line of them and no control character', () => {
    assert.equal(
      closed('unsolicitedBytes', idled(5_000), 'HTTP/1.1 408 Request Timeout\r\nSet-Cookie: a=b'),
      'the server closed connection 1 after 5 s idle, and said so with "HTTP/1.1 408 Request Timeout"',
    );
    assert.equal(
      closed('unsolicitedBytes', idled(5_000), '\u001b[2Jboo'),
      'closed connection 1 after 5 s idle: the server sent "\\u001b[2Jboo" that no request had asked for, ' +
        'which could be taken for the next answer',
    );
  });
});

test('every reason for an end has a sentence that names the connection, in whatever phase it comes', () => {
  const phases: readonly KnownConnection[] = [
    NOTHING,
    idled(1),
    { ...NOTHING, phase: 'awaiting' },
    { ...NOTHING, phase: 'answering' },
  ];
  for (const reason of Object.keys(CLOSE_REASONS) as CloseReason[]) {
    for (const known of phases) {
      assert.match(closed(reason, known) ?? '', /\bconnection 1\b.*[^.]$/, `${reason}, ${known.phase}`);
    }
  }
  assert.equal(
    closed('peerClosed', { ...NOTHING, phase: 'awaiting' }),
    'the server closed connection 1 before it answered',
  );
  assert.equal(
    closed('peerClosed', { ...NOTHING, phase: 'answering' }),
    'the server closed connection 1 in the middle of an answer',
  );
  assert.equal(closed('peerSentClose', NOTHING), 'closed connection 1: the server asked for that (Connection: close)');
});

test('a request that is sent again is told with why that does no harm', () => {
  const retried = (cause: RetryCause, connectionId: number | undefined, idleMs: number): string | undefined =>
    words({ type: 'retried', request: { method: 'GET', url: 'http://a/' }, retry: { cause, connectionId, idleMs } });
  assert.equal(
    retried('endedBeforeResponse', 1, 5_000),
    'sent again on a new connection: connection 1 ended before any of the answer came, and GET may be repeated ' +
      '(it had been idle for 5 s)',
  );
  assert.equal(
    retried('connectFailed', undefined, 0),
    'sent again on a new connection: the first could not be opened, so nothing was sent',
  );
  for (const cause of ['writeFailed', 'requestIncomplete', 'requestTimeout', 'silent', 'pipelineBroken'] as const) {
    assert.match(retried(cause, 7, 0) ?? '', /^sent again on a new connection: .*connection 7 [^()]*/, cause);
  }
});

test('a second attempt and an answer that nobody reads are told', () => {
  const request = { method: 'GET', url: 'http://a/' };
  assert.match(
    words({ type: 'hedged', request, silentMs: 250, connectionId: 1 }) ?? '',
    /^connection 1 has been silent for 250 ms.*the first answer counts$/,
  );
  assert.equal(
    words({ type: 'leaked', connection: CONNECTION, request, heldMs: 10_000, acquiredAt: undefined }),
    'the answer on connection 1 has waited for 10 s to be read',
  );
  assert.equal(
    words({ type: 'response', connection: CONNECTION, request, status: 404, waitMs: 1.23 }),
    '404 Not Found on connection 1 after 1.2 ms',
  );
});

test('what becomes of a signal on an idle connection is told', () => {
  const signal = { type: 'heartbeat', connection: CONNECTION } as const;
  assert.equal(
    words({ ...signal, outcome: 'ack', status: 204, rttMs: 0.42, idleMs: 15_000 }),
    'connection 1 is alive: asked, it answered after 0.4 ms',
  );
  assert.equal(
    words({ ...signal, outcome: 'missed', silentMs: 5_000, idleMs: 15_000 }),
    'connection 1 is lost: asked whether it is alive, it was silent for 5 s',
  );
  assert.match(words({ ...signal, outcome: 'refused', status: 400 }) ?? '', /none is asked for a while$/);
});

test('the summary counts, and compares an answer on a used connection with one on a new one', () => {
  const facts = {
    requests: 10,
    failed: 0,
    connections: 2,
    reused: 8,
    retries: 1,
    bodyBytes: 100,
    fastestReusedMs: 0.31,
    fastestNewMs: 1.2,
  };
  assert.equal(
    formatSummary(facts),
    '10 requests over 2 connections, 8 reused, 1 sent again; ' +
      'fastest answer 0.3 ms on a reused connection, 1.2 ms on a new one',
  );
  assert.equal(
    formatSummary({ ...facts, requests: 1, connections: 1, reused: 0, retries: 0, fastestReusedMs: undefined }),
    '1 request over 1 connection, 0 reused, 0 sent again; fastest answer 1.2 ms on a new connection',
  );
  assert.equal(
    formatSummary({ ...facts, requests: 1, failed: 1, reused: 0, fastestReusedMs: undefined, fastestNewMs: undefined }),
    '1 request over 2 connections, 0 reused, 1 sent again, 1 failed',
  );
});

test('elapsed times have tenths below ten milliseconds, and moments stand in a column', () => {
  for (const [elapsedMs, text] of [
    [0, '0.0 ms'],
    [0.84, '0.8 ms'],
    [9.96, '10 ms'],
    [500.4, '500 ms'],
    [4_981, '4.98 s'],
  ] as const) {
    assert.equal(formatElapsed(elapsedMs), text);
  }
  fc.assert(
    fc.property(fc.double({ min: 0, max: 999_999, noNaN: true }), (ms) => {
      assert.equal(formatMoment(ms).length, 9);
    }),
  );
});
