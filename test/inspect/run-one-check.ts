// Runs one check against a server, and says what it measured or why it did not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from '#src/inspect/index.js';
import type { CheckId, InspectionReport, InspectOptions, Measurements } from '#src/inspect/index.js';

/** Long for loopback, even on a machine that is busy; short for a server that is silent. */
const RESPONSE_TIMEOUT_MS = 1_000;

/** What came of it. */
export interface OneCheck {
  readonly measured: Readonly<Measurements>;
  /** `measured`, or the outcome with its reason. */
  readonly outcome: string;
  readonly report: InspectionReport;
}

/** The first answer is asked for as well: without it nothing is known of the server. */
export async function runOneCheck(url: string, id: CheckId, options: InspectOptions = {}): Promise<OneCheck> {
  const report = await inspect(url, { only: [id], maxWaitMs: 200, ...options });
  const check = report.checks.find((outcome) => outcome.id === id);
  assert.ok(check !== undefined);
  const outcome = check.reason === '' ? check.outcome : `${check.outcome}: ${check.reason}`;
  return { measured: report.measurements, outcome, report };
}

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

/** A server of node:http on a port of its own, closed when it is disposed of. */
export async function startNodeServer(
  listener: RequestListener,
  configure: (server: http.Server) => void = () => {},
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = http.createServer(listener);
  configure(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
