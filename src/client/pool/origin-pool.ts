// The connections to one origin and the requests that wait for one: which request goes out on which connection.
// How many connections there may be is the business of pool.ts.
import { PoolError } from '../../errors.ts';
import type { LossKind } from '../../errors.ts';
import type { CloseReason } from '../../http/close-reason.ts';
import type { Origin, OriginParts } from '../../http/origin.ts';
import type { ConnectionOpener, ConnectTarget, OpenedConnection, Opening } from '../../io/index.ts';
import { AddressWatch } from './address-watch.ts';
import type { ExchangeConnection, ExchangeOrigin, ExchangeRequest } from '../exchange-parties.ts';
import { Http1Connection } from '../connection/http1-connection.ts';
import { LearnedTimeouts } from '../policy/learned-timeouts.ts';
import { mayBePipelined } from '../connection/pipeline.ts';
import type { OriginDemand } from './pool-plan.ts';
import type { PollGate } from './poll-gate.ts';
import { OriginHeartbeat } from '../heartbeat/origin-heartbeat.ts';
import type { KeptOrigin } from '../heartbeat/origin-heartbeat.ts';
import type { SessionHeartbeat } from '../heartbeat/session-heartbeat.ts';
import type { Route } from '../proxy/proxies.ts';
import type { SessionCore } from '../session-core.ts';

/** What the connections of one origin ask of those of all origins. */
export interface OriginPoolOwner {
  readonly gate: PollGate;
  /** Undefined: off. */
  readonly heartbeat: SessionHeartbeat | undefined;
  /** Whether a further connection to the origin may be opened. */
  hasRoom(origin: OriginPool): boolean;
  /** Whether a connection of this origin whose exchange has ended is to make room for another origin. */
  wantsPlaceOf(origin: OriginPool): boolean;
  /** Whether a connection may be opened that nobody waits for. */
  hasSpareRoom(origin: OriginPool): boolean;
  /** Whether nothing is kept for later any more. */
  readonly isDraining: boolean;
  /** Whether more requests wait than may. Those for which a connection is being opened do not count. */
  readonly isOverfull: boolean;
  queueError(request: ExchangeRequest, origin: OriginPool): PoolError;
  /** The limits over several origins that are reached. */
  describeFull(origin: OriginPool): string;
  /** A request waits at this origin from now on. */
  onQueued(origin: OriginPool): void;
  /** A request left the queue. */
  unqueued(): void;
  /** A connection became idle: a request that may not use it may have its place. */
  onIdle(): void;
  /** While draining: a request failed, so that it may have been the last thing that was waited for. */
  checkEmpty(): void;
  /** A connection is being opened. */
  onOpening(): void;
  /** A connection has ended, or could not be opened. */
  onGone(): void;
}

/** See the head of the file. */
export class OriginPool implements ExchangeOrigin, OriginDemand, KeptOrigin {
  /** By which the pool knows it. */
  readonly key: string;
  readonly parts: OriginParts;
  readonly opener: ConnectionOpener;
  readonly proxy: Origin | undefined;
  /** Most connections: those of a proxy that forwards are for all origins. */
  readonly limit: number;
  readonly learned: LearnedTimeouts = new LearnedTimeouts();
  readonly connections: Set<ExchangeConnection> = new Set();
  /** The fastest TCP handshake or answer so far: nearest to what the path alone takes. Infinity before the first one. */
  roundTripMs: number = Infinity;
  /** A server that broke off under pipelined requests is not asked to pipeline again. */
  pipelines = true;
  readonly #core: SessionCore;
  readonly #pool: OriginPoolOwner;
  readonly #target: ConnectTarget;
  /** Idle connections, the one that was used last at the end. */
  readonly #idle: ExchangeConnection[] = [];
  readonly #waiting: Set<ExchangeRequest> = new Set();
  #waitingForNew = 0;
  /** With who is told of the outcome beside those who wait. */
  readonly #openings: Map<Opening, ((error?: Error) => void) | undefined> = new Map();
  readonly #addresses: AddressWatch;
  /** Undefined where idle connections are left alone. */
  readonly #heartbeat: OriginHeartbeat | undefined;

  constructor(core: SessionCore, pool: OriginPoolOwner, route: Route) {
    const { parts } = route;
    this.#core = core;
    this.#pool = pool;
    this.key = route.key;
    this.parts = parts;
    this.opener = route.opener;
    this.proxy = route.proxy;
    const { perOrigin, perProxy } = core.options.limits;
    this.limit = route.forwardLines === undefined ? perOrigin : perProxy;
    this.#target = { scheme: parts.scheme, host: parts.host, port: parts.port, socketPath: core.options.socketPath };
    this.#addresses = new AddressWatch(core, this);
    const { heartbeat } = pool;
    // What a proxy that forwards would be asked proves nothing of the origins behind it.
    const isKept = route.forwardLines === undefined && heartbeat?.options.includes(parts.origin) === true;
    if (isKept) this.#heartbeat = new OriginHeartbeat(heartbeat, this);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get opening(): number {
    return this.#openings.size;
  }

  get open(): number {
    return this.connections.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  get unasked(): readonly ExchangeConnection[] {
    return this.#idle.filter(({ heartbeat }) => heartbeat?.isAwaiting !== true);
  }

  aheadOf(connection: ExchangeConnection): number | undefined {
    const index = this.#idle.lastIndexOf(connection);
    return index === -1 ? undefined : this.open - 1 - index;
  }

  openAhead(): void {
    if (this.waiting === 0 && this.#pool.hasSpareRoom(this)) this.openConnection();
  }

  /** Sends the request as soon as there is a connection for it. */
  acquire(request: ExchangeRequest): void {
    if (this.#take(request)) return;
    this.#waiting.add(request);
    if (request.needsNew) this.#waitingForNew += 1;
    this.#pool.onQueued(this);
    // What is sent again, or hedged, was admitted before.
    if (!request.needsNew && this.#pool.isOverfull) {
      this.forget(request);
      request.fail(this.#pool.queueError(request, this));
    } else if (this.#waiting.has(request)) request.onQueued();
  }

  isWaiting(request: ExchangeRequest): boolean {
    return this.#waiting.has(request);
  }

  /** The request no longer waits. */
  forget(request: ExchangeRequest): void {
    if (this.#waiting.size === 0 || !this.#waiting.delete(request)) return;
    if (request.needsNew) this.#waitingForNew -= 1;
    this.#pool.unqueued();
  }

  /** A request failed. */
  onFailed(request: ExchangeRequest): void {
    this.forget(request);
    this.#pool.checkEmpty();
  }

  /** A connection has nothing in flight. Whether it got a request, or its end, instead of becoming idle. */
  onFree(connection: ExchangeConnection): boolean {
    // A signal on it has ended.
    const wasAsked = this.#heartbeat !== undefined && this.#idle.includes(connection);
    if (this.#pool.wantsPlaceOf(this)) {
      connection.retire('shed');
      return true;
    }
    let others = 0;
    for (const request of this.#waiting) {
      const decision = request.needsNew ? 'fresh' : connection.decideReuse(request.repeatable);
      if (decision === 'use' || decision === 'poll') {
        if (wasAsked) this.#leaveIdle(connection);
        this.#grant(request, connection, decision);
        return true;
      }
      if (decision === 'fresh') others += 1;
      // For a request that wants another connection there is no place but this one's: were there any, one would be opening.
      if (decision === 'fresh' && others <= this.opening) continue;
      connection.retire(decision === 'fresh' ? 'shed' : decision);
      return true;
    }
    if (this.#pool.isDraining) {
      connection.retire('draining');
      return true;
    }
    if (!wasAsked) this.#idle.push(connection);
    this.#pool.onIdle();
    return connection.state === 'closed';
  }

  /** A connection may take further requests behind those in flight. */
  onPipelineRoom(connection: ExchangeConnection): void {
    if (this.#waiting.size === 0 || this.#core.options.pipelining === 1) return;
    for (const request of this.#waiting) {
      if (!connection.takesPipelined) return;
      if (this.#mayPipeline(request)) this.#grant(request, connection, 'use');
    }
  }

  /** The head of a response came so long after its request, which was the only one in flight. */
  responded(waitMs: number): void {
    this.learned.responded(waitMs);
    // No time at all is no measurement: the bytes were there already.
    if (waitMs > 0 && waitMs < this.roundTripMs) this.roundTripMs = waitMs;
  }

  /** A request met the end of a connection that had been idle for so long. */
  onStale(kind: LossKind, reason: CloseReason, idleMs: number): void {
    const isPeers = reason === 'peerClosed' || reason === 'peerReset' || kind === 'requestTimeout';
    if (kind === 'timeout') this.learned.wentSilent(idleMs);
    else if (isPeers) this.learned.peerClosedIdle(idleMs, this.#core.clock.nowMs());
  }

  /** The connection has ended, or takes no further request. */
  onEnded(connection: ExchangeConnection): void {
    this.connections.delete(connection);
    this.#leaveIdle(connection);
    if (this.open === 0) this.#addresses.stop();
  }

  /** The end of a connection was told, and its place is free. */
  onClosed(): void {
    this.#pool.onGone();
    this.#heartbeat?.afterEnd();
  }

  /** A connection ended with several requests in flight. Where we gave it up, or it was announced, the server can pipeline all the same. */
  onPipelineLost(reason: CloseReason): void {
    if (reason !== 'aborted' && reason !== 'peerSentClose') this.pipelines = false;
  }

  /** Opens a connection: for whoever waits, or for later. */
  openConnection(onDone?: (error?: Error) => void): void {
    const { trace, stats, destroyedBy } = this.#core;
    // Whoever was told of an opening before this one may have destroyed the session.
    if (destroyedBy !== undefined) return onDone?.(destroyedBy);
    this.#pool.onOpening();
    const opening = this.opener.open(this.#target, {
      onOpened: (opened) => {
        this.#openings.delete(opening);
        this.#welcome(opened);
        onDone?.(this.#core.destroyedBy);
      },
      onOpenFailed: (error) => {
        this.#openings.delete(opening);
        stats.connectFailures += 1;
        trace?.({ type: 'connectFailed', origin: this.parts.origin, proxy: this.proxy, error });
        this.#blame(error);
        onDone?.(error);
        this.#pool.onGone();
      },
    });
    this.#openings.set(opening, onDone);
    trace?.({ type: 'connecting', origin: this.parts.origin, proxy: this.proxy });
  }

  /** Opens connections until `count` of them are idle or being opened. */
  async preconnect(count: number): Promise<void> {
    this.#heartbeat?.used();
    const missing = Math.max(0, count - this.idle - this.opening);
    const openings: Promise<void>[] = [];
    for (let index = 0; index < missing && this.#pool.hasRoom(this); index += 1) {
      openings.push(
        new Promise((resolve, reject) => {
          this.openConnection((error) => (error === undefined ? resolve() : reject(error)));
        }),
      );
    }
    const isFull = openings.length < missing;
    const holders = isFull ? this.describeHolders() : '';
    await Promise.all(openings);
    if (isFull) throw new PoolError(`${this.parts.origin}: no room for ${count} connections; ${holders}`);
  }

  /** Closes the idle connection that was unused for longest. */
  closeIdle(reason: CloseReason): void {
    // Called for each connection that a full pool gives up: no list is made for it.
    for (const connection of this.#idle) {
      if (connection.heartbeat?.isAwaiting !== true) return connection.retire(reason);
    }
    if (this.#heartbeat === undefined) return;
    // Their answers, or what they take at most, come before a new connection would be open.
    for (const asked of this.#idle.slice()) asked.heartbeat?.hurry();
  }

  /** No connection takes a further request; idle ones end now. */
  retireAll(reason: CloseReason): void {
    for (const connection of this.connections) connection.retire(reason);
  }

  /** Gives up what waits. */
  failWaiting(error: Error): void {
    for (const request of this.#waiting) request.fail(error);
  }

  /** Gives everything else up at once. */
  destroy(error: Error): void {
    for (const [opening, onDone] of this.#openings) {
      opening.abort();
      this.#openings.delete(opening);
      onDone?.(error);
      this.#pool.onGone();
    }
    for (const connection of this.connections) connection.destroy('destroyed', error);
  }

  /** Who has the connections that a request waits for in vain. */
  describeHolders(): string {
    const unread = [...this.connections].filter((connection) => connection.isHeldUnread).length;
    const held = unread === 0 ? '' : `, ${unread} of them held by responses that nobody reads`;
    return (
      `${this.open} connections to ${this.parts.origin} are open${held}, ${this.opening} are being opened, ` +
      `${this.waiting} requests wait${this.#pool.describeFull(this)}`
    );
  }

  #leaveIdle(connection: ExchangeConnection): void {
    const index = this.#idle.lastIndexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
  }

  #take(request: ExchangeRequest): boolean {
    if (request.needsNew) return false;
    this.#heartbeat?.session.noticeSleep();
    for (let index = this.idle - 1; index >= 0; index -= 1) {
      const connection = this.#idle[index];
      // One that is closed may take others along.
      if (connection === undefined || connection.heartbeat?.isAwaiting === true) continue;
      const decision = connection.decideReuse(request.repeatable);
      // Another one may have more slots left.
      if (decision === 'fresh') continue;
      if (decision === 'use' || decision === 'poll') {
        this.#idle.splice(index, 1);
        this.#send(request, connection, decision);
        return true;
      }
      connection.retire(decision);
    }
    return this.#takePipelined(request);
  }

  /** Behind the shortest line, once no more connections may be opened. */
  #takePipelined(request: ExchangeRequest): boolean {
    if (!this.#mayPipeline(request) || this.#pool.hasRoom(this)) return false;
    let shortest: ExchangeConnection | undefined;
    for (const connection of this.connections) {
      if (!connection.takesPipelined) continue;
      if (shortest === undefined || connection.inFlight < shortest.inFlight) shortest = connection;
    }
    shortest?.send(request);
    return shortest !== undefined;
  }

  #mayPipeline({ outgoing, needsNew }: ExchangeRequest): boolean {
    if (this.#core.options.pipelining === 1 || !this.pipelines || needsNew) return false;
    return mayBePipelined(outgoing);
  }

  #grant(request: ExchangeRequest, connection: ExchangeConnection, decision: 'use' | 'poll'): void {
    this.#send(request, connection, decision);
    // Behind it, because the last one that waited may be what keeps connections from being given up.
    this.forget(request);
  }

  #send(request: ExchangeRequest, connection: ExchangeConnection, decision: 'use' | 'poll'): void {
    if (decision === 'use') connection.send(request);
    else this.#pool.gate.pass(connection, request);
  }

  #welcome(opened: OpenedConnection): void {
    this.roundTripMs = Math.min(this.roundTripMs, opened.connectMs);
    const connection = new Http1Connection(this.#core, this, opened, this.#heartbeat);
    this.connections.add(connection);
    this.#core.connectionOpened();
    const { totalMs, lookupMs, connectMs, tls } = opened;
    this.#core.trace?.({
      type: 'opened',
      connection: connection.info(),
      opening: { totalMs, lookupMs, connectMs, tls },
    });
    // Whoever is told may have closed the session.
    if (!this.connections.has(connection)) return;
    this.#addresses.start();
    const request = this.#firstForNew();
    if (request === undefined) connection.becomeFree();
    else this.#grant(request, connection, 'use');
  }

  /** Who gets a new connection: those that can use no other one, or else whoever came first. */
  #firstForNew(): ExchangeRequest | undefined {
    for (const request of this.#waiting) if (request.needsNew || this.#waitingForNew === 0) return request;
    return undefined;
  }

  /** One request answers for a connection that could not be opened: the others have openings of their own, or busy connections. */
  #blame(error: Error): void {
    if (this.waiting <= this.opening) return;
    const request = this.#firstForNew()!;
    this.forget(request);
    request.onConnectFailed(error);
  }
}
