// Profiles of well-known clients: what they set, what wins over them, and that one of them is what it says.
import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, test } from 'node:test';
import { DEFAULT_SESSION_OPTIONS, resolveSessionOptions } from '#src/client/options.js';
import type { ProfileName } from '#src/client/options.js';
import { PROFILES } from '#src/client/profiles.js';

const TABLE: Readonly<Record<ProfileName, readonly [perOrigin: number, total: number, idleTimeoutMs: number]>> = {
  chrome: [6, 256, 300_000],
  firefox: [6, 900, 115_000],
  ie7: [2, DEFAULT_SESSION_OPTIONS.limits.total, 60_000],
  ie8: [6, DEFAULT_SESSION_OPTIONS.limits.total, 60_000],
  requests: [10, 100, Infinity],
  node: [Infinity, Infinity, 5_000],
};

describe('a profile', () => {
  for (const [name, [perOrigin, total, idleTimeoutMs]] of Object.entries(TABLE)) {
    const profile = name as ProfileName;

    test(`${name} sets its own limits and leaves the rest as it is`, () => {
      const resolved = resolveSessionOptions({ profile });
      assert.deepEqual(resolved.limits, { ...DEFAULT_SESSION_OPTIONS.limits, perOrigin, total });
      assert.equal(resolved.idleTimeoutMs, idleTimeoutMs);
      const { limits: _limits, idleTimeoutMs: _idle, ...rest } = DEFAULT_SESSION_OPTIONS;
      for (const [option, value] of Object.entries(rest)) {
        assert.deepEqual(resolved[option as keyof typeof resolved], value, option);
      }
    });

    test(`${name} gives way to what is said`, () => {
      const { limits, idleTimeoutMs: idle } = resolveSessionOptions({
        profile,
        limits: { perOrigin: 3, queue: 5 },
        idleTimeoutMs: 7,
      });
      assert.deepEqual([limits.perOrigin, limits.total, limits.queue, idle], [3, total, 5, 7]);
    });
  }

  test('stands in the table of this test, each of them', () => {
    assert.deepEqual(Object.keys(PROFILES).toSorted(), Object.keys(TABLE).toSorted());
  });

  test('called node is the global agent of this Node.js', () => {
    const { maxSockets, maxTotalSockets, options } = http.globalAgent as http.Agent & { options: http.AgentOptions };
    assert.deepEqual([maxSockets, maxTotalSockets, options.timeout], TABLE.node);
  });
});
