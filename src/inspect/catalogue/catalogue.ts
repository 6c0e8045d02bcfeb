// All findings there are. The parts are by subject, each in its file; what is said of a finding stands beside the rule that finds it.
import { ADDRESS_FINDINGS } from './addresses.ts';
import type { AddressFindingId } from './addresses.ts';
import { ANSWER_FINDINGS } from './answers.ts';
import type { AnswerFindingId } from './answers.ts';
import { BODY_FINDINGS } from './bodies.ts';
import type { BodyFindingId } from './bodies.ts';
import { COST_FINDINGS } from './cost.ts';
import type { CostFindingId } from './cost.ts';
import { ERROR_FINDINGS } from './errors.ts';
import type { ErrorFindingId } from './errors.ts';
import type { CatalogueEntry } from './finding.ts';
import { FRAMING_FINDINGS } from './framing.ts';
import type { FramingFindingId } from './framing.ts';
import { HTTP2_FINDINGS } from './http2.ts';
import type { Http2FindingId } from './http2.ts';
import { IDLE_FINDINGS } from './idle.ts';
import type { IdleFindingId } from './idle.ts';
import { LIMIT_FINDINGS } from './limits.ts';
import type { LimitFindingId } from './limits.ts';
import { MALFORMED_FINDINGS } from './malformed.ts';
import type { MalformedFindingId } from './malformed.ts';
import { PATH_FINDINGS } from './path.ts';
import type { PathFindingId } from './path.ts';
import { PERSISTENCE_FINDINGS } from './persistence.ts';
import type { PersistenceFindingId } from './persistence.ts';
import { PIPELINING_FINDINGS } from './pipelining.ts';
import type { PipeliningFindingId } from './pipelining.ts';
import { TLS_FINDINGS } from './tls.ts';
import type { TlsFindingId } from './tls.ts';
import { WAITING_FINDINGS } from './waiting.ts';
import type { WaitingFindingId } from './waiting.ts';

export type { CatalogueEntry, FindingLevel, FindingRule, JudgedFacts, ServerSetting } from './finding.ts';

/** Stable, for scripts and for the pages in docs/findings. */
export type FindingId =
  | AddressFindingId
  | AnswerFindingId
  | BodyFindingId
  | CostFindingId
  | ErrorFindingId
  | FramingFindingId
  | Http2FindingId
  | IdleFindingId
  | LimitFindingId
  | MalformedFindingId
  | PathFindingId
  | PersistenceFindingId
  | PipeliningFindingId
  | TlsFindingId
  | WaitingFindingId;

/** In the order in which findings of one level stand in reports: what a reader needs first comes first. */
export const CATALOGUE: Readonly<Record<FindingId, CatalogueEntry>> = {
  ...ANSWER_FINDINGS,
  ...PERSISTENCE_FINDINGS,
  ...PATH_FINDINGS,
  ...IDLE_FINDINGS,
  ...LIMIT_FINDINGS,
  ...WAITING_FINDINGS,
  ...PIPELINING_FINDINGS,
  ...FRAMING_FINDINGS,
  ...BODY_FINDINGS,
  ...ERROR_FINDINGS,
  ...MALFORMED_FINDINGS,
  ...TLS_FINDINGS,
  ...HTTP2_FINDINGS,
  ...ADDRESS_FINDINGS,
  ...COST_FINDINGS,
};

export const FINDING_IDS: readonly FindingId[] = Object.keys(CATALOGUE) as FindingId[];
