// What follows from how scarce things are: levels that do not flap, keep-alive that shrinks, and how many connections are given up.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { divideDescriptors, planPressure } from '#src/server/admission/pressure-plan.js';
import type { PressureFacts, PressureLevel, PressurePlan } from '#src/server/admission/pressure-plan.js';

const FACTS: PressureFacts = {
  level: 'none',
  resources: [],
  keepAliveTimeoutMs: 65_000,
  idle: 500,
  isRoomWanted: true,
};

/** Connections of 1,000. */
const plan = (used: number, facts: Partial<PressureFacts> = {}): PressurePlan =>
  planPressure({ ...FACTS, resources: [{ cause: 'connections', used, limit: 1_000 }], ...facts });

describe('pressure', () => {
  test('is none without limits, and below three quarters of each', () => {
    assert.equal(planPressure(FACTS).level, 'none');
    assert.equal(plan(1e9, { resources: [{ cause: 'memory', used: 1e12, limit: Infinity }] }).level, 'none');
    assert.deepEqual(plan(749), { level: 'none', causes: [], share: 0.749, keepAliveTimeoutMs: 65_000, shed: 0 });
  });

  test('rises from three quarters on, and is high from nine tenths on', () => {
    assert.deepEqual([plan(750).level, plan(899).level, plan(900).level], ['rising', 'rising', 'high']);
  });

  test('goes back only when it is a twentieth below', () => {
    const rising = { level: 'rising' } as const;
    const high = { level: 'high' } as const;
    assert.deepEqual([plan(700, rising).level, plan(699, rising).level], ['rising', 'none']);
    assert.deepEqual([plan(850, high).level, plan(849, high).level, plan(699, high).level], ['high', 'rising', 'none']);
  });

  test('is that of the scarcest resource, and names all that are scarce', () => {
    const { level, causes } = plan(0, {
      resources: [
        { cause: 'connections', used: 10, limit: 100 },
        { cause: 'memory', used: 80, limit: 100 },
        { cause: 'fileDescriptors', used: 95, limit: 100 },
      ],
    });
    assert.equal(level, 'high');
    assert.deepEqual(causes, ['fileDescriptors', 'memory']);
  });

  test('of connections alone is not high while nobody wants in: a pool that fills the server is not closed', () => {
    const { level, shed } = plan(1_000, { isRoomWanted: false });
    assert.deepEqual([level, shed], ['rising', 0]);
    const resources = [{ cause: 'fileDescriptors', used: 1_000, limit: 1_000 }] as const;
    assert.equal(plan(0, { isRoomWanted: false, resources }).level, 'high');
  });
});

describe('keep-alive', () => {
  test('shrinks as more is used, never grows, and never goes below a second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 1e7 }),
        fc.array(fc.integer({ min: 0, max: 1_200 }), { minLength: 2 }),
        (keepAliveTimeoutMs, all) => {
          const timeouts = all
            .toSorted((one, other) => one - other)
            .map((used) => plan(used, { keepAliveTimeoutMs }).keepAliveTimeoutMs);
          for (const [i, each] of timeouts.entries()) {
            assert.ok(each >= 1_000 && each <= keepAliveTimeoutMs, String(each));
            if (i > 0) assert.ok(each <= timeouts[i - 1]!, timeouts.join(', '));
          }
        },
      ),
    );
  });

  test('is shrunk in whole seconds, as it is advertised, to one at nine tenths', () => {
    assert.equal(plan(800).keepAliveTimeoutMs, 33_000);
    assert.equal(plan(900).keepAliveTimeoutMs, 1_000);
    assert.equal(plan(900, { keepAliveTimeoutMs: 400 }).keepAliveTimeoutMs, 400);
  });

  test('that has no end gets one', () =>
    assert.equal(plan(800, { keepAliveTimeoutMs: Infinity }).keepAliveTimeoutMs, 60_000));
});

describe('what is given up', () => {
  test('is nothing before pressure is high, then what brings it back under its level', () => {
    assert.equal(plan(899).shed, 0);
    assert.equal(plan(950).shed, 100);
  });

  test('is never more than what is idle', () => {
    assert.equal(plan(1_000, { idle: 7 }).shed, 7);
  });

  test('is a tenth of the idle ones for memory: nobody knows what one of them frees', () => {
    const resources = [{ cause: 'memory', used: 95, limit: 100 }] as const;
    assert.equal(plan(0, { resources }).shed, 50);
    assert.equal(plan(0, { resources, idle: 1 }).shed, 1);
  });

  test('brings the level down when it is carried out, so that pressure does not stay high for what is idle', () => {
    const levels = fc.constantFrom<PressureLevel>('none', 'rising', 'high');
    fc.assert(
      fc.property(
        levels,
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        (level, used, idle) => {
          fc.pre(idle <= used);
          const first = plan(used, { level, idle });
          const next = plan(used - first.shed, { level: first.level, idle: idle - first.shed });
          if (next.level === 'high') assert.ok(first.shed === idle || next.shed <= 1);
        },
      ),
    );
  });
});

describe('descriptors', () => {
  test('are kept free by a twentieth, at least 16, at most a quarter; half of that is for those who wait', () => {
    assert.deepEqual(divideDescriptors(Infinity, 20_000), { forConnections: 19_000, forWaiting: 19_500 });
    assert.deepEqual(divideDescriptors(Infinity, 64), { forConnections: 48, forWaiting: 56 });
    assert.deepEqual(divideDescriptors(Infinity, 32), { forConnections: 24, forWaiting: 28 });
    assert.deepEqual(divideDescriptors(100, 20_000), { forConnections: 100, forWaiting: 19_500 });
    assert.deepEqual(divideDescriptors(Infinity, Infinity), { forConnections: Infinity, forWaiting: Infinity });
  });
});
