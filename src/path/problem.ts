// What is wrong with timeouts that somebody has: the shapes only.
import type { Ground } from './advice.ts';
import type { HopIdle } from './timeout-path.ts';

/** Timeouts as they are set, in milliseconds. What is left out is what the software does by default, where that is known. */
export interface TimeoutSettings {
  readonly serverIdleMs?: number;
  /** Of the server, for a head. */
  readonly headMs?: number;
  /** Of the server, for a whole request. */
  readonly requestMs?: number;
  readonly clientIdleMs?: number;
  /** The longest hint of the server that the client obeys. */
  readonly hintCapMs?: number;
  /** When TCP keepalive probes of the client begin. */
  readonly tcpKeepAliveMs?: number;
  /** The pause between signs of life in a stream that is under way. */
  readonly heartbeatMs?: number;
  /** The pause between HTTP/2 PING frames of the client. */
  readonly http2PingMs?: number;
  /** Hops of the path that are not set as the table says. */
  readonly hops?: readonly HopIdle[];
}

export type ProblemId =
  | 'server-closes-first'
  | 'hop-closes-first'
  | 'reuse-race'
  | 'black-hole'
  | 'server-outlives-flow'
  | 'hint-outlives-flow'
  | 'head-within-idle'
  | 'request-within-head'
  | 'probes-too-rare'
  | 'heartbeat-too-rare'
  | 'no-spare-beat'
  | 'too-close'
  | 'below-vendor-advice'
  | 'probes-do-not-count'
  | 'ping-does-not-count'
  | 'ping-too-rare';

/** See the head of the file. */
export interface Problem {
  readonly id: ProblemId;
  /** `bad`: requests get lost. `warn`: it works by luck, or costs. */
  readonly level: 'bad' | 'warn';
  /** `server`, `client`, `both`, or the name of a hop: whose timeout is wrong. */
  readonly who: string;
  /** A short sentence without a full stop. */
  readonly title: string;
  /** How requests get lost. */
  readonly happens: string;
  /** What to change. */
  readonly change: string;
  /** The timeout as it is. */
  readonly haveMs: number;
  /** What it should be at least, or at most; null where no number helps. */
  readonly wantedMs: number | null;
  /** Whether the timeout that it has to agree with is known, or a hint. */
  readonly ground: Ground;
  readonly hops: readonly string[];
  readonly sources: readonly string[];
}
