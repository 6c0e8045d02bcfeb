// What one check, behind the first answer, makes of a server: short waits, as loopback needs no longer ones.
import { inspect } from '#src/inspect/index.js';
import type { CheckId, InspectOptions, Measurements } from '#src/inspect/index.js';

/** Long for loopback, even on a machine that is busy; short for a server that is silent. */
const RESPONSE_TIMEOUT_MS = 1_000;

/** Rejects where the check could not be made. */
export async function measuredBy(
  id: CheckId,
  url: string,
  options: InspectOptions = {},
): Promise<Readonly<Measurements>> {
  const report = await inspect(url, { responseTimeoutMs: RESPONSE_TIMEOUT_MS, ...options, only: [id] });
  const failed = report.checks.find(({ outcome }) => outcome === 'failed' || outcome === 'cutShort');
  if (failed !== undefined) throw new Error(`${failed.id} ${failed.outcome}: ${failed.reason}`);
  return report.measurements;
}
