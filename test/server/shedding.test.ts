// Who goes when there are too many connections.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SHED_FLOOR_MS, decideAdmission } from '#src/server/admission/shedding.js';

const FULL = { open: 10, limit: 10, longestIdleMs: undefined, longestSilentMs: undefined };

describe('a newcomer', () => {
  test('is let in while there is room', () => {
    assert.equal(decideAdmission({ ...FULL, open: 9, longestIdleMs: 60_000, longestSilentMs: 60_000 }), 'admit');
    assert.equal(decideAdmission({ ...FULL, limit: Infinity }), 'admit');
  });

  test('takes the place of a handshake that has taken a second, before that of any connection', () => {
    const others = { longestIdleMs: 60_000, longestSilentMs: 60_000 };
    assert.equal(decideAdmission({ ...FULL, ...others, longestPendingMs: SHED_FLOOR_MS }), 'shedPending');
    assert.equal(decideAdmission({ ...FULL, ...others, longestPendingMs: SHED_FLOOR_MS - 1 }), 'shedIdle');
    assert.equal(decideAdmission({ ...FULL, longestPendingMs: SHED_FLOOR_MS - 1 }), 'refuse');
  });

  test('takes the place of the connection that is idle longest', () => {
    assert.equal(decideAdmission({ ...FULL, longestIdleMs: SHED_FLOOR_MS, longestSilentMs: 60_000 }), 'shedIdle');
  });

  test('takes the place of one that never asked for anything where none is idle long enough', () => {
    assert.equal(
      decideAdmission({ ...FULL, longestIdleMs: SHED_FLOOR_MS - 1, longestSilentMs: SHED_FLOOR_MS }),
      'shedSilent',
    );
  });

  test('is refused where everybody else is busy or has just come', () => {
    assert.equal(decideAdmission(FULL), 'refuse');
    assert.equal(
      decideAdmission({ ...FULL, longestIdleMs: SHED_FLOOR_MS - 1, longestSilentMs: SHED_FLOOR_MS - 1 }),
      'refuse',
    );
  });
});
