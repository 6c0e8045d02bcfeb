// Asks a client of HTTP/2 whether it lives, by PING (RFC 9113 §6.7), while requests of it are open: one that is gone without a word is
// found, although nothing is sent to it. When PINGs go out and what a missing acknowledgement means is the engine's affair.
import type { Duplex } from 'node:stream';
import { AbortedError, PerduraError } from '../../errors.ts';
import { BlockedWay } from '../../heartbeat/signals/blocked-way.ts';
import type { Way, WaySink } from '../../heartbeat/signals/blocked-way.ts';
import { Heartbeat } from '../../heartbeat/engine/heartbeat.ts';
import type { Probe, ProbeSink } from '../../heartbeat/engine/probe.ts';
import { Deadline, countTakenBytes } from '../../io/index.ts';
import type { ClockTimer, DeadlineList, DeadlineSchedule, LoopClock } from '../../io/index.ts';
import type { ConnectionLiveness } from '../../trace.ts';
import type { ResolvedServerHeartbeat } from '../options/heartbeat.ts';

/** What this needs of a session of node:http2. */
export interface PingableSession {
  readonly state: { readonly outboundQueueSize?: number | undefined };
  /** Sends PING; false where it could not. */
  ping(acknowledged: (error: Error | null) => void): boolean;
}

/** What this needs of the connection. */
export interface HeartbeatOwner {
  /** The client, for people. */
  readonly remote: string;
  /** The client no longer acknowledges. */
  heartbeatLost(): void;
}

/** What all connections of one server share. */
export class ClientHeartbeats {
  readonly clock: LoopClock;
  readonly options: ResolvedServerHeartbeat;
  /** How long a client may take nothing at all of what waits for it. */
  readonly writeMs: number;
  /** Connections whose requests have not been open for long. Most never come to be asked. */
  readonly fresh: DeadlineList<ClientHeartbeat>;

  constructor(clock: LoopClock, schedule: DeadlineSchedule, options: ResolvedServerHeartbeat, writeMs: number) {
    this.clock = clock;
    this.options = options;
    this.writeMs = writeMs;
    this.fresh = schedule.addList((heartbeat) => heartbeat.begin());
  }
}

/** That of one connection. The engine is there only while requests are open for longer than an interval. */
export class ClientHeartbeat implements Probe, Way, WaySink {
  readonly target: string;
  readonly #shared: ClientHeartbeats;
  readonly #session: PingableSession;
  readonly #socket: Duplex & { readonly bytesRead?: number };
  readonly #owner: HeartbeatOwner;
  readonly #deadline: Deadline<ClientHeartbeat>;
  #heartbeat: Heartbeat | undefined;
  #sink: ProbeSink | undefined;
  #blocked: BlockedWay | undefined;
  /** The signal that waits for its acknowledgement. */
  #awaited: { resolve(): void; reject(error: Error): void } | undefined;
  /** Whether a PING is not acknowledged yet. One at a time: what is behind it on the connection cannot come before it. */
  #isOutstanding = false;
  #timer: ClockTimer | undefined;
  #readBytes = 0;

  constructor(shared: ClientHeartbeats, session: PingableSession, socket: Duplex, owner: HeartbeatOwner) {
    this.#shared = shared;
    this.#session = session;
    this.#socket = socket;
    this.#owner = owner;
    this.target = `HTTP/2 to ${owner.remote}`;
    this.#deadline = new Deadline<ClientHeartbeat>(this);
  }

  /** A request is open where none was. */
  watch(): void {
    const { clock, options, fresh } = this.#shared;
    fresh.set(this.#deadline, clock.nowMs() + options.intervalMs);
  }

  /** No request is open any more, or nobody could acknowledge. */
  rest(): void {
    this.#deadline.clear();
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
  }

  /** The client said something. */
  received(): void {
    this.#heartbeat?.received();
  }

  /** For `connections()`; undefined while there are no PINGs. */
  get liveness(): ConnectionLiveness | undefined {
    if (this.#heartbeat === undefined) return undefined;
    const { state, missed, rtt } = this.#heartbeat.stats();
    return { state, missed, rttMs: rtt.lastMs };
  }

  /** Requests have been open for an interval. */
  begin(): void {
    const { clock, options } = this.#shared;
    const { intervalMs, timeoutMs, tolerance } = options;
    this.#heartbeat = new Heartbeat({ probe: this, intervalMs, timeoutMs, tolerance, clock, holdsProcess: false });
    this.#heartbeat.on('down', () => this.#owner.heartbeatLost()).start();
  }

  /** Of {@link Probe}, as the next two. */
  attach(sink: ProbeSink): void {
    this.#sink = sink;
    this.#blocked = new BlockedWay(this.#shared.clock, this, this.#shared.writeMs, this);
  }

  send(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => this.#fail(signal.reason as Error), { once: true });
      this.#awaited = { resolve, reject };
      this.#readBytes = this.#socket.bytesRead ?? 0;
      this.#lookSoon();
      if (!this.#isOutstanding) this.#ping();
      this.#blocked?.signalled();
    });
  }

  close(): void {
    this.#fail(new AbortedError('no request is open'));
  }

  /** Of {@link Way}: the frame waits in the session until the socket has taken what was written before. */
  get isBlocked(): boolean {
    return this.#isOutstanding && (this.#session.state.outboundQueueSize ?? 0) > 0;
  }

  get progress(): number {
    return countTakenBytes(this.#socket);
  }

  /** Of {@link WaySink}. */
  onBlocked(isBlocked: boolean): void {
    this.#sink?.onBlocked(isBlocked);
  }

  onStalled(): void {
    this.#fail(lost('the client takes nothing of what waits for it'));
  }

  #ping(): void {
    this.#isOutstanding = true;
    const isSent = this.#session.ping((error) => {
      this.#isOutstanding = false;
      if (error === null) this.#acknowledged();
      else this.#fail(lost(error.message, error));
    });
    if (!isSent) this.#fail(lost('PING could not be sent'));
  }

  #acknowledged(): void {
    const awaited = this.#awaited;
    this.#settled();
    this.#blocked?.freed();
    awaited?.resolve();
  }

  #fail(error: Error): void {
    const awaited = this.#awaited;
    this.#settled();
    this.#blocked?.givenUp();
    awaited?.reject(error);
  }

  #settled(): void {
    this.#awaited = undefined;
    this.#timer?.stop();
    this.#timer = undefined;
  }

  /**
   * An acknowledgement may stand behind much that the client is sending. Bytes that come in are a sign of life, but the socket is the
   * session's, which does not tell of them: they are looked at when half of the time has passed.
   */
  #lookSoon(): void {
    this.#timer?.stop();
    this.#timer = this.#shared.clock.startTimer(this.#shared.options.timeoutMs / 2, () => {
      const { bytesRead = 0 } = this.#socket;
      if (bytesRead > this.#readBytes) this.#sink?.onReceived();
      this.#readBytes = bytesRead;
      this.#lookSoon();
    });
  }
}

function lost(message: string, cause?: Error): PerduraError {
  return new PerduraError('ERR_PERDURA_CONNECTION_LOST', message, cause === undefined ? {} : { cause });
}
