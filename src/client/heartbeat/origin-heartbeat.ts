// The heartbeat of one origin: which of its idle connections are asked for a sign of life, with what, and what their answers and
// their ends mean for the others. How a connection asks is its own business.
import { sharedCalm } from '../../heartbeat/engine/calm-memory.ts';
import { DEFAULT_HEARTBEAT_OPTIONS } from '../../heartbeat/engine/options.ts';
import type { CloseReason } from '../../http/close-reason.ts';
import type { OriginParts } from '../../http/origin.ts';
import type { ExchangeConnection } from '../exchange-parties.ts';
import { jitter } from '../policy/idle-policy.ts';
import {
  REFUSAL_HOLDS_MS,
  decideClosedOver,
  decideRefused,
  decideReplacement,
  decideSignal,
  decideSignalDelayMs,
} from '../policy/heartbeat-policy.ts';
import type { SignalDecision } from '../policy/heartbeat-policy.ts';
import type { LearnedTimeouts } from '../policy/learned-timeouts.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';
import type { SessionHeartbeat, SuspectOrigin } from './session-heartbeat.ts';

/** RFC 6585 §4. */
const TOO_MANY_REQUESTS = 429;

/** The origin, as its heartbeat knows it. */
export interface KeptOrigin {
  readonly parts: OriginParts;
  readonly learned: LearnedTimeouts;
  readonly roundTripMs: number;
  readonly open: number;
  readonly opening: number;
  readonly idle: number;
  /** Idle connections that are not being asked. */
  readonly unasked: readonly ExchangeConnection[];
  /** How many connections are in use, or would be taken before this idle one; undefined where it is not idle. */
  aheadOf(connection: ExchangeConnection): number | undefined;
  /** Opens a connection, unless that takes the place of a request or breaks a limit. */
  openAhead(): void;
}

/** What a connection that has ended was. */
export interface EndedConnection {
  readonly connection: ExchangeConnection;
  readonly reason: CloseReason;
  readonly hasAnswered: boolean;
  /** The signal under way, or whose answer was the last that came: undefined where the connection was idle since. */
  readonly signal: { readonly status: number | undefined } | undefined;
}

/** See the head of the file. */
export class OriginHeartbeat implements SuspectOrigin {
  readonly session: SessionHeartbeat;
  readonly #origin: KeptOrigin;
  #usedAtMs = 0;
  #usedAtWallMs = 0;
  /** Which of the kinds of signals the server can take, as far as is known. */
  #kind = 0;
  #refusedUntilMs = -Infinity;
  #outgoing: OutgoingRequest | undefined;
  /** Signals in a row over which the server ended the connection. */
  #closings = 0;
  /** Connections that ended and are to be opened anew. */
  #missing = 0;
  #isDoubtful = false;

  constructor(session: SessionHeartbeat, origin: KeptOrigin) {
    this.session = session;
    this.#origin = origin;
    this.used();
  }

  /** What goes out as a signal. */
  get outgoing(): OutgoingRequest {
    this.#outgoing ??= this.session.encode(this.#origin.parts, this.session.options.kinds[this.#kind]!);
    return this.#outgoing;
  }

  /** How long no caller has used the origin, by the larger of both clocks. */
  get unusedMs(): number {
    if (this.#origin.open > this.#origin.idle) return 0;
    const { clock } = this.session.core;
    return Math.max(clock.nowMs() - this.#usedAtMs, clock.wallMs() - this.#usedAtWallMs);
  }

  get #isRefused(): boolean {
    return this.session.core.clock.nowMs() < this.#refusedUntilMs;
  }

  get roundTripMs(): number {
    return this.#origin.roundTripMs;
  }

  /** A caller has used it. */
  used(): void {
    const { clock } = this.session.core;
    this.#usedAtMs = clock.nowMs();
    this.#usedAtWallMs = clock.wallMs();
  }

  /** How long a connection that became idle is left alone; `knownLimitMs` is what is known of the server's idle timeout. */
  delayMs(knownLimitMs: number): number {
    const { core, options } = this.session;
    const { random, idleTimeoutMs } = core.options;
    this.session.origins.add(this);
    const calmMs = sharedCalm.intervalMs(this.#origin.parts.origin);
    const delayMs = decideSignalDelayMs({ intervalMs: options.intervalMs, calmMs, knownLimitMs, idleTimeoutMs });
    return Math.min(jitter(delayMs, random), options.maxIdleMs - this.unusedMs);
  }

  /** Whether the idle connection is asked, on which so many requests may still be sent. */
  decide(connection: ExchangeConnection, requestsLeft: number): SignalDecision {
    const { maxIdleMs, connectionsPerOrigin } = this.session.options;
    return decideSignal({
      isRefused: this.#isRefused,
      unusedMs: this.unusedMs,
      maxIdleMs,
      ahead: this.#origin.aheadOf(connection) ?? 0,
      connectionsPerOrigin,
      requestsLeft,
    });
  }

  /** Whether it is one of those that are kept. */
  keeps(connection: ExchangeConnection): boolean {
    const ahead = this.#origin.aheadOf(connection);
    return ahead !== undefined && ahead < this.session.options.connectionsPerOrigin && !this.#isRefused;
  }

  /** A connection that had been idle for so long answered. */
  acknowledged(status: number, idledMs: number): void {
    const { core, options } = this.session;
    if (idledMs > 0) this.#origin.learned.survivedIdle(idledMs, core.clock.nowMs());
    if (status !== TOO_MANY_REQUESTS) return;
    const { intervalMs } = options;
    const { origin } = this.#origin.parts;
    sharedCalm.calm(
      origin,
      Math.max(intervalMs, sharedCalm.intervalMs(origin)),
      DEFAULT_HEARTBEAT_OPTIONS.maxIntervalMs,
    );
  }

  /** The connection persists behind the answer to a signal. */
  persisted(): void {
    this.#closings = 0;
  }

  /** After sleep every idle connection is asked, or given up where it cannot be. */
  suspectAll(): void {
    for (const connection of this.#origin.unasked) connection.heartbeat?.ask('slept');
  }

  /** An idle connection, or one that is asked, has ended. The pool still counts it. */
  ended({ connection, reason, hasAnswered, signal }: EndedConnection): void {
    if (this.#origin.aheadOf(connection) === undefined) return;
    const wasKept = this.keeps(connection);
    if (signal !== undefined && decideClosedOver(reason, signal.status !== undefined)) {
      this.#closedOver(connection, signal.status);
    }
    if (reason === 'heartbeatLost') this.#isDoubtful = true;
    if (decideReplacement({ reason, wasKept, hasAnswered }) && !this.#isRefused) this.#missing += 1;
  }

  /** The end of a connection was told, and its place is free. */
  afterEnd(): void {
    if (this.#isDoubtful) {
      // What happened to one may have happened to all.
      this.#isDoubtful = false;
      for (const connection of this.#origin.unasked) connection.heartbeat?.ask('doubted');
    }
    const { connectionsPerOrigin, maxIdleMs } = this.session.options;
    for (; this.#missing > 0; this.#missing -= 1) {
      if (this.#origin.open + this.#origin.opening >= connectionsPerOrigin) continue;
      if (this.unusedMs < maxIdleMs) this.#origin.openAhead();
    }
    if (this.#origin.open === 0) this.session.origins.delete(this);
  }

  #closedOver(connection: ExchangeConnection, status: number | undefined): void {
    this.#closings += 1;
    if (!decideRefused(status, this.#closings)) return;
    this.#closings = 0;
    this.#outgoing = undefined;
    const { core, options } = this.session;
    this.#kind = (this.#kind + 1) % options.kinds.length;
    if (this.#kind > 0) return;
    this.#refusedUntilMs = core.clock.nowMs() + REFUSAL_HOLDS_MS;
    core.trace?.({ type: 'heartbeat', connection: connection.info(), outcome: 'refused', status });
  }
}
