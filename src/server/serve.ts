// Puts the parts together: listens, admits connections, and is the Server that its owner holds.
import { OptionError } from '../errors.ts';
import type { CloseReason } from '../http/close-reason.ts';
import { formatAuthority } from '../http/origin.ts';
import { listen } from '../io/index.ts';
import type { AcceptedConnection, Listener } from '../io/index.ts';
import type { ConnectionInfo } from '../trace.ts';
import { Admission } from './admission.ts';
import { Drain } from './drain.ts';
import { resolveServeOptions } from './options.ts';
import type { ResolvedServeOptions, ServeOptions } from './options.ts';
import type { CloseOptions, CloseReport, Server } from './server.ts';
import type { ServedConnection } from './served-connection.ts';
import { ServerConnection } from './server-connection.ts';
import { ServerCore } from './server-core.ts';

/**
 * Starts a server. Resolves when it listens.
 *
 * @throws OptionError for options that make no sense, ListenError where the address cannot be taken.
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const server = new RunningServer(resolveServeOptions(options));
  await server.listen();
  return server;
}

class RunningServer implements Server {
  readonly #options: ResolvedServeOptions;
  readonly #core: ServerCore;
  #listener: Listener | undefined;
  #drain: Drain | undefined;
  #state: Server['state'] = 'accepting';

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
        admit: (newcomer) => this.#state !== 'closed' && admission.admit(newcomer),
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
    return this.#state;
  }

  connections(): ConnectionInfo[] {
    return Array.from(this.#core.connections, (connection) => connection.info());
  }

  close(options: CloseOptions = {}): Promise<CloseReport> {
    if (this.#drain !== undefined) return this.#drain.report;
    for (const name of ['drainMs', 'lameDuckMs', 'idleGraceMs'] as const) {
      const value = options[name];
      if (value !== undefined && !(typeof value === 'number' && value >= 0))
        return Promise.reject(new OptionError(name, `is ${value}, it must be 0 or more milliseconds`));
    }
    const { stopListeningFirst } = options;
    if (stopListeningFirst !== undefined && typeof stopListeningFirst !== 'boolean') {
      return Promise.reject(
        new OptionError('stopListeningFirst', `is ${String(stopListeningFirst)}, it must be true or false`),
      );
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
          this.#state = phase;
          if (phase === 'closed') this.#core.schedule.stop();
        },
      },
      options,
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
    this.#drain?.connectionClosed();
  }
}
