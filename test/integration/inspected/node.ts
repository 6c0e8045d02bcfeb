// node:http in this process. It really waits a second longer than it says, counts requests exactly, and never keeps a client of HTTP/1.0.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { KnownServer, RunningServer } from './known-server.ts';

/** What is configured. */
export interface NodeOptions {
  readonly keepAliveTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
  readonly maxRequestsPerSocket?: number;
}

/** How often it looks for heads that take too long; 30 s by default. */
const CHECKING_INTERVAL_MS = 50;

/** Node.js adds it to what it advertises (`keepAliveTimeoutBuffer`). */
const BUFFER_MS = 1_000;

export async function startNodeServer(options: NodeOptions): Promise<RunningServer> {
  const server = createServer({ connectionsCheckingInterval: CHECKING_INTERVAL_MS }, (request, response) => {
    // Bodies are read and thrown away; only the root is there.
    request.resume();
    response.statusCode = request.url === '/' ? 200 : 404;
    response.setHeader('Content-Type', 'text/plain');
    response.setHeader('ETag', '"one"');
    if (request.headers['if-none-match'] === '"one"') response.statusCode = 304;
    response.end(response.statusCode === 304 ? undefined : 'hello\n');
  });
  const { keepAliveTimeoutMs, headersTimeoutMs, maxRequestsPerSocket } = options;
  if (keepAliveTimeoutMs !== undefined) server.keepAliveTimeout = keepAliveTimeoutMs;
  if (headersTimeoutMs !== undefined) server.headersTimeout = headersTimeoutMs;
  if (maxRequestsPerSocket !== undefined) server.maxRequestsPerSocket = maxRequestsPerSocket;
  return listening(server);
}

/** Starts to listen on a free port. */
export async function listening(server: Server): Promise<RunningServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** All servers of this kind. */
export function nodeServers(): readonly KnownServer[] {
  return [
    {
      name: '1 s, 5 requests, 2 s for a head',
      start: () => startNodeServer({ keepAliveTimeoutMs: 1_000, maxRequestsPerSocket: 5, headersTimeoutMs: 2_000 }),
      truth: {
        http11Persistent: true,
        http10KeepAlive: false,
        http10ClosesByDefault: true,
        honoursClose: true,
        closeIgnoredFor: [],
        advertisedTimeoutMs: 1_000,
        advertisedMax: 5,
        maxCountsDown: false,
        idleTimeoutMs: { ms: 1_000 + BUFFER_MS },
        idleClose: 'fin',
        silentConnectTimeoutMs: { ms: 2_000, gridMs: CHECKING_INTERVAL_MS },
        silentConnectClose: '408+fin',
        partialHeadTimeoutMs: { ms: 2_000, gridMs: CHECKING_INTERVAL_MS },
        partialHeadClose: '408+fin',
        maxRequests: 5,
        maxRequestsAnnounced: true,
        headFraming: true,
        notModifiedFraming: true,
        chunked: true,
        answerFraming: 'length',
        unreadBodyAnswered: true,
        unreadBodyKept: true,
        unreadBodyMisread: false,
        notFoundStatus: 404,
        notFoundKept: true,
        badRequestStatus: 400,
        badRequestCloses: true,
        http2: false,
      },
      found: ['http10-keep-alive-not-honoured', 'max-never-counts-down'],
      notFound: ['idle-shorter-than-advertised'],
    },
    {
      name: '5 s, its default on older versions',
      start: () => startNodeServer({ keepAliveTimeoutMs: 5_000 }),
      truth: {
        advertisedTimeoutMs: 5_000,
        idleTimeoutMs: { ms: 5_000 + BUFFER_MS },
        maxRequests: null,
        pipelining: 'ordered',
        pipelinedAnswers: 5,
      },
      found: ['idle-shorter-than-hop'],
      options: { maxWaitMs: 8_000, maxRequests: 300, behind: 'aws-alb' },
    },
    {
      name: 'persistent connections off',
      start: async () => {
        const server = createServer((_request, response) => {
          response.setHeader('Connection', 'close');
          response.end('hello\n');
        });
        return listening(server);
      },
      truth: { http11Persistent: false, http11CloseAnnounced: true, advertisedTimeoutMs: null },
      options: { maxWaitMs: 1_000 },
    },
  ];
}
