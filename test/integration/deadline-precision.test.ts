// How exact deadlines are in real time, with thousands of connections that have one each. That none comes early is held against the server; how
// late they come depends on the machine and its other work, so it is told. That they are exact is for tests with a manual clock.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import { serve } from '#src/server/index.js';
import type { ServeOptions } from '#src/server/index.js';

const CONNECTIONS = 2_000;
/** They come spread over this time, so that their deadlines do, too. */
const SPREAD_MS = 3_000;
const DEADLINE_MS = 2_000;
interface Kind {
  readonly name: string;
  readonly send: string;
  readonly options: Omit<ServeOptions, 'handler' | 'fetch'>;
  /** How long after what was sent, or its answer, the server is to end the connection. */
  readonly dueMs: number;
}

const KINDS: readonly Kind[] = [
  { name: 'nothing said', send: '', options: { timeouts: { headerMs: DEADLINE_MS } }, dueMs: DEADLINE_MS },
  {
    name: 'half a head, its 500 bytes a second more',
    send: `GET / HTTP/1.1\r\nX: ${'x'.repeat(481)}`,
    options: { timeouts: { headerMs: DEADLINE_MS - 1_000 } },
    dueMs: DEADLINE_MS,
  },
  {
    name: 'half a body, its 250 bytes half a second more',
    send: `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n${'x'.repeat(250)}`,
    options: { timeouts: { bodyMs: DEADLINE_MS - 500 } },
    dueMs: DEADLINE_MS,
  },
  {
    name: 'an idle connection',
    send: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    options: { keepAliveTimeoutMs: DEADLINE_MS - 1_000, keepAliveGraceMs: 1_000 },
    dueMs: DEADLINE_MS,
  },
];

/** Times on the server: the client is in the same process, so its own clock would tell how late it is itself. */
async function measure({ send, options }: Kind): Promise<number[]> {
  const answeredAtMs = new Map<number, number>();
  const endedAfterMs: number[] = [];
  const sockets: net.Socket[] = [];
  await using server = await serve({
    port: 0,
    handler: async (request) => {
      await request.text().catch(() => {});
      return { body: 'ok' };
    },
    ...options,
    trace: (event) => {
      const nowMs = performance.now();
      if (event.type === 'exchange' && event.exchange.status === 200)
        answeredAtMs.set(event.exchange.connection.id, nowMs);
      if (event.type !== 'closed') return;
      const { id, ageMs } = event.connection;
      const answeredMs = answeredAtMs.get(id);
      // Its age is the server's own: between two looks at the clock a busy machine may do something else.
      endedAfterMs.push(answeredMs === undefined ? ageMs : nowMs - answeredMs);
    },
  });
  for (let i = 0; i < CONNECTIONS; i += 1) {
    setTimeout(
      () => {
        const socket = net.connect(server.port, '127.0.0.1', () => void (send !== '' && socket.write(send)));
        socket.resume().on('error', () => {});
        sockets.push(socket);
      },
      (SPREAD_MS * i) / CONNECTIONS,
    );
  }
  while (endedAfterMs.length < CONNECTIONS) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const socket of sockets) socket.destroy();
  return endedAfterMs.toSorted((one, other) => one - other);
}

describe(`of ${CONNECTIONS.toLocaleString('en')} connections`, () => {
  for (const kind of KINDS) {
    test(`${kind.name} is ended, and never before its deadline`, { timeout: 60_000 }, async (context) => {
      const afterMs = await measure(kind);
      const lateMs = afterMs.map((each) => each - kind.dueMs);
      const at = (share: number): number => lateMs[Math.floor((lateMs.length - 1) * share)]!;
      context.diagnostic(
        `late by ${at(0).toFixed(1)} to ${at(1).toFixed(1)} ms; median ${at(0.5).toFixed(1)}, 99 %: ${at(0.99).toFixed(1)}`,
      );
      assert.ok(at(0) > -2, `${at(0)} ms early`);
    });
  }
});
