// A server on loopback that remembers what happened on each of its connections, so that a test can say what a client did.
import { serve } from '#src/server/index.js';
import type { CloseReason, ExchangeRecord, ServeOptions, Server, TraceEvent } from '#src/server/index.js';

/** The story of one connection. */
export interface ConnectionStory {
  readonly id: number;
  readonly exchanges: ExchangeRecord[];
  /** Undefined while it is open. */
  closed: CloseReason | undefined;
}

/** See the head of the file. */
export class TracedServer {
  readonly server: Server;
  readonly #stories: Map<number, ConnectionStory>;
  readonly #closedWaiters: Set<() => void>;

  private constructor(server: Server, stories: Map<number, ConnectionStory>, closedWaiters: Set<() => void>) {
    this.server = server;
    this.#stories = stories;
    this.#closedWaiters = closedWaiters;
  }

  static async start(options: ServeOptions): Promise<TracedServer> {
    const stories = new Map<number, ConnectionStory>();
    const closedWaiters = new Set<() => void>();
    const trace = (event: TraceEvent): void => {
      if (event.type === 'opened') {
        stories.set(event.connection.id, { id: event.connection.id, exchanges: [], closed: undefined });
      } else if (event.type === 'exchange') {
        stories.get(event.exchange.connection.id)?.exchanges.push(event.exchange);
      } else if (event.type === 'closed') {
        stories.get(event.connection.id)!.closed = event.reason;
        for (const look of closedWaiters) look();
      }
    };
    return new TracedServer(await serve({ port: 0, ...options, trace }), stories, closedWaiters);
  }

  get port(): number {
    return this.server.port;
  }

  /** The URL of a path that begins with a slash. */
  url(path: string): string {
    return new URL(path, this.server.url).href;
  }

  get stories(): ConnectionStory[] {
    return [...this.#stories.values()];
  }

  get exchanges(): ExchangeRecord[] {
    return this.stories.flatMap((story) => story.exchanges);
  }

  /** How many answers each connection got, in the order in which they were opened. */
  get answersPerConnection(): number[] {
    return this.stories.map((story) => story.exchanges.length);
  }

  /** Why each connection ended, in the order in which they were opened. */
  get closeReasons(): (CloseReason | undefined)[] {
    return this.stories.map((story) => story.closed);
  }

  /** Forgets what happened so far. Connections that are open live on, untold. */
  forget(): void {
    this.#stories.clear();
  }

  /** Resolves when no connection is open. */
  async quiet(): Promise<void> {
    while (this.server.connections().length > 0) {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#closedWaiters.delete(look);
          resolve();
        };
        this.#closedWaiters.add(look);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close({ drainMs: 0 });
  }
}
