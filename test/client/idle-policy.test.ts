// How long idle connections are trusted and when they are taken, against the rules in another form.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  ALWAYS_TRUSTED_MS,
  countDownSlots,
  decideIdleDeadline,
  decideMarginMs,
  decideReuse,
  decideSlots,
  decideVouched,
  DOUBT_MS,
  jitter,
} from '#src/client/policy/idle-policy.js';
import type { IdleDeadlineFacts, ReuseFacts } from '#src/client/policy/idle-policy.js';

const durationMs = fc.oneof(fc.constant(0), fc.constant(Infinity), fc.double({ min: 0, max: 1e6, noNaN: true }));
const finiteMs = fc.double({ min: 0, max: 1e5, noNaN: true });

const deadlineFacts: fc.Arbitrary<IdleDeadlineFacts> = fc.record({
  idleTimeoutMs: durationMs,
  hintMs: durationMs,
  learnedMs: durationMs,
  roundTripMs: finiteMs,
  loopLagMs: finiteMs,
});

const unlimited: IdleDeadlineFacts = {
  idleTimeoutMs: 60_000,
  hintMs: Infinity,
  learnedMs: Infinity,
  roundTripMs: 0.2,
  loopLagMs: 0,
};

describe('decideIdleDeadline', () => {
  test('is never longer than our own option, nor than what the peer allows, and never negative', () => {
    fc.assert(
      fc.property(deadlineFacts, (facts) => {
        const { deadlineMs, because } = decideIdleDeadline(facts);
        assert.ok(deadlineMs >= 0);
        assert.ok(deadlineMs <= Math.min(facts.idleTimeoutMs, facts.hintMs, facts.learnedMs));
        if (because === 'option') assert.equal(deadlineMs, facts.idleTimeoutMs);
        if (because === 'serverHint') assert.ok(facts.hintMs <= facts.learnedMs && facts.hintMs < Infinity);
        if (because === 'learned') assert.ok(facts.learnedMs < facts.hintMs);
      }),
    );
  });

  test('only gets shorter by a shorter limit, a longer round trip or a later loop', () => {
    fc.assert(
      fc.property(deadlineFacts, finiteMs, (facts, byMs) => {
        const { deadlineMs } = decideIdleDeadline(facts);
        for (const name of ['roundTripMs', 'loopLagMs'] as const) {
          assert.ok(decideIdleDeadline({ ...facts, [name]: facts[name] + byMs }).deadlineMs <= deadlineMs);
        }
        for (const name of ['idleTimeoutMs', 'hintMs', 'learnedMs'] as const) {
          assert.ok(
            decideIdleDeadline({ ...facts, [name]: Math.min(facts[name], byMs) }).deadlineMs <= deadlineMs + 1e-6,
          );
        }
      }),
    );
  });

  test('obeys timeout=1 and still reuses for most of that second', () => {
    const near = decideIdleDeadline({ ...unlimited, hintMs: 1_000 });
    assert.deepEqual([near.because, near.deadlineMs > 980 && near.deadlineMs < 1_000], ['serverHint', true]);
    const overseas = decideIdleDeadline({ ...unlimited, hintMs: 1_000, roundTripMs: 100, loopLagMs: 20 });
    assert.ok(overseas.deadlineMs > 700 && overseas.deadlineMs < 900);
    assert.equal(decideIdleDeadline({ ...unlimited, hintMs: 1_000, roundTripMs: 5_000 }).deadlineMs, 500);
  });

  test('leaves more than the round trip before the deadline of the server, where half of it is enough for that', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 900, noNaN: true }), finiteMs, (roundTripMs, hintMs) => {
        fc.pre(hintMs / 2 > roundTripMs + 10);
        assert.ok(decideMarginMs(hintMs, roundTripMs, 0) > roundTripMs);
      }),
    );
  });

  test('does not reuse after timeout=0', () => {
    assert.deepEqual(decideIdleDeadline({ ...unlimited, hintMs: 0 }), { deadlineMs: 0, because: 'serverHint' });
  });

  test('names the smallest limit', () => {
    assert.deepEqual(decideIdleDeadline(unlimited), { deadlineMs: 60_000, because: 'option' });
    assert.equal(decideIdleDeadline({ ...unlimited, hintMs: 5_000, learnedMs: 6_000 }).because, 'serverHint');
    assert.equal(decideIdleDeadline({ ...unlimited, hintMs: 5_000, learnedMs: 4_000 }).because, 'learned');
    const forever = decideIdleDeadline({ ...unlimited, idleTimeoutMs: Infinity });
    assert.deepEqual(forever, { deadlineMs: Infinity, because: 'option' });
  });
});

describe('the slots of max=', () => {
  test('count down by what the server says, or by one where it says the same again', () => {
    let slots = Infinity;
    for (const max of [undefined, 100, 99, 97, 97, undefined]) slots = countDownSlots(slots, max);
    assert.equal(slots, 95);
  });

  test('are not given to anybody at 0, and the last one not to a request that cannot be repeated', () => {
    assert.deepEqual(
      [decideSlots(0, true), decideSlots(0, false), decideSlots(-1, true)],
      Array(3).fill('maxRequests'),
    );
    assert.deepEqual([decideSlots(1, true), decideSlots(1, false)], ['use', 'fresh']);
    assert.deepEqual([decideSlots(2, false), decideSlots(Infinity, false)], ['use', 'use']);
  });

  test('let a server that answers exactly max requests never meet one too many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.boolean(), (limit, saysTheSame) => {
        let slots = Infinity;
        let served = 0;
        while (decideSlots(slots, true) === 'use' && served < 50) {
          served += 1;
          slots = countDownSlots(slots, saysTheSame ? limit : limit - served);
        }
        // Who says the same number again and again means that many in all, and announces the last one by itself.
        assert.equal(served, saysTheSame ? limit + 1 : limit);
      }),
    );
  });
});

const reuseFacts: fc.Arbitrary<ReuseFacts> = fc.record({
  idleMs: finiteMs,
  idleWallMs: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
  deadlineMs: durationMs,
  because: fc.constantFrom('option', 'serverHint', 'learned'),
  ageMs: finiteMs,
  maxAgeMs: durationMs,
  requests: fc.nat(20),
  maxRequests: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 20 })),
  slots: fc.oneof(fc.constant(Infinity), fc.nat(3)),
  idempotent: fc.boolean(),
  policy: fc.constantFrom('validate', 'fresh', 'reuse'),
  polledSinceIdle: fc.boolean(),
  unpolledMs: fc.double({ min: 0, max: 3 * DOUBT_MS, noNaN: true }),
  knownLimitMs: durationMs,
  longestSurvivedMs: finiteMs,
});

/** From the least to the most trust. */
const TRUST = ['fresh', 'poll', 'use'];
const trustOf = (facts: ReuseFacts): number => TRUST.indexOf(decideReuse(facts));

const good: ReuseFacts = {
  idleMs: 500,
  idleWallMs: 500,
  deadlineMs: 60_000,
  because: 'option',
  ageMs: 10_000,
  maxAgeMs: Infinity,
  requests: 3,
  maxRequests: Infinity,
  slots: Infinity,
  idempotent: false,
  policy: 'validate',
  polledSinceIdle: true,
  unpolledMs: 0.1,
  knownLimitMs: Infinity,
  longestSurvivedMs: 0,
};

describe('decideReuse', () => {
  test('closes what is past a limit, whatever the request', () => {
    fc.assert(
      fc.property(reuseFacts, (facts) => {
        const idleMs = Math.max(facts.idleMs, facts.idleWallMs);
        const isOver =
          facts.ageMs >= facts.maxAgeMs ||
          facts.requests >= facts.maxRequests ||
          facts.slots <= 0 ||
          idleMs >= facts.deadlineMs;
        assert.equal(trustOf(facts) === -1, isOver, decideReuse(facts));
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps a request that cannot be repeated off a connection that was not looked at or is not vouched for', () => {
    fc.assert(
      fc.property(reuseFacts, (some) => {
        const facts: ReuseFacts = { ...some, idempotent: false, policy: 'validate' };
        if (decideReuse(facts) !== 'use') return;
        assert.ok(facts.polledSinceIdle && facts.unpolledMs <= DOUBT_MS && facts.slots > 1);
        assert.ok(decideVouched(Math.max(facts.idleMs, facts.idleWallMs), facts.knownLimitMs, facts.longestSurvivedMs));
      }),
      { numRuns: 5_000 },
    );
  });

  test('treats everything as idempotent under reuse, and uses no old connection for the others under fresh', () => {
    fc.assert(
      fc.property(reuseFacts, (facts) => {
        const idempotent = decideReuse({ ...facts, idempotent: true });
        assert.equal(decideReuse({ ...facts, idempotent: false, policy: 'reuse' }), idempotent);
        const isClosed = !TRUST.includes(idempotent);
        assert.equal(decideReuse({ ...facts, idempotent: false, policy: 'fresh' }), isClosed ? idempotent : 'fresh');
        assert.notEqual(idempotent, 'fresh');
      }),
      { numRuns: 2_000 },
    );
  });

  test('trusts no less for a shorter idle time, a later look, more knowledge or an idempotent request', () => {
    fc.assert(
      fc.property(reuseFacts, finiteMs, (facts, byMs) => {
        const trust = trustOf(facts);
        fc.pre(trust !== -1);
        for (const better of [
          { idleMs: Math.min(facts.idleMs, byMs), idleWallMs: Math.min(facts.idleWallMs, byMs) },
          { unpolledMs: 0 },
          { polledSinceIdle: true },
          { longestSurvivedMs: facts.longestSurvivedMs + byMs },
          { idempotent: true },
          { slots: facts.slots + 1 },
        ]) {
          assert.ok(trustOf({ ...facts, ...better }) >= trust, JSON.stringify(better));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('uses what is idle for a moment and was looked at', () => {
    assert.equal(decideReuse(good), 'use');
    assert.equal(decideReuse({ ...good, polledSinceIdle: false }), 'poll');
    assert.equal(decideReuse({ ...good, unpolledMs: 2 * DOUBT_MS }), 'poll');
  });

  test('does not look before an idempotent request unless the loop was late: a retry covers the rest', () => {
    const facts = { ...good, idempotent: true, polledSinceIdle: false, idleMs: 50_000 };
    assert.equal(decideReuse(facts), 'use');
    assert.equal(decideReuse({ ...facts, unpolledMs: DOUBT_MS }), 'use');
    assert.equal(decideReuse({ ...facts, unpolledMs: DOUBT_MS + 0.1 }), 'poll');
  });

  test('vouches up to half of a known limit, else for a second, or half of what survived', () => {
    const isUsed = (idleMs: number, known: Partial<ReuseFacts>): boolean =>
      decideReuse({ ...good, idleMs, idleWallMs: idleMs, ...known }) === 'use';
    assert.deepEqual([isUsed(2_500, { knownLimitMs: 5_000 }), isUsed(2_501, { knownLimitMs: 5_000 })], [true, false]);
    assert.deepEqual([isUsed(500, { knownLimitMs: 1_000 }), isUsed(501, { knownLimitMs: 1_000 })], [true, false]);
    assert.deepEqual([isUsed(ALWAYS_TRUSTED_MS, {}), isUsed(ALWAYS_TRUSTED_MS + 1, {})], [true, false]);
    const survived = { longestSurvivedMs: 40_000 };
    assert.deepEqual([isUsed(20_000, survived), isUsed(20_001, survived)], [true, false]);
  });

  test('suspects a connection after sleep, when one of the clocks stood still, and ignores a wall clock that was set back', () => {
    const slept = { ...good, idempotent: true, idleMs: 100, idleWallMs: 3_600_000 };
    assert.equal(decideReuse(slept), 'idleTimeout');
    assert.equal(decideReuse({ ...slept, because: 'serverHint' }), 'hintExpired');
    assert.equal(decideReuse({ ...slept, because: 'learned' }), 'idleTimeout');
    assert.equal(decideReuse({ ...good, idleWallMs: -3_600_000 }), 'use');
  });

  test('closes for age and for requests', () => {
    assert.equal(decideReuse({ ...good, maxAgeMs: 10_000 }), 'maxAge');
    assert.equal(decideReuse({ ...good, maxRequests: 3 }), 'maxRequests');
    assert.equal(decideReuse({ ...good, slots: 0 }), 'maxRequests');
    assert.equal(decideReuse({ ...good, slots: 1 }), 'fresh');
  });

  test('measures only what it has to know', () => {
    const late = {
      ...good,
      idempotent: true,
      get polledSinceIdle(): boolean {
        throw new Error('asked for an idempotent request');
      },
    };
    assert.equal(decideReuse(late), 'use');
    const closed = {
      ...good,
      maxRequests: 1,
      get idleWallMs(): number {
        throw new Error('asked for a connection that is closed anyway');
      },
      get unpolledMs(): number {
        throw new Error('asked for a connection that is closed anyway');
      },
    };
    assert.equal(decideReuse(closed), 'maxRequests');
  });
});

describe('jitter', () => {
  test('takes up to a tenth off, keeps whole numbers whole, and never makes 1 into 0', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), unit, (value, random) => {
        const jittered = jitter(value, () => random);
        assert.ok(Number.isInteger(jittered) && jittered >= 1);
        assert.ok(jittered <= value && jittered >= value * 0.9);
      }),
    );
    assert.deepEqual([jitter(1_000, () => 0), jitter(1_000, () => 0.5), jitter(1_000, () => 1)], [1_000, 950, 900]);
  });

  test('leaves Infinity, and does not spend a random number on it', () => {
    assert.equal(
      jitter(Infinity, () => assert.fail('asked')),
      Infinity,
    );
  });
});
