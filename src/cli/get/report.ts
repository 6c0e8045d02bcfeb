// Whoever is told of a run: people (text-report.ts) or programs (json-report.ts).
import type { RequestSummary, SessionEvent } from '../../trace.ts';
import type { ExchangeRecord, FailureRecord } from './exchange-record.ts';
import type { SummaryFacts } from './summary.ts';
import type { KnownConnection } from './telling.ts';

/** Steps of the command itself, beside what happens to connections. */
export type Step =
  | {
      readonly type: 'request';
      readonly request: RequestSummary;
      readonly round: number;
      readonly rounds: number;
      readonly fields: readonly (readonly [string, string])[];
    }
  | { readonly type: 'pause'; readonly durationMs: number }
  | { readonly type: 'interim'; readonly status: number }
  | {
      readonly type: 'head';
      readonly firstLine: string;
      readonly fields: Iterable<readonly [string, string]>;
    }
  | { readonly type: 'redirect'; readonly status: number; readonly url: string };

/** See the head of the file. Called synchronously, in the order in which it happens. */
export interface Report {
  onEvent(event: SessionEvent, known: KnownConnection): void;
  onStep(step: Step): void;
  onExchange(record: ExchangeRecord): void;
  onFailure(record: FailureRecord): void;
  /** A status that `--fail` makes a failure. */
  onBadStatus(record: ExchangeRecord): void;
  onSummary(facts: SummaryFacts): void;
  /** Anything else that a person should know. */
  note(text: string): void;
}
