// Shutting down without losing a request: lame duck, drain, deadline (see docs/connection-lifecycle.md).
import type { Clock, ClockTimer } from '../io/index.ts';
import type { CloseReport, CloseOptions } from './server.ts';
import type { ServedConnection } from './served-connection.ts';

/** Time kept back from the deadline for the orderly end of connections that are idle until then. */
const ORDERLY_END_MS = 1_000;

/** How long a connection that has said nothing yet is kept: most likely it was opened for a request that is on its way. */
const FIRST_REQUEST_MS = 1_000;

/** What draining works on. */
export interface DrainTarget {
  readonly clock: Clock;
  readonly connections: ReadonlySet<ServedConnection>;
  /** From now on every answer says `Connection: close`. */
  announce(): void;
  stopListening(): void;
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
  /** Until when connections that have said nothing are kept; Infinity once they were closed. */
  #silentUntilMs = 0;
  #closed = 0;
  #timer: ClockTimer | undefined;
  #resolve: (report: CloseReport) => void = () => {};

  constructor(target: DrainTarget, options: CloseOptions) {
    const drainMs = options.drainMs ?? 30_000;
    this.#target = target;
    this.#startedAtMs = target.clock.nowMs();
    this.#deadlineAtMs = this.#startedAtMs + drainMs;
    this.#lameDuckUntilMs = this.#startedAtMs + (options.lameDuckMs ?? 0);
    this.#idleGraceMs = options.idleGraceMs ?? Infinity;
    this.report = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    target.announce();
    target.onPhase('lameDuck');
    this.#advance();
  }

  connectionClosed(): void {
    this.#closed += 1;
    this.#advance();
  }

  /** Ends it now: what is left is destroyed. */
  abandon(): void {
    this.#finish();
  }

  #advance(): void {
    if (this.#phase === 'closed') return;
    const nowMs = this.#target.clock.nowMs();
    if (this.#phase === 'lameDuck') {
      const untilMs = this.#lameDuckEndMs();
      if (nowMs < untilMs) {
        this.#wakeAt(untilMs);
        return;
      }
      this.#phase = 'draining';
      this.#target.stopListening();
      this.#target.onPhase('draining');
      // Half of what is left at the most, so that they too can end in order.
      this.#silentUntilMs = nowMs + Math.min(FIRST_REQUEST_MS, (this.#deadlineAtMs - nowMs) / 2);
      this.#closeIdle((connection) => connection.state === 'idle');
    }
    if (nowMs >= this.#silentUntilMs) {
      this.#silentUntilMs = Infinity;
      this.#closeIdle(() => true);
    }
    if (this.#target.connections.size === 0 || nowMs >= this.#deadlineAtMs) this.#finish();
    else this.#wakeAt(Math.min(this.#deadlineAtMs, this.#silentUntilMs));
  }

  #closeIdle(choose: (connection: ServedConnection) => boolean): void {
    for (const connection of this.#target.connections) if (choose(connection)) connection.closeIdle('draining');
  }

  /**
   * The lame duck stays for its own time and as long as some idle connection was promised to be kept,
   * as far as the deadline, less what an orderly end takes, and the caller's patience with idle ones allow.
   */
  #lameDuckEndMs(): number {
    let promisedUntilMs = 0;
    for (const connection of this.#target.connections)
      promisedUntilMs = Math.max(promisedUntilMs, connection.promisedUntilMs);
    const orderlyEndMs = Math.min(ORDERLY_END_MS, (this.#deadlineAtMs - this.#startedAtMs) / 2);
    const latestMs = this.#deadlineAtMs - orderlyEndMs;
    const graceMs = Math.min(promisedUntilMs, this.#startedAtMs + this.#idleGraceMs);
    return Math.min(latestMs, Math.max(this.#lameDuckUntilMs, graceMs));
  }

  #wakeAt(atMs: number): void {
    this.#timer?.stop();
    this.#timer = this.#target.clock.startTimer(atMs - this.#target.clock.nowMs(), () => this.#advance());
  }

  #finish(): void {
    if (this.#phase === 'closed') return;
    if (this.#phase === 'lameDuck') this.#target.stopListening();
    this.#phase = 'closed';
    this.#timer?.stop();
    const held = [...this.#target.connections];
    const destroyed = held.map((connection) => connection.info());
    for (const connection of held) connection.destroy('draining');
    this.#target.onPhase('closed');
    this.#resolve({ durationMs: this.#target.clock.nowMs() - this.#startedAtMs, closed: this.#closed, destroyed });
  }
}
