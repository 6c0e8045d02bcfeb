// What one check, behind the first answer, makes of a server that may say nothing.
import assert from 'node:assert/strict';
import type { CheckId, InspectOptions, Measurements } from '#src/inspect/index.js';
import { runOneCheck } from './run-one-check.ts';

/** Long for loopback, even on a machine that is busy; short for a server that is silent. */
const RESPONSE_TIMEOUT_MS = 1_000;

/** Rejects where the check could not be made. */
export async function measuredBy(
  id: CheckId,
  url: string,
  options: InspectOptions = {},
): Promise<Readonly<Measurements>> {
  const { measured, outcome } = await runOneCheck(url, id, { responseTimeoutMs: RESPONSE_TIMEOUT_MS, ...options });
  assert.equal(outcome, 'measured');
  return measured;
}
