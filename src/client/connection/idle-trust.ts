// What is known of how long one connection can be trusted: when it became idle by both clocks, what its server promised, its age.
// The rules themselves are in idle-policy.ts; this is where their facts come from.
import { parseKeepAlive } from '../../http/keep-alive-field.ts';
import type { KeepAliveHint } from '../../http/keep-alive-field.ts';
import type { IdleLimit } from '../../trace.ts';
import type { FieldLines } from '../../wire/index.ts';
import type { ExchangeOrigin } from '../exchange-parties.ts';
import { countDownSlots, decideIdleDeadline, decideReuse, jitter } from '../policy/idle-policy.ts';
import type { IdleCloseReason, IdleDeadline, ReuseDecision, ReuseFacts } from '../policy/idle-policy.ts';
import type { NonIdempotentPolicy } from '../options.ts';
import type { SessionCore } from '../session-core.ts';

/** See the head of the file. */
export class IdleTrust implements ReuseFacts {
  readonly openedAtMs: number;
  readonly maxAgeMs: number;
  readonly maxRequests: number;
  readonly #core: SessionCore;
  readonly #origin: ExchangeOrigin;
  #idleSinceMs: number;
  #idleSinceWallMs: number;
  #idleMark: number;
  #limit: IdleDeadline;
  #hint: KeepAliveHint | undefined;
  #hintText = '';
  #learnedLimitMs = Infinity;
  #wasIdle = false;
  /** Requests that were sent on it, signals included: the server counts them, too. */
  requests = 0;
  /** How many of them were signals of the heartbeat. */
  signals = 0;
  /** Of the request that is decided about, and of the moment: the time is asked for once in each decision. */
  idempotent = true;
  idleMs = 0;
  ageMs = 0;
  slots: number = Infinity;

  constructor(core: SessionCore, origin: ExchangeOrigin) {
    const { clock, options } = core;
    this.#core = core;
    this.#origin = origin;
    this.openedAtMs = clock.nowMs();
    this.#idleSinceMs = this.openedAtMs;
    this.#idleSinceWallMs = clock.wallMs();
    this.#idleMark = core.polls.mark();
    this.maxAgeMs = jitter(options.maxAgeMs, options.random);
    this.maxRequests = jitter(options.maxRequestsPerConnection, options.random);
    this.#limit = this.#decideLimit();
  }

  /** What the server last promised on this connection. */
  get hint(): KeepAliveHint | undefined {
    return this.#hint;
  }

  get because(): IdleLimit {
    return this.#limit.because;
  }

  get deadlineMs(): number {
    return this.#limit.deadlineMs;
  }

  get idleWallMs(): number {
    return this.#core.clock.wallMs() - this.#idleSinceWallMs;
  }

  get policy(): NonIdempotentPolicy {
    return this.#core.options.nonIdempotent;
  }

  get polledSinceIdle(): boolean {
    return this.#core.polls.polledSince(this.#idleMark);
  }

  get unpolledMs(): number {
    // The bytes after which it became idle were a look at this very socket.
    const { idleMs } = this;
    return idleMs < 1 ? idleMs : Math.min(idleMs, this.#core.polls.unpolledMs());
  }

  get knownLimitMs(): number {
    return Math.min(this.#hint?.timeoutMs ?? Infinity, this.#learnedLimitMs);
  }

  get longestSurvivedMs(): number {
    return this.#origin.learned.longestSurvivedMs(this.#idleSinceMs);
  }

  /** Why no request may go out on it any more, whatever its idle time; undefined where one may. */
  decideUseless(nowMs: number): IdleCloseReason | undefined {
    if (nowMs - this.openedAtMs >= this.maxAgeMs) return 'maxAge';
    return this.slots <= 0 || this.requests >= this.maxRequests ? 'maxRequests' : undefined;
  }

  /**
   * For how long it has been idle, by the larger of both clocks: while a machine sleeps the monotonic one stands still.
   * 0 where it never was: it was opened for a request that waited.
   */
  idleMsAt(nowMs: number): number {
    if (!this.#wasIdle) return 0;
    return Math.max(nowMs - this.#idleSinceMs, this.idleWallMs);
  }

  /** What the trace tells of an idle time of which so much remains. */
  describeIdle(deadlineMs: number): IdleDeadline & { readonly serverAdvertised: KeepAliveHint | undefined } {
    return { deadlineMs, because: this.because, serverAdvertised: this.#hint };
  }

  /** Whether the server, and our own limit, allow one more request behind so many that are in flight. */
  allowsBehind(inFlight: number): boolean {
    return this.slots > inFlight && this.requests < this.maxRequests;
  }

  /** Requests of callers that were sent on it. */
  get callersRequests(): number {
    return this.requests - this.signals;
  }

  /** How many more requests the server, and our own limit, allow. */
  get requestsLeft(): number {
    return Math.min(this.slots, this.maxRequests - this.requests);
  }

  /** The last response that was awaited is complete: it is idle from now on. */
  becameIdle(nowMs: number): void {
    const { clock, polls } = this.#core;
    this.#wasIdle = true;
    this.#idleSinceMs = nowMs;
    this.#idleSinceWallMs = clock.wallMs();
    this.#idleMark = polls.mark();
    this.#limit = this.#decideLimit();
  }

  /** Reads `Keep-Alive` from the head of a response. Most servers send the same text with each one. */
  readHint(lines: FieldLines): void {
    let max: number | undefined;
    for (let index = 0; index < lines.count; index += 1) {
      if (!lines.isNamed(index, 'keep-alive')) continue;
      if (this.#hint === undefined || !lines.hasValue(index, this.#hintText)) {
        this.#hintText = lines.value(index);
        this.#hint = parseKeepAlive(lines.get('keep-alive') ?? '');
      }
      max = this.#hint.max;
      break;
    }
    this.slots = countDownSlots(this.slots, max);
  }

  /** Whether a request may go out on it. */
  decideReuse(idempotent: boolean): ReuseDecision {
    const nowMs = this.#core.clock.nowMs();
    this.idempotent = idempotent;
    this.idleMs = nowMs - this.#idleSinceMs;
    this.ageMs = nowMs - this.openedAtMs;
    return decideReuse(this);
  }

  #decideLimit(): IdleDeadline {
    this.#learnedLimitMs = this.#origin.learned.limitMs(this.#idleSinceMs);
    return decideIdleDeadline({
      idleTimeoutMs: this.#core.options.idleTimeoutMs,
      hintMs: this.#hint?.timeoutMs ?? Infinity,
      learnedMs: this.#learnedLimitMs,
      roundTripMs: this.#origin.roundTripMs,
      loopLagMs: 0,
    });
  }
}
