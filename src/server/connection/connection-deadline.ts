// The deadline that one connection is under: which class, since when, and when it falls due. One object serves a connection for life.
import { Deadline } from '../../io/index.ts';
import type { ConnectionState } from '../../trace.ts';
import type { ServedConnection } from './served-connection.ts';
import type { DeadlinePhase, ServerCore } from '../server-core.ts';

/** What a deadline is computed from. */
export interface DeadlineFacts {
  readonly openedAtMs: number;
  readonly idleAtMs: number;
  /** Its idle time where an answer set one, else that of the server. */
  readonly idleTimeoutMs?: number | undefined;
  /** Bytes of a head that is not complete yet. */
  readonly headReceivedBytes: number;
  /** Bytes of the current request's body that arrived. */
  readonly bodyReceivedBytes: number;
  /** When the last bytes came; kept only where `timeouts.pauseMs` is not Infinity. */
  readonly readAtMs?: number;
  /** Bytes that the peer has taken so far. */
  readonly takenBytes: number;
}

/** What is asked of the exchanges of a connection. */
interface ExchangesInProgress {
  readonly awaitsBody: boolean;
  readonly empty: boolean;
  readonly wire: { readonly headBegun: boolean };
}

/** What the peer is awaited to do; undefined where it is our turn. `exchanges` are there only while something is said. */
export function decidePhase(
  state: ConnectionState,
  exchanges: ExchangesInProgress | undefined,
  blocked: boolean,
  requests: number,
): DeadlinePhase | undefined {
  if (state === 'closed') return undefined;
  if (state === 'draining') return 'linger';
  if (blocked) return 'write';
  if (exchanges !== undefined) {
    if (exchanges.awaitsBody) return 'body';
    if (!exchanges.empty) return undefined;
    if (exchanges.wire.headBegun) return 'head';
  }
  return requests === 0 ? 'silent' : 'idle';
}

/** See the head of the file. */
export class ConnectionDeadline extends Deadline<ServedConnection> {
  readonly #core: ServerCore;
  /** Undefined while nothing is awaited of the peer. */
  phase: DeadlinePhase | undefined = undefined;
  #phaseAtMs = 0;
  /** Bytes the peer had taken when the deadline was set, of writing or of lingering. */
  #progressBytes = 0;

  constructor(core: ServerCore, owner: ServedConnection) {
    super(owner);
    this.#core = core;
  }

  /** To be called when something happened that may have ended the phase. The same phase again keeps its deadline. */
  enter(phase: DeadlinePhase | undefined, nowMs: number, facts: DeadlineFacts): void {
    if (phase === undefined) {
      // Not only on a change: a request that has just begun still has the deadline that it was awaited under.
      this.phase = undefined;
      this.clear();
      return;
    }
    if (phase === this.phase) return;
    const { deadlines, options, idleTimeoutMs } = this.#core;
    const { timeouts } = options;
    this.#phaseAtMs = nowMs;
    this.phase = phase;
    switch (phase) {
      case 'silent':
        deadlines.silent.set(this, facts.openedAtMs + timeouts.silentMs);
        break;
      case 'head':
        deadlines.head.set(this, nowMs + Math.min(timeouts.headerMs, timeouts.pauseMs));
        break;
      case 'idle':
        deadlines.idle.set(this, facts.idleAtMs + (facts.idleTimeoutMs ?? idleTimeoutMs));
        break;
      case 'body':
        deadlines.body.set(this, this.#bodyDueMs(facts));
        break;
      case 'write':
        this.#progressBytes = facts.takenBytes;
        deadlines.write.set(this, nowMs + timeouts.writeMs);
        break;
      default:
        this.#progressBytes = facts.takenBytes;
        deadlines.linger.set(this, nowMs + timeouts.lingerMs);
    }
  }

  /** What arrived since the deadline of a head or a body was set has moved it; to move it with every piece would cost more. */
  extendReading(phase: 'head' | 'body', nowMs: number, facts: DeadlineFacts): boolean {
    const dueMs = phase === 'head' ? this.#headDueMs(facts) : this.#bodyDueMs(facts);
    if (dueMs <= nowMs) return false;
    this.#core.deadlines[phase].set(this, dueMs);
    return true;
  }

  /** Since when the head that is being read is awaited; undefined where none is. */
  get headSinceMs(): number | undefined {
    return this.phase === 'head' ? this.#phaseAtMs : undefined;
  }

  /** Whether the peer has taken anything since the deadline was set. */
  hasProgressed(facts: DeadlineFacts): boolean {
    return facts.takenBytes > this.#progressBytes;
  }

  /**
   * More time for a peer after our FIN: while it takes what is pending, and then lingerMs to end its side.
   * A transport that was ended does not say when its bytes are taken, so it is asked now and then.
   */
  extendLinger(nowMs: number, facts: DeadlineFacts): boolean {
    const { deadlines, options } = this.#core;
    if (this.hasProgressed(facts)) this.#phaseAtMs = nowMs;
    this.#progressBytes = facts.takenBytes;
    const latestMs = this.#phaseAtMs + options.timeouts.writeMs;
    if (nowMs >= latestMs) return false;
    deadlines.linger.set(this, Math.min(nowMs + options.timeouts.lingerMs, latestMs));
    return true;
  }

  /** When a head is late: each byte earns its share of a second (Apache's MinRate), up to an upper bound. */
  #headDueMs(facts: DeadlineFacts): number {
    const { headerMs, headerMaxMs, minRateBytesPerSecond } = this.#core.options.timeouts;
    const earnedMs = headerMs + (facts.headReceivedBytes / minRateBytesPerSecond) * 1000;
    return this.#endOfPause(this.#phaseAtMs + Math.min(earnedMs, headerMaxMs), facts);
  }

  /** The same for the body that is being received. */
  #bodyDueMs(facts: DeadlineFacts): number {
    const { bodyMs, bodyMaxMs, bodyMinRateBytesPerSecond } = this.#core.options.timeouts;
    const earnedMs = bodyMs + (facts.bodyReceivedBytes / bodyMinRateBytesPerSecond) * 1000;
    return this.#endOfPause(this.#phaseAtMs + Math.min(earnedMs, bodyMaxMs), facts);
  }

  /** Earlier than `dueMs` where nothing has come for too long. */
  #endOfPause(dueMs: number, { readAtMs }: DeadlineFacts): number {
    const { pauseMs } = this.#core.options.timeouts;
    if (pauseMs === Infinity || readAtMs === undefined) return dueMs;
    return Math.min(dueMs, Math.max(readAtMs, this.#phaseAtMs) + pauseMs);
  }
}
