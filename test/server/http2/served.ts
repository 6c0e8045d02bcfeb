// A server on loopback for tests of HTTP/2, with a clock that stands still unless time is left to pass by itself, and clients of frames.
// What clients do is real, so a test waits for what comes; only the server's time is the test's.
import type { TestContext } from 'node:test';
import { serve } from '#src/server/index.js';
import type { ServeOptions, Server } from '#src/server/index.js';
import type { ManualClock } from '#src/testing/index.js';
import { RawHttp2Client } from './raw-http2-client.ts';
import type { RawHttp2Options } from './raw-http2-client.ts';
import { TurningClock } from './turning-clock.ts';

export interface ServedHttp2 {
  readonly server: Server;
  readonly clock: ManualClock;
  /** `id reason` of each connection that ended. */
  readonly closed: readonly string[];
  /** Paths in the order in which handlers were asked. */
  readonly asked: readonly string[];
  /** Paths whose `request.signal` was aborted. */
  readonly aborted: readonly string[];
  /** Answers every request for `/held` that waits. */
  readonly release: () => void;
  readonly connect: (options?: RawHttp2Options) => Promise<RawHttp2Client>;
  /** Lets time pass, with what follows from it before it goes on. */
  readonly advance: (ms: number) => Promise<void>;
}

/** Everything is answered at once with its path, but `/held`, which waits for `release`. Waits of the system under test are the clock's. */
export async function serveHttp2(
  context: TestContext,
  options: Partial<ServeOptions> = {},
  time: 'stands still' | 'passes' = 'stands still',
): Promise<ServedHttp2> {
  const clock = new TurningClock();
  const closed: string[] = [];
  const asked: string[] = [];
  const aborted: string[] = [];
  let waiting: (() => void)[] = [];
  const server = await serve({
    port: 0,
    ...(time === 'stands still' && { clock }),
    handler: (request) => {
      const path = new URL(request.url).pathname;
      asked.push(path);
      if (path !== '/held') return { body: path };
      request.signal.addEventListener('abort', () => void aborted.push(path));
      return new Promise((resolve) => {
        waiting.push(() => resolve({ body: path }));
      });
    },
    trace: (event) => {
      if (event.type === 'closed') closed.push(`${event.connection.id} ${event.reason}`);
    },
    ...options,
  });
  const clients: RawHttp2Client[] = [];
  context.after(() => {
    for (const client of clients) client.destroy();
    server.destroy();
  });
  return {
    server,
    clock,
    closed,
    asked,
    aborted,
    release: () => {
      for (const answer of waiting) answer();
      waiting = [];
    },
    connect: async (given) => {
      const client = await RawHttp2Client.open(server.port, given);
      clients.push(client);
      return client;
    },
    advance: async (ms) => {
      clock.advance(ms);
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    },
  };
}

/** Waits for a condition that no event tells of; bounded by the runner's patience alone. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
