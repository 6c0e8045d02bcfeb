import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findExpiryCode, mergeExpiry, planExpiry } from '#src/apache/expires/plan-expiry.js';
import type { ExpirySettings } from '#src/apache/expires/plan-expiry.js';

const REQUESTED_US = 1_800_000_000_000_000;

const code = (seconds: number) => ({ base: 'access', seconds }) as const;

const settings = (byType: Record<string, number>, fallback?: number): ExpirySettings => ({
  active: true,
  fallback: fallback === undefined ? undefined : code(fallback),
  byType: new Map(Object.entries(byType).map(([type, seconds]) => [type, code(seconds)])),
  wildcards: Object.keys(byType).some((type) => type.endsWith('/*')),
});

describe('the code for a type', () => {
  it('is that of the type, then that of its kind, then the default', () => {
    const all = settings({ 'text/plain': 1, 'text/*': 2 }, 3);
    const seconds = (type: string | undefined): number | undefined => findExpiryCode(all, type)?.seconds;
    assert.equal(seconds('text/plain'), 1);
    assert.equal(seconds('TEXT/Plain; charset=utf-8'), 1);
    assert.equal(seconds('text/html'), 2);
    assert.equal(seconds('image/png'), 3);
    assert.equal(seconds('text'), 3);
    assert.equal(seconds(undefined), 3);
    assert.equal(findExpiryCode(settings({ '*/*': 1 }), 'text/plain'), undefined);
  });

  it('of an outer place is found, but for that of a kind where the inner place has something to say', () => {
    const outer = settings({ 'text/*': 8, 'text/css': 7 }, 9);
    const inner = mergeExpiry(outer, { ...settings({}, 3), active: undefined });
    assert.equal(inner.active, true);
    assert.equal(findExpiryCode(inner, 'text/css')?.seconds, 7);
    assert.equal(findExpiryCode(inner, 'text/plain')?.seconds, 3);
    assert.equal(findExpiryCode(mergeExpiry(outer, settings({ 'image/*': 1 })), 'text/plain')?.seconds, 8);
  });

  it('is the same, whichever two of three places are merged first', () => {
    const type = fc.constantFrom('text/plain', 'text/*', 'image/*');
    const place = fc
      .tuple(fc.dictionary(type, fc.nat(9), { maxKeys: 3 }), fc.option(fc.nat(9), { nil: undefined }))
      .map(([byType, fallback]) => settings(byType, fallback));
    fc.assert(
      fc.property(place, place, place, type, (a, b, c, asked) => {
        const left = mergeExpiry(mergeExpiry(a, b), c);
        const right = mergeExpiry(a, mergeExpiry(b, c));
        assert.deepEqual(findExpiryCode(left, asked), findExpiryCode(right, asked));
      }),
    );
  });
});

describe('an expiry', () => {
  it('is never in the past, and its age is what lies between the request and it', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(10_000_000), fc.integer(), (fraction, ageS, seconds) => {
        const requestedUs = REQUESTED_US + (Math.abs(fraction) % 1_000_000);
        const modifiedUs = requestedUs - ageS * 1_000_000;
        for (const base of ['access', 'modification'] as const) {
          const { maxAgeSeconds, expiresMs } = planExpiry({ base, seconds: seconds | 0 }, requestedUs, modifiedUs)!;
          assert.equal(maxAgeSeconds, Math.max(0, (seconds | 0) - (base === 'access' ? 0 : ageS)));
          assert.equal(expiresMs, Math.floor((requestedUs + maxAgeSeconds * 1_000_000) / 1000));
        }
      }),
    );
  });

  it('of a file that is not there is none', () => {
    assert.equal(planExpiry({ base: 'modification', seconds: 5 }, REQUESTED_US, undefined), undefined);
  });
});
