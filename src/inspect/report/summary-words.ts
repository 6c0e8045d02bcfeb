// Sentences that every format for people has: the verdict, the cost, what was not measured, and the settings that are recommended.
import { formatDuration } from '../format-duration.ts';
import type { FindingLevel } from '../catalogue/finding.ts';
import type { ServerSetting } from '../catalogue/finding.ts';
import type { CheckOutcome, Finding, InspectionReport } from '../inspection-report.ts';
import { formatMeasuredDuration, countOf } from './measurement-row.ts';

/** `2 bad findings, 1 warning and 1 note`. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (level: FindingLevel): number => findings.filter((finding) => finding.level === level).length;
  const parts = [
    ...(count('bad') > 0 ? [countOf(count('bad'), 'bad finding')] : []),
    ...(count('warn') > 0 ? [countOf(count('warn'), 'warning')] : []),
    ...(count('info') > 0 ? [countOf(count('info'), 'note')] : []),
  ];
  if (parts.length === 0) return 'nothing found';
  return parts.length === 1 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** What the inspection cost the server. */
export function tellCost({ cost, durationMs }: InspectionReport): string {
  const { connections, requests, bytesReceived } = cost;
  return `${countOf(connections, 'connection')}, ${countOf(requests, 'request')} and ${countOf(bytesReceived, 'byte')} received, in ${formatMeasuredDuration(durationMs)}`;
}

/** Why there is less than was asked for; undefined where there is not. */
export function tellIncomplete({ complete, lostMs }: InspectionReport): string | undefined {
  if (lostMs !== undefined) {
    return `After ${formatDuration(lostMs)} the server could not be reached any more: what was not measured by then is missing.`;
  }
  return complete ? undefined : 'The inspection was broken off: what was not measured by then is missing.';
}

/** Checks without a result, with the reason: those that share one together, as it mostly is that nobody answered. */
export function tellNotMeasured({
  checks,
}: InspectionReport): { readonly ids: readonly string[]; readonly why: string }[] {
  const idsOf = new Map<string, string[]>();
  for (const { id, outcome, reason } of checks) {
    if (outcome === 'measured') continue;
    const why = `${OUTCOME_WORDS[outcome]}: ${reason}`;
    idsOf.set(why, [...(idsOf.get(why) ?? []), id]);
  }
  return [...idsOf].map(([why, ids]) => ({ ids, why }));
}

/** E.g. `#3 #5 #6 #8-#12`. */
export function formatConnectionIds(ids: readonly number[]): string {
  const runs: { readonly first: number; last: number }[] = [];
  for (const id of ids.toSorted((left, right) => left - right)) {
    const run = runs.at(-1);
    if (run !== undefined && id <= run.last + 1) run.last = id;
    else runs.push({ first: id, last: id });
  }
  return runs
    .map(({ first, last }) => (first === last ? `#${first}` : `#${first}${last === first + 1 ? ' ' : '-'}#${last}`))
    .join(' ');
}

const OUTCOME_WORDS: Readonly<Record<CheckOutcome['outcome'], string>> = {
  measured: 'measured',
  skipped: 'skipped',
  failed: 'could not be found out',
  cutShort: 'cut short',
};

/** A setting that is recommended. */
export interface RecommendedSetting {
  readonly of: 'client' | 'server';
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** Those of clients first. */
export function listRecommended({ advice }: InspectionReport): RecommendedSetting[] {
  return (['client', 'server'] as const).flatMap((side) => {
    const { reasons, ...settings } = advice[side];
    return Object.entries(settings).map(([name, value]) => ({
      of: side,
      name,
      value: name.endsWith('Ms') ? formatDuration(value) : value.toLocaleString('en'),
      reason: reasons[name] ?? '',
    }));
  });
}

/** The settings of the software that the server says it is; none where it does not say. */
export function findOwnSettings({ settings }: Finding, server: string | null): readonly ServerSetting[] {
  const name = server?.toLowerCase() ?? '';
  return settings.filter(({ software }) => name.includes(software.toLowerCase()));
}
