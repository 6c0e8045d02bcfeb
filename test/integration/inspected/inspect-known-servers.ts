// Inspects servers whose configuration is known, and holds what was measured against it. All of a kind at the same time: they mostly wait.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from '#src/inspect/index.js';
import type { KnownServer } from './known-server.ts';
import { differences } from './truth.ts';

/** Enough for the timeouts that are configured; what lasts longer is seen as still open. */
const MAX_WAIT_MS = 12_000;

/** Declares a test for each configuration. `skip`: why none of them can run. */
export function testKnownServers(kind: string, servers: readonly KnownServer[], skip: string | false = false): void {
  describe(`what is measured of ${kind} is what it is configured for`, { concurrency: true, skip }, () => {
    for (const known of servers) {
      test(known.name, async () => {
        await using server = await known.start();
        const report = await inspect(server.url, { maxWaitMs: MAX_WAIT_MS, ...known.options });
        const failed = report.checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'cutShort');
        assert.deepEqual(failed, []);
        assert.deepEqual(differences(report.measurements, known.truth), []);
        const found = report.findings.map(({ id }) => id);
        for (const id of known.found ?? []) assert.ok(found.includes(id), `${id} is not among ${found.join(', ')}`);
        for (const id of known.notFound ?? []) assert.ok(!found.includes(id), `${id} is among ${found.join(', ')}`);
      });
    }
  });
}
