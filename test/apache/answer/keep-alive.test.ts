// The decision about the connection, against the tables of what the real httpd does (observed; docs/apache.md).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideKeepAlive, hasToken } from '#src/apache/answer/keep-alive.js';
import type { KeepAliveFacts } from '#src/apache/answer/keep-alive.js';

const USUAL: KeepAliveFacts = {
  keepAlive: true,
  timeoutMs: 5_000,
  maxRequests: 100,
  keepAlives: 0,
  mustClose: false,
  expectsContinue: false,
  delimited: true,
  answerConnection: undefined,
  requestConnection: undefined,
  isVersion11: true,
  forbidden: false,
};

describe('decideKeepAlive', () => {
  test('HTTP/1.1 persists without a word where the client says nothing', () => {
    const decision = decideKeepAlive(USUAL);
    assert.deepEqual(
      [decision.persistent, decision.field, decision.token, decision.counts],
      [true, undefined, undefined, 1],
    );
  });

  test('a client that says keep-alive is told time and number, whole seconds, cut', () => {
    const asked = { ...USUAL, requestConnection: 'Keep-Alive, foo' };
    assert.deepEqual(decideKeepAlive(asked).field, 'timeout=5, max=100');
    assert.deepEqual(decideKeepAlive(asked).token, 'Keep-Alive');
    assert.equal(decideKeepAlive({ ...asked, timeoutMs: 1_999 }).field, 'timeout=1, max=100');
    assert.equal(decideKeepAlive({ ...asked, timeoutMs: 400 }).field, 'timeout=0, max=100');
    assert.equal(decideKeepAlive({ ...asked, maxRequests: 0, keepAlives: 700 }).field, 'timeout=5');
  });

  test('a limit of N is N answers that announce more, and one that closes', () => {
    const fields: (string | undefined)[] = [];
    let keepAlives = 0;
    for (let answer = 1; answer <= 4; answer += 1) {
      const decision = decideKeepAlive({ ...USUAL, maxRequests: 3, keepAlives, requestConnection: 'keep-alive' });
      fields.push(decision.field ?? decision.token);
      keepAlives += decision.counts;
    }
    assert.deepEqual(fields, ['timeout=5, max=3', 'timeout=5, max=2', 'timeout=5, max=1', 'close']);
  });

  for (const [why, change] of [
    ['KeepAlive Off', { keepAlive: false }],
    ['KeepAliveTimeout 0', { timeoutMs: 0 }],
    ['MaxKeepAliveRequests reached', { keepAlives: 100 }],
    ['close in the request', { requestConnection: 'keep-alive, Close' }],
    ['close in the answer', { answerConnection: 'foo, close' }],
    ['nokeepalive', { forbidden: true }],
    ['HTTP/1.0 without its token', { isVersion11: false }],
    ['a body without an end', { delimited: false }],
    ['a client that waits for 100 Continue', { expectsContinue: true }],
    ['a doubt', { mustClose: true }],
  ] as const satisfies ReadonlyArray<readonly [string, Partial<KeepAliveFacts>]>) {
    test(`${why} closes, and close is said once`, () => {
      const facts: KeepAliveFacts = { ...USUAL, ...change };
      const decision = decideKeepAlive(facts);
      assert.equal(decision.persistent, false);
      assert.equal(decision.field, undefined);
      assert.equal(decision.token, hasToken(facts.answerConnection, 'close') ? undefined : 'close');
    });
  }

  test('HTTP/1.0 persists with its token', () => {
    const decision = decideKeepAlive({ ...USUAL, isVersion11: false, requestConnection: 'keep-alive' });
    assert.deepEqual([decision.persistent, decision.field], [true, 'timeout=5, max=100']);
  });

  test('whatever the facts: what closes is never told to persist, and what persists is counted', () => {
    fc.assert(
      fc.property(
        fc.record<KeepAliveFacts>({
          keepAlive: fc.boolean(),
          timeoutMs: fc.integer({ min: 0, max: 10_000 }),
          maxRequests: fc.integer({ min: -3, max: 5 }),
          keepAlives: fc.integer({ min: 0, max: 6 }),
          mustClose: fc.boolean(),
          expectsContinue: fc.boolean(),
          delimited: fc.boolean(),
          answerConnection: fc.constantFrom(undefined, 'close', 'keep-alive', 'x'),
          requestConnection: fc.constantFrom(undefined, 'close', 'keep-alive', 'keep-alive, close', 'x'),
          isVersion11: fc.boolean(),
          forbidden: fc.boolean(),
        }),
        (facts) => {
          const decision = decideKeepAlive(facts);
          if (decision.persistent) {
            assert.equal(decision.counts, 1);
            assert.notEqual(decision.token, 'close');
            assert.ok(!hasToken(facts.answerConnection, 'close') && !hasToken(facts.requestConnection, 'close'));
          } else {
            assert.equal(decision.field, undefined);
            assert.ok(decision.token === 'close' || hasToken(facts.answerConnection, 'close'));
          }
        },
      ),
    );
  });
});
