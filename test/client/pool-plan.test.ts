// The plan of the pool for any state, and what comes of it over time: nobody is forgotten, nobody gets more than his share.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideYield, planPool } from '#src/client/pool/pool-plan.js';
import type { OriginDemand, PoolState } from '#src/client/pool/pool-plan.js';
import { SimulatedPool } from './simulated-pool.ts';

const demand: fc.Arbitrary<OriginDemand> = fc
  .record({ waiting: fc.nat(5), opening: fc.nat(3), busy: fc.nat(4), idle: fc.nat(3) })
  .map(({ waiting, opening, busy, idle }) => ({ waiting, opening, open: busy + idle, idle }));

/** States that keep the limits, as those of a pool do. */
const state: fc.Arbitrary<PoolState> = fc
  .record({
    origins: fc.array(demand, { maxLength: 6 }),
    sparePerOrigin: fc.nat(3),
    spare: fc.nat(4),
    unlimited: fc.nat(3),
  })
  .map(({ origins, sparePerOrigin, spare, unlimited }) => {
    const counts = origins.map(({ open, opening }) => open + opening);
    const sum = counts.reduce((one, other) => one + other, 0);
    return {
      origins,
      perOrigin: (unlimited & 1) === 1 ? Infinity : Math.max(1, ...counts) + sparePerOrigin,
      total: unlimited === 3 ? Infinity : Math.max(1, sum + spare),
    };
  });

/** The state after what the plan says; throws where it cannot be done, or breaks a limit on the way. */
function carryOut({ origins, perOrigin, total }: PoolState): PoolState {
  const after = origins.map((origin) => ({ ...origin }));
  for (const action of planPool({ origins, perOrigin, total })) {
    const origin = after[action.origin]!;
    if (action.kind === 'closeIdle') {
      assert.ok(origin.idle > 0, 'only what is idle is closed');
      origin.idle -= 1;
      origin.open -= 1;
    } else {
      assert.ok(origin.waiting > origin.opening, 'nothing is opened for nobody');
      origin.opening += 1;
    }
    const connections = after.reduce((sum, { open, opening }) => sum + open + opening, 0);
    assert.ok(connections <= total, 'total holds at every step');
    assert.ok(origin.open + origin.opening <= perOrigin, 'perOrigin holds at every step');
  }
  return { origins: after, perOrigin, total };
}

describe('planPool', () => {
  test('never breaks a limit, opens nothing for nobody, and closes only what is idle', () => {
    fc.assert(fc.property(state, (before) => void carryOut(before)));
  });

  test('leaves nobody waiting unserved while there is room, or anything idle that could make room', () => {
    fc.assert(
      fc.property(state, (before) => {
        const { origins, perOrigin, total } = carryOut(before);
        const connections = origins.reduce((sum, { open, opening }) => sum + open + opening, 0);
        const anythingIdle = origins.some(({ idle }) => idle > 0);
        for (const { waiting, opening, open, idle } of origins) {
          if (waiting <= opening) continue;
          assert.equal(idle, 0);
          if (open + opening < perOrigin) assert.ok(connections >= total && !anythingIdle);
        }
      }),
    );
  });

  test('has nothing more to say once it was carried out', () => {
    fc.assert(fc.property(state, (before) => assert.deepEqual(planPool(carryOut(before)), [])));
  });

  test('says nothing where nobody waits', () => {
    fc.assert(
      fc.property(state, ({ origins, ...limits }) => {
        const satisfied = origins.map((origin) => ({ ...origin, waiting: Math.min(origin.waiting, origin.opening) }));
        assert.deepEqual(planPool({ ...limits, origins: satisfied }), []);
      }),
    );
  });

  test('closes no more than what makes room for what it opens', () => {
    fc.assert(
      fc.property(state, (before) => {
        const actions = planPool(before);
        for (const [index, { kind }] of actions.entries()) {
          if (kind === 'closeIdle') assert.equal(actions[index + 1]?.kind, 'open');
        }
      }),
    );
  });

  test('gives no origin a place while another one that waits has fewer, and may have more', () => {
    fc.assert(
      fc.property(state, (before) => {
        const { origins, perOrigin } = carryOut(before);
        for (const [index, { open: openNow, opening: openingNow }] of origins.entries()) {
          const share = openNow + openingNow;
          const { open: openBefore, opening: openingBefore } = before.origins[index]!;
          if (share <= openBefore + openingBefore) continue;
          for (const { waiting, opening, open } of origins) {
            if (waiting > opening && open + opening < perOrigin) assert.ok(open + opening >= share - 1);
          }
        }
      }),
    );
  });

  test('opens one connection for each request without limits, however many origins', () => {
    const origins = Array.from({ length: 3 }, () => ({ waiting: 4, opening: 1, open: 2, idle: 0 }));
    const actions = planPool({ origins, perOrigin: Infinity, total: Infinity });
    assert.deepEqual(
      actions.map(({ origin }) => origin),
      [0, 1, 2, 0, 1, 2, 0, 1, 2],
    );
  });

  test('serves the first in turn among those that have as many', () => {
    const none = { waiting: 2, opening: 0, open: 0, idle: 0 };
    assert.deepEqual(planPool({ origins: [none, none], perOrigin: 6, total: 1 }), [{ kind: 'open', origin: 0 }]);
  });

  test('closes an idle connection of the origin itself first, which the request may not use', () => {
    const own = { waiting: 1, opening: 0, open: 1, idle: 1 };
    const other = { waiting: 0, opening: 0, open: 2, idle: 2 };
    const expected = [
      { kind: 'closeIdle', origin: 0 },
      { kind: 'open', origin: 0 },
    ];
    assert.deepEqual(planPool({ origins: [own, other], perOrigin: 1, total: Infinity }), expected);
    assert.deepEqual(planPool({ origins: [own, other], perOrigin: 6, total: 3 }), expected);
  });
});

describe('decideYield', () => {
  test('gives a place to who has none, or at least two less, and waits, and to nobody else', () => {
    fc.assert(
      fc.property(
        demand,
        fc.array(demand, { maxLength: 4 }),
        fc.integer({ min: 1, max: 8 }),
        (own, others, perOrigin) => {
          const share = own.open + own.opening;
          const isOwed = others.some(
            ({ waiting, opening, open }) =>
              waiting > opening &&
              open + opening < perOrigin &&
              (open + opening === 0 || share - (open + opening) >= 2),
          );
          assert.equal(decideYield(own, [own, ...others], perOrigin), isOwed);
        },
      ),
    );
  });

  test('does not give a place away to an origin that may not have it', () => {
    const own = { waiting: 1, opening: 0, open: 9, idle: 0 };
    const full = { waiting: 5, opening: 0, open: 2, idle: 0 };
    assert.equal(decideYield(own, [own, full], 2), false);
    assert.equal(decideYield(own, [own, full], Infinity), true);
  });
});

describe('a pool that follows the plan', () => {
  test('serves every request, whatever comes and goes in whatever order, and never idles while somebody waits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(Infinity)),
        fc.array(
          fc.record({
            kind: fc.constantFrom('request', 'needsNew', 'opened', 'failed', 'finished', 'lost'),
            which: fc.nat(30),
          }),
          {
            maxLength: 120,
          },
        ),
        (total, perOrigin, events) => {
          const pool = new SimulatedPool(4, total, perOrigin);
          for (const { kind, which } of events) {
            pool.happen(kind, which);
            pool.check();
          }
          pool.runOut();
          assert.equal(pool.waiting, 0);
        },
      ),
    );
  });

  test('gives origins whose queues never end the same share, wherever the places were at first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.nat(100)),
        (origins, total, random) => {
          const pool = new SimulatedPool(origins, total, Infinity);
          // The first one takes everything before the others come.
          for (let index = 0; index < total; index += 1) {
            pool.happen('request', 0);
            pool.happen('opened', 0);
          }
          const share = Math.floor(total / origins);
          for (let step = 0; step < 40 * total; step += 1) {
            for (let origin = 0; origin < origins; origin += 1) pool.happen('request', origin);
            pool.happen('finished', random.next().value);
            pool.happen('opened', random.next().value);
          }
          for (const { open, opening } of pool.origins) {
            assert.ok(open + opening >= share && open + opening <= share + 1, JSON.stringify(pool.origins));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('serves origins in turn where there is only one place', () => {
    const pool = new SimulatedPool(3, 1, Infinity);
    for (let index = 0; index < 30; index += 1) pool.happen('request', index % 3);
    for (let step = 0; step < 30; step += 1) {
      pool.happen('opened', 0);
      pool.happen('finished', 0);
      const served = pool.origins.map((origin) => origin.served);
      assert.ok(Math.max(...served) - Math.min(...served) <= 1, served.join());
    }
    assert.equal(pool.waiting, 0);
  });
});
