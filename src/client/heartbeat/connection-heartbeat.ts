// The heartbeat of one connection: when it is asked next, the signal under way, and what became of those before.
import type { CloseReason } from '../../http/close-reason.ts';
import type { ConnectionHeartbeatInfo } from '../../trace.ts';
import type { ConnectionTimer } from '../connection/connection-timer.ts';
import type { IdleTrust } from '../connection/idle-trust.ts';
import type { DoubtCause, ExchangeConnection, ExchangeHeartbeat } from '../exchange-parties.ts';
import { decidePatienceMs } from '../policy/heartbeat-policy.ts';
import { HeartbeatSignal } from './heartbeat-signal.ts';
import type { SignalOwner } from './heartbeat-signal.ts';
import type { OriginHeartbeat } from './origin-heartbeat.ts';

/** See the head of the file. */
export class ConnectionHeartbeat implements SignalOwner, ExchangeHeartbeat {
  readonly #origin: OriginHeartbeat;
  readonly #connection: ExchangeConnection;
  readonly #timer: ConnectionTimer;
  readonly #trust: IdleTrust;
  #signal: HeartbeatSignal | undefined;
  /** Which of the requests on the connection it is. */
  #number = -1;
  /** A request waits for its place. */
  #isHurried = false;
  #acknowledged = 0;
  #acknowledgedAtMs = 0;
  #rttMs: number | undefined;

  constructor(origin: OriginHeartbeat, connection: ExchangeConnection, timer: ConnectionTimer, trust: IdleTrust) {
    this.#origin = origin;
    this.#connection = connection;
    this.#timer = timer;
    this.#trust = trust;
  }

  get sent(): number {
    return this.#trust.signals;
  }

  /** Whether a signal is under way. */
  get isAwaiting(): boolean {
    return this.#signal !== undefined && !this.#signal.settled;
  }

  info(nowMs: number): ConnectionHeartbeatInfo {
    return {
      warm: this.#origin.keeps(this.#connection),
      sent: this.sent,
      acknowledged: this.#acknowledged,
      rttMs: this.#rttMs,
      sinceAckMs: this.#rttMs === undefined ? undefined : nowMs - this.#acknowledgedAtMs,
      unusedMs: this.#origin.unusedMs,
    };
  }

  /** Nothing is under way on the connection, which may be idle for so long. Whether it was a signal that has ended. */
  wait(nowMs: number, remainingMs: number): boolean {
    const wasSignal = this.#trust.requests === this.#number;
    this.#signal = undefined;
    if (wasSignal) this.#origin.persisted();
    else if (this.#trust.callersRequests > 0) this.#origin.used();
    this.#arm(nowMs, remainingMs);
    return wasSignal;
  }

  /** It is time. */
  onDue(): void {
    if (!this.#origin.session.wasLate(this.#timer.lateMs)) this.ask(undefined);
  }

  /** Sends a signal, unless there is a reason not to. What is doubted is asked also where it would be left to age. */
  ask(doubt: DoubtCause | undefined): void {
    const connection = this.#connection;
    const reuse = connection.decideReuse(true);
    if (reuse !== 'use' && reuse !== 'poll' && reuse !== 'fresh') return connection.retire(reuse);
    const decision = this.#origin.decide(connection, this.#trust.requestsLeft);
    if (decision === 'unused') return connection.retire('idleTimeout');
    if (decision === 'send' || (decision === 'surplus' && doubt !== undefined && this.#trust.requestsLeft > 1)) {
      return connection.signal();
    }
    if (doubt === 'slept') return connection.retire('idleTimeout');
    const { clock } = this.#origin.session.core;
    const nowMs = clock.nowMs();
    const remainingMs = this.#trust.deadlineMs - this.#trust.idleMsAt(nowMs);
    // It may be one of those that are kept by then.
    if (decision === 'surplus') this.#arm(nowMs, remainingMs);
    else this.#timer.idle(nowMs, remainingMs);
  }

  /** A signal goes out now. */
  begin(): HeartbeatSignal {
    this.#number = this.#trust.requests + 1;
    this.#trust.signals += 1;
    this.#origin.session.core.stats.signals += 1;
    this.#isHurried = false;
    this.#signal = new HeartbeatSignal(this, this.#origin.outgoing);
    return this.#signal;
  }

  /** It was sent. */
  await(): void {
    this.#timer.acknowledgement(this.#connection.sentAtMs + this.#origin.session.options.timeoutMs);
  }

  /** A request waits for its place: it is given for the answer what an answer takes, and no more. */
  hurry(): void {
    const patienceMs = decidePatienceMs(this.#origin.roundTripMs, this.#origin.session.options.timeoutMs);
    const untilMs = this.#connection.sentAtMs + patienceMs;
    if (this.#origin.session.core.clock.nowMs() >= untilMs) return this.#connection.retire('shed');
    this.#isHurried = true;
    this.#timer.acknowledgement(untilMs);
  }

  onAcknowledged(status: number): void {
    const { core } = this.#origin.session;
    const nowMs = core.clock.nowMs();
    const { idledMs, sentAtMs } = this.#connection;
    this.#acknowledged += 1;
    this.#acknowledgedAtMs = nowMs;
    this.#rttMs = nowMs - sentAtMs;
    this.#origin.acknowledged(status, idledMs);
    core.trace?.({
      type: 'heartbeat',
      connection: this.#connection.info(),
      outcome: 'ack',
      status,
      rttMs: this.#rttMs,
      idleMs: idledMs,
    });
  }

  /** No answer in time. Whether the connection is lost: it may also have been given up for its place. */
  missed(): boolean {
    if (this.#isHurried) {
      this.#connection.retire('shed');
      return false;
    }
    const { core } = this.#origin.session;
    const { idledMs: idleMs, sentAtMs } = this.#connection;
    core.stats.signalsMissed += 1;
    const silentMs = core.clock.nowMs() - sentAtMs;
    core.trace?.({ type: 'heartbeat', connection: this.#connection.info(), outcome: 'missed', silentMs, idleMs });
    return true;
  }

  /** The connection has ended. */
  ended(reason: CloseReason): void {
    const unanswered = this.isAwaiting && this.#signal?.status === undefined ? 1 : 0;
    this.#origin.ended({
      connection: this.#connection,
      reason,
      hasAnswered: this.#trust.requests > unanswered,
      signal: this.#signal,
    });
    this.#signal = undefined;
  }

  #arm(nowMs: number, remainingMs: number): void {
    const delayMs = this.#origin.delayMs(this.#trust.knownLimitMs);
    if (delayMs < remainingMs) this.#timer.heartbeat(nowMs + delayMs);
    else this.#timer.idle(nowMs, remainingMs);
  }
}
