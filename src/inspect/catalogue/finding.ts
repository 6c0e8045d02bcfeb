// The shape of an entry of the catalogue, and what a rule returns.
import type { CheckId } from '../check-ids.ts';
import type { Measurements } from '../measurements.ts';
import type { BehindHop } from '../behind-hop.ts';

/** `bad`: requests are lost, answers mixed up, or promises broken. `warn`: costs, or works by luck. `info`: good to know. */
export type FindingLevel = 'bad' | 'warn' | 'info';

/** A setting of a server, or of a client, that changes what was found. */
export interface ServerSetting {
  readonly software: 'nginx' | 'Apache' | 'HAProxy' | 'Node.js' | 'perdura';
  /** As it stands in a configuration, e.g. `keepalive_timeout 75s;`. */
  readonly setting: string;
}

/** A finding: what is said of it, whatever was measured, and the rule that finds it. */
export interface CatalogueEntry {
  readonly level: FindingLevel;
  /** A short sentence without a full stop, e.g. `It closes idle connections sooner than it promises`. */
  readonly title: string;
  /** What it means and whom it hurts, for somebody who does not know the protocol: two to five sentences. */
  readonly explanation: string;
  /** E.g. `RFC 9112 §9.3`; empty where no standard says anything. */
  readonly rfc: string;
  /** What to do, in a sentence or two. */
  readonly remedy: string;
  readonly settings: readonly ServerSetting[];
  /** The checks whose connections show it. */
  readonly seenBy: readonly CheckId[];
  readonly rule: FindingRule;
}

/** What a rule is given. */
export interface JudgedFacts {
  readonly measured: Readonly<Measurements>;
  readonly behind: BehindHop | undefined;
  readonly maxWaitMs: number;
  readonly scheme: 'http' | 'https';
  /** How long one answer was waited for, as far as that is known. */
  readonly responseTimeoutMs?: number;
}

/** Says what was seen, with its numbers, where the finding applies; otherwise undefined. Pure. */
export type FindingRule = (facts: JudgedFacts) => string | undefined;
