// Disorder among answers: told where it is certain, and never where answers only change.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isOutOfOrder, stableSignature } from '#src/inspect/steps/answer-order.js';
import type { Signature } from '#src/inspect/steps/answer-order.js';

const signature: fc.Arbitrary<Required<Signature>> = fc.record({
  status: fc.constantFrom(200, 302, 404),
  length: fc.constantFrom('3', '4', null),
  bodyBytes: fc.nat(3),
  bodyHash: fc.nat(3),
});

const MEMBERS = ['status', 'length', 'bodyBytes', 'bodyHash'] as const;

function same(left: Signature, right: Signature): boolean {
  return MEMBERS.every((member) => left[member] === right[member]);
}

describe('isOutOfOrder', () => {
  test('answers that are what each request was answered alone are in order', () => {
    fc.assert(fc.property(fc.array(signature), (alone) => assert.equal(isOutOfOrder(alone, alone), false)));
  });

  test('where nothing changes by itself, any other order is found out', () => {
    fc.assert(
      fc.property(fc.array(signature, { minLength: 2 }), fc.infiniteStream(fc.nat()), (alone, keys) => {
        const order = alone.map((one) => ({ one, key: keys.next().value ?? 0 }));
        const shuffled = order.toSorted((left, right) => left.key - right.key).map(({ one }) => one);
        const isSame = shuffled.every((one, index) => same(one, alone[index]!));
        assert.equal(isOutOfOrder(alone, shuffled), !isSame);
      }),
    );
  });

  test('fewer answers than requests are judged as far as they go', () => {
    const [first, second] = [{ status: 200 }, { status: 404 }];
    assert.equal(isOutOfOrder([first, second], [first]), false);
    assert.equal(isOutOfOrder([first, second], [second]), true);
  });

  test('members that changed between two answers to the same request prove nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(signature, signature)), (pairs) => {
        const stable = pairs.map(([before, after]) => stableSignature(before, after));
        for (const moment of [0, 1] as const) {
          assert.equal(
            isOutOfOrder(
              stable,
              pairs.map((pair) => pair[moment]),
            ),
            false,
          );
        }
      }),
    );
  });

  test('an answer that is like none of them proves nothing', () => {
    assert.equal(isOutOfOrder([{ status: 200 }, { status: 404 }], [{ status: 429 }, { status: 429 }]), false);
  });
});
