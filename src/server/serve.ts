// Puts the parts together: listens, admits connections, and is the Server that its owner holds.
import { MisuseError } from '../errors.ts';
import type { CloseReason } from '../http/close-reason.ts';
import { formatAuthority } from '../http/origin.ts';
import { PendingConnections, WaitingRoom, listen } from '../io/index.ts';
import type { AcceptedConnection, Listener, ListenSink, Reception } from '../io/index.ts';
import type { ConnectionInfo } from '../trace.ts';
import { Admission } from './admission/admission.ts';
import type { DerivedValue } from './derived-value.ts';
import { Drain } from './shutdown/drain.ts';
import { Http2Connections } from './http2/accept.ts';
import { checkCloseOptions, resolveDrain } from './options/drain.ts';
import { resolveServeOptions } from './options.ts';
import { Pressure } from './admission/pressure.ts';
import type { PressureState } from './admission/pressure-plan.ts';
import { protectionSteps } from './admission/protection-steps.ts';
import type { ResolvedServeOptions, ServeOptions } from './options.ts';
import type { TlsOptions } from './options/tls.ts';
import type { CloseOptions, CloseReport, Server, TlsState } from './server.ts';
import type { ServedConnection } from './connection/served-connection.ts';
import { ServerConnection } from './connection/server-connection.ts';
import { ServerCore } from './server-core.ts';
import { ServerTls } from './server-tls.ts';
import type { ServerWarning } from './warning.ts';

/**
 * Starts a server. Resolves when it listens.
 *
 * @throws OptionError for options that make no sense, ListenError where the address cannot be taken, and whatever `onWarning` throws.
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const resolved = resolveServeOptions(options);
  const server = new RunningServer(resolved);
  for (const warning of [...resolved.warnings, ...(server.tls?.warnings ?? [])]) resolved.onWarning(warning);
  await server.listen();
  return server;
}

class RunningServer implements Server {
  readonly #options: ResolvedServeOptions;
  readonly #core: ServerCore;
  readonly #tls: ServerTls | undefined;
  readonly #waiting: WaitingRoom;
  readonly #admission: Admission;
  #listener: Listener | undefined;
  /** The one that was really taken. */
  #port: number | undefined;
  #isPassedOn = false;
  #drain: Drain | undefined;

  constructor(options: ResolvedServeOptions) {
    this.#options = options;
    this.#core = new ServerCore(options);
    if (options.tls !== undefined)
      this.#tls = new ServerTls(
        this.#core,
        options.tls,
        options.http2 === undefined ? ['http/1.1'] : ['h2', 'http/1.1'],
      );
    const { clock, schedule } = this.#core;
    const { timeouts } = options;
    // In the order of the wire: what comes before TLS is put before it.
    const steps = [...protectionSteps(options), ...(this.#tls === undefined ? [] : [this.#tls.step])];
    if (steps.length > 0) {
      const { handshakeMs: timeoutMs, lingerMs } = timeouts;
      this.#core.pending = new PendingConnections({ clock, schedule, timeoutMs, lingerMs, steps });
    }
    this.#waiting = new WaitingRoom({
      clock,
      schedule,
      timeoutMs: timeouts.headerMs,
      onExpired: (remote) => this.#admission.refuse(remote),
    });
    this.#admission = this.#watchRoom(this.#waiting);
    if (options.http2 !== undefined) this.#core.http2 = new Http2Connections(this.#core, options.http2);
    this.#core.onClosed = (connection, reason) => this.#onClosed(connection, reason);
    this.#core.onIdle = (connection) => this.#drain?.connectionIdle(connection);
  }

  /** Those who wait, those who are let in, and the pressure that both make. */
  #watchRoom(waiting: WaitingRoom): Admission {
    const core = this.#core;
    const admission = new Admission(core, {
      get count() {
        return waiting.count;
      },
      letIn: () => this.#listener?.letIn() === true,
    });
    const pressure = new Pressure(core, this.#options.resources);
    pressure.isRoomWanted = () => admission.wasRoomWanted();
    pressure.countOthers = () => (core.pending?.count ?? 0) + waiting.count;
    pressure.letIn = () => admission.letIn();
    core.pressure = pressure;
    return admission;
  }

  async listen(): Promise<void> {
    const { port, hostname, takeOver } = this.#options;
    const reception = { pending: this.#core.pending, waiting: this.#waiting };
    const sink: ListenSink = {
      admit: (newcomer) => this.#core.state !== 'closed' && this.#admission.admit(newcomer),
      accept: (connection) => this.#accept(connection),
      refused: ({ remote, reason, code }) => {
        this.#options.trace?.({ type: 'refused', remote, reason, ...(code === undefined ? {} : { code }) });
        this.#core.healthLane?.pendingEnded();
        this.#admission.letInFreely();
        this.#drain?.pendingEnded();
      },
    };
    if (takeOver === undefined) this.#listener = await listen({ port, hostname, ...reception }, sink);
    else if (takeOver instanceof RunningServer) this.#listener = takeOver.passOn(reception, sink);
    else throw new MisuseError('takeOver must be a server that serve() made');
    this.#port = this.#listener.port;
    this.#core.base = this.url.slice(0, -1);
  }

  /** Gives the listening socket away, and ends in good order whenever it is closed. @throws MisuseError where it has none any more */
  passOn(reception: Reception, sink: ListenSink): Listener {
    if (this.#listener === undefined || this.#isPassedOn || this.#drain !== undefined) {
      throw new MisuseError('takeOver needs a server that still listens: this one was closed, or taken over before');
    }
    this.#isPassedOn = true;
    return this.#listener.passOn(reception, sink);
  }

  get url(): string {
    const scheme = this.#tls === undefined ? 'http' : 'https';
    return `${scheme}://${formatAuthority(this.hostname, this.port, scheme)}/`;
  }

  get port(): number {
    return this.#port ?? this.#options.port;
  }

  get hostname(): string {
    return this.#options.hostname;
  }

  get state(): Server['state'] {
    return this.#core.state;
  }

  get warnings(): readonly ServerWarning[] {
    return this.#options.warnings;
  }

  get derived(): readonly DerivedValue[] {
    return this.#options.derived;
  }

  get pressure(): PressureState {
    return this.#core.pressure!.state;
  }

  get tls(): TlsState | undefined {
    return this.#tls?.state;
  }

  updateTls(options: TlsOptions): TlsState {
    if (this.#tls === undefined)
      throw new MisuseError('updateTls() needs a server that was started with the option tls');
    return this.#tls.update(options);
  }

  connections(): ConnectionInfo[] {
    return Array.from(this.#core.connections, (connection) => connection.info());
  }

  close(options: CloseOptions = {}): Promise<CloseReport> {
    if (this.#drain !== undefined) return this.#drain.report;
    try {
      checkCloseOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    const { deadlines, pending } = this.#core;
    this.#drain = new Drain(
      {
        clock: this.#core.clock,
        connections: this.#core.connections,
        pending,
        get latestIdle() {
          return deadlines.idle.last?.owner;
        },
        announce: () => this.#core.announceDraining(),
        stopListening: () => this.#listener?.stop(),
        onPhase: (phase) => {
          this.#core.state = phase;
          if (phase !== 'closed') return;
          this.#core.schedule.stop();
          this.#core.pressure?.stop();
        },
      },
      resolveDrain(options, this.#options.drain),
    );
    return this.#drain.report;
  }

  destroy(): void {
    void this.close({ drainMs: 0 });
    this.#drain?.abandon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept({ transport, tls, proxied }: AcceptedConnection): void {
    const core = this.#core;
    const tcpKeepAlive = this.#options.heartbeat?.tcpKeepAlive ?? false;
    if (tcpKeepAlive !== false) transport.keepAlive?.(tcpKeepAlive);
    const id = core.nextId();
    const provenance =
      tls === undefined && proxied === undefined
        ? undefined
        : { ...(tls === undefined ? {} : { tls }), ...(proxied === undefined ? {} : { proxied }) };
    const openedAtMs = core.clock.nowMs();
    const http2 =
      tls?.alpn === 'h2' && provenance !== undefined
        ? core.http2?.accept({ id, openedAtMs, provenance }, transport)
        : undefined;
    core.add(http2 ?? new ServerConnection(core, transport, id, provenance));
  }

  #onClosed(connection: ServedConnection, reason: CloseReason): void {
    this.#options.trace?.({ type: 'closed', connection: connection.info(), reason });
    this.#core.healthLane?.delete(connection);
    this.#admission.letInFreely();
    this.#drain?.connectionClosed(connection);
  }
}
