// Who gets in: asks shedding.ts for every newcomer, and carries out what it decides.
import { decideAdmission } from './shedding.ts';
import type { ServedConnection } from '../connection/served-connection.ts';
import type { ServerCore } from '../server-core.ts';

/** Where a connection comes from; asking costs a system call. */
export interface Newcomer {
  /** The peer as `address:port`. */
  readonly remote: string;
}

/** Those who wait to be let in. */
export interface WaitingLine {
  readonly count: number;
  /** Lets in the one that waits longest; returns whether there was one. */
  letIn(): boolean;
}

/** See the head of the file. One for each server. */
export class Admission {
  readonly #core: ServerCore;
  readonly #line: WaitingLine | undefined;
  /** Newcomers were turned away since this was asked last. */
  #hasRefused = false;

  /** Without a line nobody may wait. */
  constructor(core: ServerCore, line?: WaitingLine) {
    this.#core = core;
    this.#line = line;
  }

  /** Whether the newcomer gets in, where necessary at the cost of another, or is to wait. It is traced where neither. */
  admit(newcomer: Newcomer): boolean | 'wait' {
    // Nobody overtakes those who wait.
    if (this.#waiting === 0 && this.#makeRoom()) return true;
    if (this.#core.healthLane?.offerRoom() === true) return true;
    if (this.#mayWait()) return 'wait';
    this.refuse(newcomer.remote);
    return false;
  }

  /** Tells of a newcomer that was turned away, at once or after it has waited. */
  refuse(remote: string): void {
    this.#hasRefused = true;
    this.#core.options.trace?.({ type: 'refused', remote, reason: 'tooManyConnections' });
  }

  /** Lets in those who wait, where necessary at the cost of others; returns how many. */
  letIn(): number {
    const before = this.#waiting;
    while (this.#waiting > 0 && this.#makeRoom() && this.#line?.letIn() === true);
    return before - this.#waiting;
  }

  /** A connection has ended: lets in as many as there is room for. */
  letInFreely(): void {
    while (this.#waiting > 0 && this.#open < this.#core.connectionLimit && this.#line?.letIn() === true);
  }

  /** Whether newcomers wait, or were turned away since this was asked last. */
  wasRoomWanted(): boolean {
    const wasWanted = this.#hasRefused || this.#waiting > 0;
    this.#hasRefused = false;
    return wasWanted;
  }

  get #waiting(): number {
    return this.#line?.count ?? 0;
  }

  /** Whoever shakes hands holds a socket like everybody else. */
  get #open(): number {
    return this.#core.connections.size + (this.#core.pending?.count ?? 0);
  }

  #mayWait(): boolean {
    if (this.#line === undefined || this.#waiting >= this.#core.options.limits.waitingConnections) return false;
    return this.#open + this.#waiting < (this.#core.pressure?.socketLimit ?? Infinity);
  }

  #makeRoom(): boolean {
    const { pending, deadlines, clock, connectionLimit: limit } = this.#core;
    const open = this.#open;
    if (open < limit) return true;
    const nowMs = clock.nowMs();
    const idle = deadlines.idle.first;
    const silent = deadlines.silent.first;
    const plan = decideAdmission({
      open,
      limit,
      longestPendingMs: pending?.longestMs,
      longestIdleMs: idle === undefined ? undefined : nowMs - idle.owner.idleAtMs,
      longestSilentMs: silent === undefined ? undefined : silent.owner.info().ageMs,
    });
    if (plan === 'shedPending') return pending?.shedLongest() === true;
    if (plan === 'shedIdle') return this.#replace(idle?.owner);
    if (plan === 'shedSilent') return this.#replace(silent?.owner);
    return plan === 'admit';
  }

  /** Ends a connection, so that the newcomer takes its place. */
  #replace(connection: ServedConnection | undefined): boolean {
    if (connection?.closeIdle('shed') !== true) return false;
    this.#core.healthLane?.noteReplacement();
    return true;
  }
}
