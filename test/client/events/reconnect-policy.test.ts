// Whether a stream is opened again, and when: rules without time and without connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  acceptRetryMs,
  isNetworkFailure,
  judgeAnswer,
  readRetryAfterMs,
  reconnectDelayMs,
} from '#src/client/events/reconnect-policy.js';
import { BodyError, ConnectError, OptionError, PoolError, RedirectError, TimeoutError } from '#src/errors.js';

test('every status has one meaning: a stream, the end, later, or an error', () => {
  for (let status = 200; status < 600; status += 1) {
    const { verdict } = judgeAnswer(status, 'text/event-stream');
    if (status === 200) assert.equal(verdict, 'open');
    else if (status === 204) assert.equal(verdict, 'over');
    else if (status >= 500 || [408, 425, 429].includes(status)) assert.equal(verdict, 'later', String(status));
    else assert.equal(verdict, 'refused', String(status));
  }
});

test('the media type is compared as media types are', () => {
  for (const type of [
    'text/event-stream',
    'Text/Event-Stream',
    'text/event-stream; charset=utf-8',
    ' text/event-stream ;x',
  ])
    assert.equal(judgeAnswer(200, type).verdict, 'open', type);
  for (const type of [null, '', 'text/plain', 'text/event-streams', 'text/event-stream, text/event-stream'])
    assert.equal(judgeAnswer(200, type).verdict, 'refused', String(type));
});

test('failures of the network may be over next time, those of the caller and refusals of a proxy are not', () => {
  const transient = [
    new ConnectError('http://a', 'x'),
    new ConnectError('http://a', 'x', { status: 503 }),
    new TimeoutError('headers', 5, 'x'),
    new PoolError('the queue is full'),
  ];
  const lasting = [
    new ConnectError('http://a', 'x', { status: 407 }),
    new OptionError('url', 'x'),
    new RedirectError('x'),
    new BodyError('x'),
    new TypeError('x'),
    'x',
  ];
  for (const error of transient) assert.equal(isNetworkFailure(error), true, String(error));
  for (const error of lasting) assert.equal(isNetworkFailure(error), false, String(error));
});

test('a server is obeyed from half a second on, and where the caller would come back as soon', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(5_000), (toldMs, ownMs) => {
      const acceptedMs = acceptRetryMs(toldMs, ownMs);
      assert.equal(acceptedMs === toldMs, toldMs >= 500 || toldMs >= ownMs);
      assert.ok(acceptedMs >= toldMs && acceptedMs <= Math.max(toldMs, 500));
    }),
  );
});

test('a wait is never shorter than the server asked for, never longer than jitter and the bound allow, and grows', () => {
  const facts = fc.record({
    retryMs: fc.nat(100_000),
    maxRetryMs: fc.nat(100_000),
    retryAfterMs: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
    failures: fc.nat(2_000),
    jitter: fc.double({ min: 0, max: 2, noNaN: true }),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(facts, (given) => {
      const delayMs = reconnectDelayMs(given);
      const { retryMs, maxRetryMs, retryAfterMs, jitter } = given;
      assert.ok(delayMs >= Math.max(retryMs, retryAfterMs));
      assert.ok(delayMs <= Math.max(retryMs, maxRetryMs, retryAfterMs) * (1 + jitter));
      assert.ok(reconnectDelayMs({ ...given, failures: given.failures + 1 }) >= delayMs);
    }),
  );
});

test('the wait doubles from the second failure on, up to its bound, also where the server asked for none', () => {
  const waits = (retryMs: number): number[] =>
    [0, 1, 2, 3, 4, 5].map((failures) =>
      reconnectDelayMs({ retryMs, maxRetryMs: 5_000, retryAfterMs: 0, failures, jitter: 0, random: 1 }),
    );
  assert.deepEqual(waits(1_000), [1_000, 1_000, 2_000, 4_000, 5_000, 5_000]);
  assert.deepEqual(waits(0), [0, 1, 2, 4, 8, 16]);
});

test('Retry-After is obeyed for an hour at most, and what says nothing for no time', () => {
  const wallMs = Date.parse('1994-11-06T08:49:30Z');
  const cases = { '5': 5_000, '99999': 3_600_000, 'Sun, 06 Nov 1994 08:49:37 GMT': 7_000, soon: 0 };
  for (const [value, ms] of Object.entries(cases)) assert.equal(readRetryAfterMs(value, wallMs), ms, value);
  assert.equal(readRetryAfterMs(null, wallMs), 0);
});
