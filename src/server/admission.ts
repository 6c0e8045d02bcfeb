// Who gets in: asks shedding.ts for every newcomer, and carries out what it decides.
import { decideAdmission } from './shedding.ts';
import type { ServedConnection } from './served-connection.ts';
import type { ServerCore } from './server-core.ts';

/** Where a connection comes from; asking costs a system call. */
export interface Newcomer {
  /** The peer as `address:port`. */
  readonly remote: string;
}

/** See the head of the file. One for each server. */
export class Admission {
  readonly #core: ServerCore;

  constructor(core: ServerCore) {
    this.#core = core;
  }

  /** Whether the newcomer gets in, where necessary at the cost of another. It is traced where not. */
  admit(newcomer: Newcomer): boolean {
    if (this.#makeRoom() || this.#core.healthLane?.offerRoom() === true) return true;
    this.#core.options.trace?.({ type: 'refused', remote: newcomer.remote, reason: 'tooManyConnections' });
    return false;
  }

  #makeRoom(): boolean {
    const { connections, pending, deadlines, clock, options } = this.#core;
    const { limits } = options;
    // Whoever shakes hands holds a socket like everybody else.
    const open = connections.size + (pending?.count ?? 0);
    if (open < limits.connections) return true;
    const nowMs = clock.nowMs();
    const idle = deadlines.idle.first;
    const silent = deadlines.silent.first;
    const plan = decideAdmission({
      open,
      limit: limits.connections,
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
