// Shutting down without losing a request: lame duck, drain, deadline (see docs/connection-lifecycle.md).
import type { Clock, ClockTimer } from '../../io/index.ts';
import { DEFAULT_DRAIN } from '../options/drain.ts';
import { NO_PHASE, PhaseCount } from './phase-count.ts';
import type { PhaseMoment } from './phase-count.ts';
import type { CloseReport, CloseOptions, PhaseReport } from '../server.ts';
import type { ServedConnection } from '../connection/served-connection.ts';

/** Time kept back from the deadline for the orderly end of connections that are idle until then. */
const ORDERLY_END_MS = 1_000;

/** How long a connection that has said nothing yet is kept: most likely it was opened for a request that is on its way. */
const FIRST_REQUEST_MS = 1_000;

/** What draining works on. */
export interface DrainTarget {
  readonly clock: Clock;
  readonly connections: ReadonlySet<ServedConnection>;
  /** The idle connection that is to be kept longest. */
  readonly latestIdle: ServedConnection | undefined;
  /** From now on every answer says `Connection: close`. */
  announce(): void;
  stopListening(): void;
  /** Connections that are shaking hands: each may bring a request. */
  readonly pending?: { readonly underWay: number; endAll(): void } | undefined;
  onPhase(phase: 'lameDuck' | 'draining' | 'closed'): void;
}

/** One shutdown. The owner calls `connectionClosed` for each connection that ends meanwhile. */
export class Drain {
  readonly report: Promise<CloseReport>;
  readonly #target: DrainTarget;
  readonly #startedAtMs: number;
  readonly #deadlineAtMs: number;
  readonly #lameDuckUntilMs: number;
  readonly #idleGraceMs: number;
  #phase: 'lameDuck' | 'draining' | 'closed' = 'lameDuck';
  #listens = true;
  /** Until when connections that have said nothing are kept. */
  #silentUntilMs = 0;
  #closed = 0;
  /** Requests of connections that ended meanwhile, less those that all of them had when it began. */
  #requests = 0;
  #count: PhaseCount;
  #lameDuck: PhaseReport = NO_PHASE;
  #timer: ClockTimer | undefined;
  #wakeAtMs = Infinity;
  #resolve: (report: CloseReport) => void = () => {};

  constructor(target: DrainTarget, options: CloseOptions) {
    const { drainMs, lameDuckMs, idleGraceMs } = { ...DEFAULT_DRAIN, ...options };
    this.#target = target;
    this.#startedAtMs = target.clock.nowMs();
    this.#deadlineAtMs = this.#startedAtMs + drainMs;
    this.#lameDuckUntilMs = this.#startedAtMs + lameDuckMs;
    this.#idleGraceMs = idleGraceMs;
    this.report = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#requests = -this.#countOpenRequests();
    this.#count = new PhaseCount(this.#moment());
    target.announce();
    target.onPhase('lameDuck');
    if (options.stopListeningFirst === true) this.#stopListening();
    this.#advance();
  }

  connectionClosed(connection: ServedConnection): void {
    if (this.#phase === 'closed') return;
    this.#closed += 1;
    this.#count.closed += 1;
    this.#requests += connection.info().requests;
    // While draining only the end of the last one matters; looking at all of them for each would be quadratic.
    if (this.#phase === 'lameDuck' || this.#target.connections.size === 0) this.#advance();
  }

  /** To be called when a connection ended before it was one. */
  pendingEnded(): void {
    if (this.#phase === 'draining' && this.#isEmpty) this.#advance();
  }

  /** To be called when a connection has become idle: its last answer may have said that it persists. */
  connectionIdle(connection: ServedConnection): void {
    if (this.#phase !== 'draining') return;
    const untilMs = this.#limit(connection.promisedUntilMs);
    if (untilMs <= this.#target.clock.nowMs()) connection.closeIdle('draining');
    else if (untilMs < this.#wakeAtMs) this.#wakeAt(untilMs);
  }

  /** Ends it now: what is left is destroyed. */
  abandon(): void {
    this.#finish();
  }

  #advance(): void {
    if (this.#phase === 'closed') return;
    const nowMs = this.#target.clock.nowMs();
    if (this.#phase === 'lameDuck') {
      const untilMs = this.#lameDuckEndMs;
      if (nowMs < untilMs) {
        this.#wakeAt(untilMs);
        return;
      }
      this.#phase = 'draining';
      this.#lameDuck = this.#count.end(this.#moment());
      this.#count = new PhaseCount(this.#moment());
      this.#stopListening();
      this.#target.onPhase('draining');
      this.#silentUntilMs = nowMs + Math.min(FIRST_REQUEST_MS, (this.#deadlineAtMs - nowMs) / 2);
    }
    const nextMs = this.#closeIdle(nowMs);
    if (this.#isEmpty || nowMs >= this.#deadlineAtMs) this.#finish();
    else this.#wakeAt(Math.min(nextMs, this.#deadlineAtMs));
  }

  /** Closes the idle connections whose time is over; returns when that of the next one is. */
  #closeIdle(nowMs: number): number {
    let nextMs = Infinity;
    const { pending } = this.#target;
    if (pending !== undefined && pending.underWay > 0) {
      if (this.#silentUntilMs > nowMs) nextMs = this.#silentUntilMs;
      else pending.endAll();
    }
    for (const connection of this.#target.connections) {
      const isSilent = connection.state === 'opened';
      const untilMs = isSilent ? this.#silentUntilMs : this.#limit(connection.promisedUntilMs);
      if (untilMs > nowMs) nextMs = Math.min(nextMs, untilMs);
      else connection.closeIdle('draining');
    }
    return nextMs;
  }

  get #isEmpty(): boolean {
    const { connections, pending } = this.#target;
    return connections.size === 0 && (pending?.underWay ?? 0) === 0;
  }

  /** The lame duck stays for its own time and as long as some idle connection was promised to be kept. */
  get #lameDuckEndMs(): number {
    const promisedUntilMs = this.#target.latestIdle?.promisedUntilMs ?? 0;
    return Math.max(this.#limit(promisedUntilMs), Math.min(this.#lameDuckUntilMs, this.#latestMs));
  }

  /** As far as the deadline, less what an orderly end takes, and the caller's patience with idle connections allow. */
  #limit(promisedUntilMs: number): number {
    return Math.min(promisedUntilMs, this.#startedAtMs + this.#idleGraceMs, this.#latestMs);
  }

  get #latestMs(): number {
    return this.#deadlineAtMs - Math.min(ORDERLY_END_MS, (this.#deadlineAtMs - this.#startedAtMs) / 2);
  }

  #stopListening(): void {
    if (!this.#listens) return;
    this.#listens = false;
    this.#target.stopListening();
  }

  #wakeAt(atMs: number): void {
    this.#timer?.stop();
    this.#wakeAtMs = atMs;
    // Somebody waits for the report, and not every connection holds the process: nghttp2 reads no more from one without streams that
    // has said GOAWAY.
    this.#timer = this.#target.clock.startTimer(atMs - this.#target.clock.nowMs(), () => this.#advance(), true);
  }

  #finish(): void {
    if (this.#phase === 'closed') return;
    const last = this.#count.end(this.#moment());
    const phases =
      this.#phase === 'lameDuck'
        ? { lameDuck: last, draining: NO_PHASE }
        : { lameDuck: this.#lameDuck, draining: last };
    this.#stopListening();
    this.#phase = 'closed';
    this.#timer?.stop();
    this.#target.pending?.endAll();
    const held = [...this.#target.connections];
    const destroyed = held.map((connection) => connection.info());
    for (const connection of held) connection.destroy('draining');
    this.#target.onPhase('closed');
    this.#resolve({
      durationMs: this.#target.clock.nowMs() - this.#startedAtMs,
      ...phases,
      closed: this.#closed,
      destroyed,
    });
  }

  #moment(): PhaseMoment {
    return {
      nowMs: this.#target.clock.nowMs(),
      open: this.#target.connections.size,
      requests: this.#requests + this.#countOpenRequests(),
    };
  }

  #countOpenRequests(): number {
    let requests = 0;
    for (const connection of this.#target.connections) requests += connection.info().requests;
    return requests;
  }
}
