// The inspector's front door: one URL in, one report out.
import { adviseSettings } from './advise-settings.ts';
import { CHECKS } from './check-list.ts';
import { Inspection } from './inspection.ts';
import type { InspectionReport } from './inspection-report.ts';
import { decideVerdict, judge } from './judge.ts';
import { resolveInspectOptions } from './options.ts';
import type { InspectOptions } from './options.ts';
import { parseTarget } from './target.ts';

/**
 * Measures how the server of a URL treats persistent connections, and judges it. It asks as little as it can: see `cost` of the report,
 * and the event `planned` of `onProgress` for the most that it may become. All waits run at the same time, so it takes little longer
 * than `maxWaitMs`, and less where the server closes sooner.
 *
 * @throws OptionError for an option or a URL that makes no sense.
 * @throws ConnectError, TimeoutError where the server cannot be reached. What goes wrong later is a finding, or stands with its check.
 * What `onProgress` throws is thrown on. However it ends, nothing is open any more.
 */
export async function inspect(url: string | URL, options: InspectOptions = {}): Promise<InspectionReport> {
  const target = parseTarget(url);
  const resolved = resolveInspectOptions(options);
  const startedAt = new Date(resolved.clock.wallMs()).toISOString();
  const inspection = new Inspection(target, resolved, CHECKS);
  await inspection.run();
  const { measured, outcomes, lostMs } = inspection;
  const facts = {
    measured,
    behind: resolved.behind,
    maxWaitMs: resolved.maxWaitMs,
    scheme: target.scheme,
    responseTimeoutMs: resolved.responseTimeoutMs,
  };
  const findings = judge(facts, outcomes);
  return {
    url: target.url,
    // Where nothing was ever open, what was tried.
    address: inspection.address === '' ? `${target.host}:${target.port}` : inspection.address,
    startedAt,
    durationMs: inspection.nowMs(),
    verdict: decideVerdict(findings),
    complete: lostMs === undefined && outcomes.every(({ outcome }) => outcome !== 'cutShort'),
    ...(lostMs === undefined ? undefined : { lostMs }),
    measurements: measured,
    findings,
    advice: adviseSettings(facts),
    checks: outcomes,
    connections: inspection.stories(),
    cost: inspection.cost,
    asked: {
      maxWaitMs: resolved.maxWaitMs,
      maxRequests: resolved.maxRequests,
      behind: resolved.behind?.name ?? null,
      gentle: resolved.gentle,
    },
  };
}
