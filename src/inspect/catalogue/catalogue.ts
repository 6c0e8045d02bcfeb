// All findings there are. The parts are by subject, each in its file; what is said of a finding stands beside the rule that finds it.
import type { CatalogueEntry } from './finding.ts';
import { IDLE_FINDINGS } from './idle.ts';
import type { IdleFindingId } from './idle.ts';

export type { CatalogueEntry, FindingLevel, FindingRule, JudgedFacts, ServerSetting } from './finding.ts';

/** Stable, for scripts and for the pages in docs/findings. */
export type FindingId = IdleFindingId;

export const CATALOGUE: Readonly<Record<FindingId, CatalogueEntry>> = { ...IDLE_FINDINGS };

export const FINDING_IDS: readonly FindingId[] = Object.keys(CATALOGUE) as FindingId[];
