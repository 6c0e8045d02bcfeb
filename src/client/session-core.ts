// What all connections and requests of one session share, so that each of them holds next to nothing.
import type { CloseReason } from '../http/close-reason.ts';
import { DeadlineSchedule } from '../io/index.ts';
import type { ConnectionOpener, DeadlineList, LoopClock, PollWatch } from '../io/index.ts';
import type { SessionTraceSink } from '../trace.ts';
import { WireConfiguration } from '../wire/index.ts';
import { AbortWatch } from '../abort-watch.ts';
import { IdleReferences } from './connection/idle-reference.ts';
import type { ResolvedSessionOptions } from './options.ts';

/**
 * The classes of deadlines of a connection. `heartbeat`: it is idle until a signal goes out; `acknowledgement`: the answer to that is awaited;
 * `held`: the last byte of a request waits; `paused`: nobody reads the body; `closing`: we ended it.
 */
export type ConnectionPhase =
  | 'idle'
  | 'heartbeat'
  | 'acknowledgement'
  | 'held'
  | 'suspect'
  | 'headers'
  | 'body'
  | 'paused'
  | 'drain'
  | 'closing';

/** A connection, as its deadlines know it. */
export interface TimerOwner {
  /** The deadline of the class has passed. */
  onDue(phase: ConnectionPhase): void;
  /** A byte was held back for long enough, and sockets have been looked at since. */
  onHeld(): void;
}

/** A request that waits for a connection, as its deadline knows it. */
export interface AcquireOwner {
  onAcquireDue(): void;
}

/** What looks up addresses from time to time. */
export interface AddressOwner {
  /** It is time to look. */
  onDue(): void;
}

/** Counts since the session was made. */
export interface SessionStats {
  /** Requests that were asked for. */
  requests: number;
  /** Requests that went out on a connection that had served one before. */
  reused: number;
  /** Responses whose head was delivered. */
  responses: number;
  connectionsOpened: number;
  connectFailures: number;
  /** Requests that were sent again. */
  retries: number;
  /** Second attempts beside a silent connection. */
  hedges: number;
  /** Requests that waited until sockets had been looked at. */
  validations: number;
  /** Requests that failed. */
  failures: number;
  /** Signals of the heartbeat that were sent: they are no requests and count as such nowhere else. */
  signals: number;
  /** Signals that were not answered in time. */
  signalsMissed: number;
  /** How many connections ended, by reason. */
  readonly closed: Partial<Record<CloseReason, number>>;
}

/** See the head of the file. */
export class SessionCore {
  readonly options: ResolvedSessionOptions;
  readonly clock: LoopClock;
  readonly opener: ConnectionOpener;
  readonly trace: SessionTraceSink | undefined;
  readonly configuration: WireConfiguration;
  readonly schedule: DeadlineSchedule;
  readonly deadlines: Readonly<Record<ConnectionPhase, DeadlineList<TimerOwner>>>;
  readonly addressDeadlines: DeadlineList<AddressOwner>;
  readonly acquireDeadlines: DeadlineList<AcquireOwner>;
  readonly aborts: AbortWatch = new AbortWatch();
  readonly idleReferences: IdleReferences;
  readonly stats: SessionStats = {
    requests: 0,
    reused: 0,
    responses: 0,
    connectionsOpened: 0,
    connectFailures: 0,
    retries: 0,
    hedges: 0,
    validations: 0,
    failures: 0,
    signals: 0,
    signalsMissed: 0,
    closed: {},
  };
  /** Redirects that were read and not followed yet. */
  following = 0;
  /** What the session was destroyed with; nothing begins after that. */
  destroyedBy: Error | undefined = undefined;
  #connectionIds = 0;
  #connections = 0;
  /** Those of connections that were closed and still wait for the peer's end included. */
  #transports = 0;
  #isRetired = false;
  #polls: PollWatch | undefined;

  constructor(options: ResolvedSessionOptions, opener: ConnectionOpener) {
    const { limits } = options;
    this.options = options;
    this.clock = options.clock;
    this.opener = opener;
    this.trace = options.trace;
    this.configuration = new WireConfiguration({
      headerBytes: limits.headerBytes,
      headerFields: limits.headerFields,
      bodyBytes: limits.bodyBytes,
    });
    this.idleReferences = new IdleReferences(options.clock);
    this.schedule = new DeadlineSchedule(options.clock);
    const list = (phase: ConnectionPhase): DeadlineList<TimerOwner> =>
      this.schedule.addList((owner: TimerOwner) => owner.onDue(phase));
    this.deadlines = {
      idle: list('idle'),
      heartbeat: list('heartbeat'),
      acknowledgement: list('acknowledgement'),
      held: list('held'),
      suspect: list('suspect'),
      headers: list('headers'),
      body: list('body'),
      paused: list('paused'),
      drain: list('drain'),
      closing: list('closing'),
    };
    this.addressDeadlines = this.schedule.addList((watch: AddressOwner) => watch.onDue());
    this.acquireDeadlines = this.schedule.addList((request: AcquireOwner) => request.onAcquireDue());
  }

  nextConnectionId(): number {
    this.#connectionIds += 1;
    return this.#connectionIds;
  }

  /** Follows the event loop while there are connections: without any, a session costs nothing. */
  get polls(): PollWatch {
    this.#polls ??= this.clock.watchPolls();
    return this.#polls;
  }

  /** Requests that have neither a response nor an error yet, and those that a redirect is about to lead to. */
  get unsettled(): number {
    return this.stats.requests - this.stats.responses - this.stats.failures + this.following;
  }

  connectionOpened(): void {
    this.#connections += 1;
    this.#transports += 1;
    this.stats.connectionsOpened += 1;
  }

  connectionClosed(reason: CloseReason): void {
    this.stats.closed[reason] = (this.stats.closed[reason] ?? 0) + 1;
    this.#connections -= 1;
    if (this.#connections > 0) return;
    this.#polls?.stop();
    this.#polls = undefined;
  }

  transportClosed(): void {
    this.#transports -= 1;
    this.#stopWhenOver();
  }

  /** Nothing begins any more: the timer stops with the last transport. */
  retire(): void {
    this.#isRetired = true;
    this.#stopWhenOver();
  }

  /** Ends what waits for the peer's end, and the timer with it. */
  destroy(): void {
    this.deadlines.closing.expire(Infinity);
    this.schedule.stop();
  }

  #stopWhenOver(): void {
    if (this.#isRetired && this.#transports === 0) this.schedule.stop();
  }
}
