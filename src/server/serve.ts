// Puts the parts together: listens, admits connections, and is the Server that its owner holds.
import type { CloseReason } from '../http/close-reason.ts';
import { formatAuthority } from '../http/origin.ts';
import { listen } from '../io/index.ts';
import type { AcceptedConnection, Listener } from '../io/index.ts';
import type { ConnectionInfo } from '../trace.ts';
import { Admission } from './admission.ts';
import type { DerivedValue } from './derived-value.ts';
import { Drain } from './drain.ts';
import { checkCloseOptions, resolveDrain } from './options/drain.ts';
import { resolveServeOptions } from './options.ts';
import type { ResolvedServeOptions, ServeOptions } from './options.ts';
import type { CloseOptions, CloseReport, Server } from './server.ts';
import type { ServedConnection } from './served-connection.ts';
import { ServerConnection } from './server-connection.ts';
import { ServerCore } from './server-core.ts';
import type { ServerWarning } from './warning.ts';

/**
 * Starts a server. Resolves when it listens.
 *
 * @throws OptionError for options that make no sense, ListenError where the address cannot be taken, and whatever `onWarning` throws.
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const resolved = resolveServeOptions(options);
  for (const warning of resolved.warnings) resolved.onWarning(warning);
  const server = new RunningServer(resolved);
  await server.listen();
  return server;
}

class RunningServer implements Server {
  readonly #options: ResolvedServeOptions;
  readonly #core: ServerCore;
  #listener: Listener | undefined;
  #drain: Drain | undefined;

  constructor(options: ResolvedServeOptions) {
    this.#options = options;
    this.#core = new ServerCore(options);
    this.#core.onClosed = (connection, reason) => this.#onClosed(connection, reason);
    this.#core.onIdle = (connection) => this.#drain?.connectionIdle(connection);
  }

  async listen(): Promise<void> {
    const { port, hostname } = this.#options;
    const admission = new Admission(this.#core);
    this.#listener = await listen(
      { port, hostname },
      {
        admit: (newcomer) => this.#core.state !== 'closed' && admission.admit(newcomer),
        accept: (connection) => this.#accept(connection),
      },
    );
    this.#core.base = this.url.slice(0, -1);
  }

  get url(): string {
    return `http://${formatAuthority(this.hostname, this.port, 'http')}/`;
  }

  get port(): number {
    return this.#listener?.port ?? this.#options.port;
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
    const { deadlines } = this.#core;
    this.#drain = new Drain(
      {
        clock: this.#core.clock,
        connections: this.#core.connections,
        get latestIdle() {
          return deadlines.idle.last?.owner;
        },
        announce: () => {
          this.#core.draining = true;
          for (const connection of this.#core.connections) connection.announceDraining();
        },
        stopListening: () => this.#listener?.stop(),
        onPhase: (phase) => {
          this.#core.state = phase;
          if (phase === 'closed') this.#core.schedule.stop();
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

  #accept({ transport }: AcceptedConnection): void {
    this.#core.add(new ServerConnection(this.#core, transport, this.#core.nextId()));
  }

  #onClosed(connection: ServedConnection, reason: CloseReason): void {
    this.#options.trace?.({ type: 'closed', connection: connection.info(), reason });
    this.#core.healthLane?.delete(connection);
    this.#drain?.connectionClosed(connection);
  }
}
