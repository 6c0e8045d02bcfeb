// Memory with limits: never above them, never older than allowed, the least recently used go first.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describeResource, type Resource } from '#src/server/static/representation.js';
import { ResourceCache } from '#src/server/static/resource-cache.js';

/** What the cache counts for a representation besides its content. */
const OVERHEAD_BYTES = 2_048;

function resource(edition = 1): Resource {
  const facts = { kind: 'file', sizeBytes: 100, modifiedMs: edition, changedMs: edition, inode: 1, device: 1 } as const;
  const found = { coding: 'identity', path: '/srv/a', facts } as const;
  return describeResource([found], { urlPath: '/a', headers: {}, cacheControl: undefined, wallMs: 1e12 });
}

function fill(cache: ResourceCache, path: string, kept: Resource, bytes: number): void {
  const [representation] = kept.representations;
  assert.ok(representation);
  cache.fill(path, kept, representation, new Uint8Array(bytes));
}

describe('ResourceCache', () => {
  it('stays within its limits and gives back only what is fresh and current, whatever is done', () => {
    const step = fc.record({
      path: fc.constantFrom('/a', '/b', '/c', '/d'),
      action: fc.constantFrom('keep', 'replace', 'get', 'fill'),
      edition: fc.integer({ min: 1, max: 2 }),
      bytes: fc.integer({ min: 0, max: 5_000 }),
      passedMs: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(4), fc.nat(12_000), (steps, entries, bytes) => {
        const cache = new ResourceCache({ entries, bytes, maxAgeMs: 100 });
        const last = new Map<string, { resource: Resource; loadedAtMs: number }>();
        let nowMs = 0;
        for (const { path, action, edition, bytes: contentBytes, passedMs } of steps) {
          nowMs += passedMs;
          const known = last.get(path);
          if (action === 'get') {
            const got = cache.get(path, nowMs);
            if (got) assert.ok(known && got === known.resource && nowMs - known.loadedAtMs <= 100);
          } else if (action === 'fill') {
            if (known) fill(cache, path, known.resource, contentBytes);
          } else {
            const fresh = resource(edition);
            const kept = action === 'keep' ? cache.keep(path, fresh, nowMs) : fresh;
            if (action === 'replace') cache.replace(path, fresh, nowMs);
            if (kept === fresh) last.set(path, { resource: fresh, loadedAtMs: nowMs });
            else assert.equal(kept, known?.resource);
          }
          assert.ok(cache.size <= entries && cache.bytes <= bytes);
          assert.equal(cache.size === 0, cache.bytes === 0);
        }
      }),
    );
  });

  it('gives an entry up to its age and not a moment longer', () => {
    const cache = new ResourceCache({ entries: 1, bytes: Infinity, maxAgeMs: 1_000 });
    const kept = cache.keep('/a', resource(), 5_000);
    assert.equal(cache.get('/a', 6_000), kept);
    assert.equal(cache.get('/a', 6_000.01), undefined);
    assert.equal(cache.bytes, 0);
  });

  it('does not make an entry younger by confirming it', () => {
    const cache = new ResourceCache({ entries: 1, bytes: Infinity, maxAgeMs: 1_000 });
    const kept = cache.keep('/a', resource(), 0);
    assert.equal(cache.keep('/a', resource(), 900), kept);
    assert.equal(cache.get('/a', 1_001), undefined);
  });

  it('lets the least recently used go first', () => {
    const cache = new ResourceCache({ entries: 2, bytes: Infinity, maxAgeMs: 1_000 });
    cache.keep('/a', resource(), 0);
    cache.keep('/b', resource(), 0);
    cache.get('/a', 0);
    cache.keep('/c', resource(), 0);
    assert.equal(cache.get('/b', 0), undefined);
    assert.ok(cache.get('/a', 0));
    assert.ok(cache.get('/c', 0));
  });

  it('makes room for contents by giving up others, up to the last byte', () => {
    const cache = new ResourceCache({ entries: 9, bytes: 2 * OVERHEAD_BYTES + 100, maxAgeMs: 1_000 });
    cache.keep('/a', resource(), 0);
    const kept = cache.keep('/b', resource(), 0);
    fill(cache, '/b', kept, 100);
    assert.equal(cache.size, 2);
    const other = cache.keep('/a', resource(2), 0);
    fill(cache, '/a', other, 1);
    assert.equal(cache.size, 1);
    assert.equal(cache.bytes, OVERHEAD_BYTES + 1);
  });

  it('keeps what it knows of a file whose content alone is too large', () => {
    const cache = new ResourceCache({ entries: 9, bytes: OVERHEAD_BYTES + 100, maxAgeMs: 1_000 });
    const kept = cache.keep('/a', resource(), 0);
    fill(cache, '/a', kept, 101);
    assert.equal(cache.get('/a', 0), kept);
    assert.equal(kept.representations[0]?.content, undefined);
  });

  it('does not take contents of an edition that it no longer holds', () => {
    const cache = new ResourceCache({ entries: 9, bytes: Infinity, maxAgeMs: 1_000 });
    const earlier = cache.keep('/a', resource(1), 0);
    cache.keep('/a', resource(2), 0);
    fill(cache, '/a', earlier, 10);
    assert.equal(cache.bytes, OVERHEAD_BYTES);
  });
});
