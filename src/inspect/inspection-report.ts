// What an inspection gives back: plain data that JSON can hold. `perdura check --format json` prints it as it is.
import type { CheckId } from './check-ids.ts';
import type { FindingId, FindingLevel, ServerSetting } from './catalogue/catalogue.ts';
import type { Measurements } from './measurements.ts';

/** The whole report. */
export interface InspectionReport {
  /** The URL that was inspected, without user and password. */
  readonly url: string;
  /** The address that answered, `address:port`. */
  readonly address: string;
  /** When the inspection began, ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The worst level among the findings; `good` where none is worse than `info`. */
  readonly verdict: Verdict;
  /** Whether everything ran that was asked for; false where it was aborted, ran out of time, or lost the server. */
  readonly complete: boolean;
  /** Since when the server could not be reached any more, in milliseconds since the inspection began. Absent where it could, to the last. */
  readonly lostMs?: number;
  readonly measurements: Readonly<Measurements>;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly advice: Advice;
  /** What was tried, in the order of the list of checks, with why something was not measured. */
  readonly checks: readonly CheckOutcome[];
  /** Every connection that was opened, with what happened on it: the evidence. */
  readonly connections: readonly ConnectionStory[];
  /** What it cost the server. */
  readonly cost: Cost & { readonly bytesReceived: number };
  /** How it was asked. */
  readonly asked: {
    readonly maxWaitMs: number;
    readonly maxRequests: number;
    readonly behind: string | null;
    readonly gentle: boolean;
  };
}

/** What is asked of a server. */
export interface Cost {
  readonly connections: number;
  readonly requests: number;
}

export type Verdict = 'good' | 'warn' | 'bad';

/** One finding, with its explanation: a report can be read without the catalogue. */
export interface Finding {
  readonly id: FindingId;
  readonly level: FindingLevel;
  readonly title: string;
  /** What was seen here, with its numbers. */
  readonly detail: string;
  /** What it means, for somebody who does not know the protocol. */
  readonly explanation: string;
  /** The clause, e.g. `RFC 9112 §9.3`; empty where no standard says anything. */
  readonly rfc: string;
  /** What to do. */
  readonly remedy: string;
  /** The same as settings of well-known servers. */
  readonly settings: readonly ServerSetting[];
  /** The connections that show it: ids in `connections`. */
  readonly connections: readonly number[];
}

/** Settings that follow from what was measured. Absent where nothing follows. */
export interface Advice {
  readonly client: ClientAdvice;
  readonly server: ServerAdvice;
}

/** For clients of this server. */
export interface ClientAdvice {
  /** Longest time to keep an idle connection before reuse. */
  idleTimeoutMs?: number;
  maxRequestsPerConnection?: number;
  pipelining?: number;
  /** Why each of them, by its name. */
  reasons: Readonly<Record<string, string>>;
}

/** For the server that was measured. */
export interface ServerAdvice {
  keepAliveTimeoutMs?: number;
  maxKeepAliveRequests?: number;
  headerTimeoutMs?: number;
  reasons: Readonly<Record<string, string>>;
}

/** What became of one check. */
export interface CheckOutcome {
  readonly id: CheckId;
  readonly title: string;
  /** `skipped`: there was nothing to ask; `failed`: it could not be found out; `cutShort`: aborted, or out of time. */
  readonly outcome: 'measured' | 'skipped' | 'failed' | 'cutShort';
  /** Why it was not measured; empty where it was. */
  readonly reason: string;
  readonly startedMs: number;
  readonly durationMs: number;
  readonly connections: readonly number[];
}

/** One connection from its opening to its end. Times in milliseconds since the inspection began. */
export interface ConnectionStory {
  readonly id: number;
  readonly check: CheckId;
  /** What it was opened for, in a few words. */
  readonly purpose: string;
  readonly address: string;
  readonly protocol: 'http/1.1' | 'h2';
  readonly startedMs: number;
  /** Undefined in the report's JSON, so absent, where it was never open. */
  readonly openedMs?: number;
  readonly tls?: {
    readonly protocol: string;
    readonly resumed: boolean;
    readonly handshakeMs: number;
    readonly alpn: string;
  };
  /** What happened; of long stories the beginning and the end. */
  readonly events: readonly ConnectionEvent[];
  /** Events left out between the beginning and the end. */
  readonly omittedEvents: number;
  readonly endedMs: number;
  /** Who ended it and how. */
  readonly end: ConnectionEnd;
}

export type ConnectionEnd = 'peerFin' | 'peerReset' | 'peerCloseNotify' | 'weClosed' | 'failed';

/** One thing that happened on a connection. */
export interface ConnectionEvent {
  readonly atMs: number;
  readonly kind:
    | 'opened'
    | 'sent'
    | 'received'
    | 'peerFin'
    | 'peerReset'
    | 'peerCloseNotify'
    | 'weFin'
    | 'weClosed'
    | 'note';
  /** Visible characters, without secrets; of long bytes the beginning. */
  readonly text: string;
  /** How many bytes, for `sent` and `received`. */
  readonly bytes?: number;
}
