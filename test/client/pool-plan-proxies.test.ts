// The plan of the pool where origins share proxies: what it opens stays within every limit, and nobody waits while there is a place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { planPool } from '#src/client/pool/pool-plan.js';
import type { OriginDemand, PoolState } from '#src/client/pool/pool-plan.js';

interface Origin {
  readonly proxy: string | undefined;
  readonly limit: number | undefined;
  waiting: number;
  opening: number;
  open: number;
  idle: number;
}

const demand = (origin: Partial<Origin>): OriginDemand => {
  const { waiting = 0, opening = 0, open = 0, idle = 0, proxy, limit } = origin;
  return { waiting, opening, open, idle, proxy, limit };
};

/** The state after the plan was carried out. */
function carryOut(state: PoolState): Origin[] {
  const origins = state.origins.map((origin): Origin => ({ proxy: undefined, limit: undefined, ...origin }));
  for (const { kind, origin: index } of planPool(state)) {
    const origin = origins[index]!;
    if (kind === 'open') origin.opening += 1;
    if (kind !== 'closeIdle') continue;
    origin.idle -= 1;
    origin.open -= 1;
    assert.ok(origin.idle >= 0, 'only what is idle is closed');
  }
  return origins;
}

const countOf = (origins: readonly Origin[]): number =>
  origins.reduce((sum, { open, opening }) => sum + open + opening, 0);

const PROXIES = ['p', 'q', undefined] as const;

/** States that a pool can be in: within the limits. */
const states: fc.Arbitrary<PoolState> = fc
  .record({
    perOrigin: fc.integer({ min: 1, max: 4 }),
    perProxy: fc.integer({ min: 1, max: 6 }),
    total: fc.integer({ min: 1, max: 12 }),
    origins: fc.array(
      fc.record({
        proxy: fc.constantFrom(...PROXIES),
        limit: fc.constantFrom(undefined, 6),
        waiting: fc.nat(5),
        opening: fc.nat(2),
        open: fc.nat(4),
        idle: fc.nat(4),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ origins, ...limits }) => ({
    ...limits,
    origins: origins.map((origin) => demand({ ...origin, idle: Math.min(origin.idle, origin.open) })),
  }))
  .filter((state) => isWithin(state, state.origins as Origin[]));

function isWithin({ perOrigin, perProxy = Infinity, total }: PoolState, origins: readonly Origin[]): boolean {
  return (
    countOf(origins) <= total &&
    origins.every((origin) => countOf([origin]) <= (origin.limit ?? perOrigin)) &&
    ['p', 'q'].every((proxy) => countOf(origins.filter((origin) => origin.proxy === proxy)) <= perProxy)
  );
}

describe('a plan with proxies', () => {
  test('keeps every limit', () => {
    fc.assert(fc.property(states, (state) => isWithin(state, carryOut(state))));
  });

  test('leaves nobody waiting for whom there is a place, or an idle connection that nobody waits for', () => {
    fc.assert(
      fc.property(states, (state) => {
        const origins = carryOut(state);
        const { perOrigin, perProxy = Infinity, total } = state;
        for (const origin of origins) {
          if (origin.waiting <= origin.opening) continue;
          const behind = origins.filter(({ proxy }) => proxy === origin.proxy);
          assert.equal(origin.idle, 0);
          if (countOf([origin]) >= (origin.limit ?? perOrigin)) continue;
          const isProxyFull = origin.proxy !== undefined && countOf(behind) >= perProxy;
          assert.ok(isProxyFull || countOf(origins) >= total, 'there is room');
          // Whoever waits, too, may keep what it has.
          const spare = (isProxyFull ? behind : origins).filter(({ waiting, opening }) => waiting <= opening);
          for (const { idle } of spare) assert.equal(idle, 0);
        }
      }),
    );
  });

  test('is the same as without where there are none', () => {
    fc.assert(
      fc.property(states, ({ perOrigin, total, origins: given }) => {
        const state = { perOrigin, total };
        const origins = given.map((origin) => demand({ ...origin, proxy: undefined, limit: undefined }));
        const bare = origins.map(({ proxy: __, limit: ___, ...origin }) => origin);
        assert.deepEqual(planPool({ ...state, origins, perProxy: 1 }), planPool({ ...state, origins: bare }));
      }),
    );
  });

  test('closes what is idle behind the same proxy, although more is idle elsewhere', () => {
    const origins = [
      demand({ open: 5, idle: 5 }),
      demand({ open: 1, idle: 1, proxy: 'p' }),
      demand({ open: 1, proxy: 'p' }),
      demand({ waiting: 1, proxy: 'p' }),
    ];
    assert.deepEqual(planPool({ origins, perOrigin: 9, perProxy: 2, total: 99 }), [
      { kind: 'closeIdle', origin: 1 },
      { kind: 'open', origin: 3 },
    ]);
  });
});
