// An inspection with short limits, held against what is true of each, whatever the server does.
import assert from 'node:assert/strict';
import { inspect } from '#src/inspect/index.js';
import type { InspectionReport, InspectOptions, ProgressEvent } from '#src/inspect/index.js';

/** Nothing that a server does may keep an inspection with these limits for longer, also on a machine that is busy. */
const LONGEST_MS = 40_000;

/** More than any server gets read of it. */
const MOST_RECEIVED_BYTES = 256 * 1024 * 1024;

export async function inspectLiar(url: string, options: InspectOptions = {}): Promise<InspectionReport> {
  const events: ProgressEvent[] = [];
  const report = await inspect(url, {
    maxWaitMs: 300,
    responseTimeoutMs: 200,
    maxRequests: 20,
    onProgress: (event) => void events.push(event),
    ...options,
  });
  assert.ok(report.durationMs < LONGEST_MS, `it took ${report.durationMs} ms`);
  const [planned] = events;
  assert.ok(planned?.kind === 'planned');
  assert.ok(report.cost.connections <= planned.cost.connections, 'more connections than announced');
  assert.ok(report.cost.requests <= planned.cost.requests, 'more requests than announced');
  assert.ok(report.cost.bytesReceived < MOST_RECEIVED_BYTES, `${report.cost.bytesReceived} bytes`);
  assert.deepEqual(
    report.checks.map(({ id }) => id),
    planned.checks,
  );
  const told = report.checks.flatMap(({ connections }) => connections);
  assert.deepEqual(
    report.connections.map(({ id }) => id),
    told.toSorted((left, right) => left - right),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  return report;
}
