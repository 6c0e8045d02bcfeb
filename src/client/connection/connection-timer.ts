// The one deadline that a connection is under at a time, and what its passing means.
import { Deadline } from '../../io/index.ts';
import type { ExchangeRequest } from '../exchange-parties.ts';
import type { ConnectionPhase, SessionCore, TimerOwner } from '../session-core.ts';

/** How long the rest of a body that nobody wants may take. */
const DRAIN_MS = 1_000;

/** How long the peer may take to end a connection that we ended. */
const CLOSING_MS = 1_000;

/** Shorter deadlines than this are waited for turn by turn. */
const TIMER_STEP_MS = 1;

/** See the head of the file. */
export class ConnectionTimer {
  readonly #core: SessionCore;
  readonly #deadline: Deadline<TimerOwner>;
  #heldAtMs = 0;

  constructor(core: SessionCore, owner: TimerOwner) {
    this.#core = core;
    this.#deadline = new Deadline(owner);
  }

  /** By how much the deadline that has passed is late. */
  get lateMs(): number {
    return this.#core.clock.nowMs() - this.#deadline.atMs;
  }

  clear(): void {
    this.#heldAtMs = 0;
    this.#deadline.clear();
  }

  /** It may be idle for so long from `nowMs` on. */
  idle(nowMs: number, idleForMs: number): void {
    this.#set('idle', nowMs + idleForMs);
  }

  /** It is idle, and is asked for a sign of life then. */
  heartbeat(atMs: number): void {
    this.#set('heartbeat', atMs);
  }

  /** The answer to a signal is awaited until then. */
  acknowledgement(untilMs: number): void {
    this.#set('acknowledgement', untilMs);
  }

  /** The last byte waits for one round trip: a stale connection shows within it. */
  held(roundTripMs: number): void {
    const atMs = this.#core.clock.nowMs() + roundTripMs;
    this.#heldAtMs = atMs;
    if (roundTripMs > TIMER_STEP_MS) this.#set('held', atMs);
    else {
      this.#deadline.clear();
      this.#heldByTurns(atMs);
    }
  }

  /** The deadline of `held` has passed. In a turn of the loop timers come before sockets, and an end may have arrived meanwhile. */
  heldIsDue(): void {
    this.#heldByTurns(this.#heldAtMs);
  }

  /** The head of a response is awaited since `nowMs`; after `suspectAfterMs` the connection is suspect. */
  head(request: ExchangeRequest, nowMs: number, suspectAfterMs: number): void {
    const isSuspectFirst = suspectAfterMs < request.headersTimeoutMs;
    if (isSuspectFirst) this.#set('suspect', nowMs + suspectAfterMs);
    else this.#set('headers', nowMs + request.headersTimeoutMs);
  }

  /** A body makes progress, up or down. */
  body(request: ExchangeRequest): void {
    this.#set('body', this.#core.clock.nowMs() + request.bodyTimeoutMs);
  }

  /** Nobody takes what has arrived of a body. */
  paused(): void {
    this.#set('paused', this.#core.clock.nowMs() + this.#core.options.leakAfterMs);
  }

  drain(): void {
    this.#set('drain', this.#core.clock.nowMs() + DRAIN_MS);
  }

  closing(): void {
    this.#set('closing', this.#core.clock.nowMs() + CLOSING_MS);
  }

  /** Timers count in milliseconds, and machines that stand beside each other answer in a tenth of one. */
  #heldByTurns(atMs: number): void {
    this.#core.clock.afterPoll(() => {
      // The connection ended meanwhile, or another request is held.
      if (this.#heldAtMs !== atMs) return;
      if (this.#core.clock.nowMs() < atMs) this.#heldByTurns(atMs);
      else this.#deadline.owner.onHeld();
    });
  }

  #set(phase: ConnectionPhase, atMs: number): void {
    this.#core.deadlines[phase].set(this.#deadline, atMs);
  }
}
