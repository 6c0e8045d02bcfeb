// What all requests of a run come to: counts, and what reuse is worth. Pure.
import { formatElapsed } from './elapsed.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/** See {@link Summary}. */
export interface SummaryFacts {
  readonly requests: number;
  readonly failed: number;
  readonly connections: number;
  readonly reused: number;
  readonly retries: number;
  readonly bodyBytes: number;
  /** The shortest time to the head of a response, opening a connection included; undefined where there was none. */
  readonly fastestReusedMs: number | undefined;
  readonly fastestNewMs: number | undefined;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Counts while it goes on, without keeping the records. */
export class Summary {
  #requests = 0;
  #failed = 0;
  #reused = 0;
  #bodyBytes = 0;
  #fastestReusedMs: number | undefined;
  #fastestNewMs: number | undefined;

  add({ reused, bodyBytes, headMs, retries }: ExchangeRecord): void {
    this.#requests += 1;
    this.#bodyBytes += bodyBytes;
    if (reused) {
      this.#reused += 1;
      this.#fastestReusedMs = Math.min(headMs, this.#fastestReusedMs ?? Infinity);
    } else if (retries.length === 0) {
      // With what went before a retry it says nothing about new connections.
      this.#fastestNewMs = Math.min(headMs, this.#fastestNewMs ?? Infinity);
    }
  }

  addFailure(): void {
    this.#requests += 1;
    this.#failed += 1;
  }

  /** For whoever ended it early. */
  describeProgress(planned: number): string {
    return `${this.#requests - this.#failed} of ${count(planned, 'request')} ${planned === 1 ? 'was' : 'were'} answered`;
  }

  /** With what the session knows. */
  facts(session: { readonly connectionsOpened: number; readonly retries: number }): SummaryFacts {
    return {
      requests: this.#requests,
      failed: this.#failed,
      connections: session.connectionsOpened,
      reused: this.#reused,
      retries: session.retries,
      bodyBytes: this.#bodyBytes,
      fastestReusedMs: this.#fastestReusedMs,
      fastestNewMs: this.#fastestNewMs,
    };
  }
}

/** `10 requests over 2 connections, 8 reused, 1 sent again; fastest answer 0.3 ms on a reused connection, 1.2 ms on a new one`. */
export function formatSummary(facts: SummaryFacts): string {
  const { failed, fastestReusedMs, fastestNewMs } = facts;
  const counts = [
    `${count(facts.requests, 'request')} over ${count(facts.connections, 'connection')}`,
    `${facts.reused} reused`,
    `${facts.retries} sent again`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(', ');
  const times = [
    ...(fastestReusedMs === undefined ? [] : [`${formatElapsed(fastestReusedMs)} on a reused connection`]),
    ...(fastestNewMs === undefined ? [] : [`${formatElapsed(fastestNewMs)} on a new one`]),
  ];
  if (times.length === 0) return counts;
  return `${counts}; fastest answer ${times.join(', ')}`.replace(
    /answer (\S+ \S+) on a new one$/,
    'answer $1 on a new connection',
  );
}
