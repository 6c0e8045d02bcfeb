// What all connections of one server share, so that a connection itself holds next to nothing.
import { AbortedError } from '../errors.ts';
import type { CloseReason } from '../http/close-reason.ts';
import { DateCache } from '../http/date.ts';
import { DeadlineSchedule } from '../io/index.ts';
import type { Clock, DeadlineList, PendingConnections } from '../io/index.ts';
import { WireConfiguration } from '../wire/index.ts';
import { AnswerTail } from './answer/answer-tail.ts';
import { HealthAnswers } from './health/health-answers.ts';
import { HealthLane } from './health/health-lane.ts';
import { advertisedSeconds, PersistenceLines, realIdleTimeoutMs } from './connection/keep-alive-policy.ts';
import { acceptsAnything } from './options/accept.ts';
import type { ResolvedServeOptions } from './options.ts';
import type { PressureWatch } from './admission/pressure-plan.ts';
import type { Http2Acceptor } from './connection/protocol-switch.ts';
import type { ServedConnection } from './connection/served-connection.ts';
import type { ServerState } from './server.ts';

/** The classes of deadlines a connection can be under; it is under one at a time. */
export type DeadlinePhase = 'silent' | 'head' | 'body' | 'idle' | 'write' | 'linger';

/** Shared state of one server. */
export class ServerCore {
  readonly options: ResolvedServeOptions;
  readonly clock: Clock;
  readonly configuration: WireConfiguration;
  /** Whether the heads of requests are read by lines, and what exchanges take is counted to the byte. */
  readonly readsByLines: boolean;
  readonly schedule: DeadlineSchedule;
  readonly deadlines: Readonly<Record<DeadlinePhase, DeadlineList<ServedConnection>>>;
  readonly date: DateCache;
  persistenceLines: PersistenceLines;
  readonly tail: AnswerTail;
  readonly idleTimeoutMs: number;
  readonly connections: Set<ServedConnection> = new Set();
  /** Connections that were admitted and are not handed over yet; undefined where they are handed over as they come. */
  pending: PendingConnections | undefined = undefined;
  /** Scheme and authority for requests that name no host. */
  base = '';
  draining = false;
  /** Answers end their connections, because others need the room. */
  isPressureHigh = false;
  /** What the idle time of a connection is advertised as, in milliseconds; Infinity where nothing is advertised. */
  advertisedMs: number;
  #keepAliveTimeoutMs: number;
  /** Undefined where nobody looks: then there is room up to the limit of connections. */
  pressure: PressureWatch | undefined = undefined;
  #draining: AbortController | undefined;
  /** Undefined where HTTP/2 is not spoken. */
  http2: Http2Acceptor | undefined = undefined;
  /** As the owner of the server sees it. */
  state: ServerState = 'accepting';
  /** Answers health checks; undefined where none were asked for. */
  readonly health: HealthAnswers | undefined;
  /** Room for health checks above the limit of connections. */
  readonly healthLane: HealthLane | undefined;
  #lastId = 0;
  /** Called after a connection has ended. */
  onClosed: (connection: ServedConnection, reason: CloseReason) => void = () => {};
  /** Called while draining, after a connection has become idle. */
  onIdle: (connection: ServedConnection) => void = () => {};

  constructor(options: ResolvedServeOptions) {
    const { limits, clock } = options;
    this.options = options;
    this.clock = clock;
    this.readsByLines = needsLines(options);
    this.configuration = new WireConfiguration(
      {
        headerBytes: limits.headerBytes,
        headerFields: limits.headerFields,
        targetBytes: limits.targetBytes,
        requestLineBytes: limits.requestLineBytes,
        fieldLineBytes: limits.fieldLineBytes,
        emptyLines: limits.emptyLines,
        bodyBytes: limits.bodyBytes,
      },
      options.accept,
      this.readsByLines ? 'byLines' : 'byBytes',
    );
    this.schedule = new DeadlineSchedule(clock);
    const onDue = (connection: ServedConnection): void => connection.onDeadline();
    this.deadlines = {
      silent: this.schedule.addList(onDue),
      head: this.schedule.addList(onDue),
      body: this.schedule.addList(onDue),
      idle: this.schedule.addList(onDue),
      write: this.schedule.addList(onDue),
      linger: this.schedule.addList(onDue),
    };
    this.date = new DateCache(() => clock.wallMs());
    this.persistenceLines = new PersistenceLines(options);
    this.tail = new AnswerTail(this.date, this.persistenceLines);
    this.idleTimeoutMs = realIdleTimeoutMs(options);
    this.#keepAliveTimeoutMs = options.keepAliveTimeoutMs;
    this.advertisedMs = advertisedSeconds(options) * 1_000;
    const { health } = options;
    this.health = health === undefined ? undefined : new HealthAnswers(health, () => this.state);
    this.healthLane = health === undefined ? undefined : new HealthLane();
  }

  /** Aborted when the shutdown begins. One for all, made when somebody asks: making one costs more than a whole exchange. */
  get drainingSignal(): AbortSignal {
    if (this.#draining === undefined) {
      this.#draining = new AbortController();
      if (this.draining) this.#draining.abort(shutdownError());
    }
    return this.#draining.signal;
  }

  /** From now on every answer says that it is the last one, and who listens for it is told. */
  announceDraining(): void {
    this.draining = true;
    for (const connection of this.connections) connection.announceDraining();
    this.#draining?.abort(shutdownError());
  }

  /** From now on answers advertise this idle time. Connections that are idle keep what they were promised. */
  advertise(keepAliveTimeoutMs: number): void {
    if (keepAliveTimeoutMs === this.#keepAliveTimeoutMs) return;
    this.#keepAliveTimeoutMs = keepAliveTimeoutMs;
    const knobs = { ...this.options, keepAliveTimeoutMs };
    this.advertisedMs = advertisedSeconds(knobs) * 1_000;
    this.persistenceLines = new PersistenceLines(knobs);
    this.tail.useLines(this.persistenceLines);
  }

  /** Connections that there is room for. */
  get connectionLimit(): number {
    return this.pressure?.connectionLimit ?? this.options.limits.connections;
  }

  /** Numbers connections from 1. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** From now on the connection is counted, drained and told of. */
  add(connection: ServedConnection): void {
    this.healthLane?.add(connection, this.connections.size >= this.connectionLimit);
    this.connections.add(connection);
    this.pressure?.start();
    this.options.trace?.({ type: 'opened', connection: connection.info() });
  }

  /** A connection goes on as another one, which speaks another protocol. To its observers it stays the same. */
  replace(connection: ServedConnection, by: ServedConnection): void {
    this.connections.delete(connection);
    this.connections.add(by);
    this.healthLane?.replace(connection, by);
  }
}

/** Reading by lines costs more, and is needed for refusals that tell the broken line, for leniencies and for limits of single lines. */
function needsLines({ accept, limits, refuse }: ResolvedServeOptions): boolean {
  if (refuse !== undefined || acceptsAnything(accept)) return true;
  return Math.min(limits.requestLineBytes, limits.fieldLineBytes, limits.emptyLines) < Infinity;
}

function shutdownError(): AbortedError {
  return new AbortedError('the server is shutting down');
}
