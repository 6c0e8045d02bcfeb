// Our own server: what it promises is what an inspection must find.
import { serve } from '#src/server/index.js';
import type { ServeOptions } from '#src/server/index.js';
import type { KnownServer } from './known-server.ts';

/** All servers of this kind. */
export function perduraServers(): readonly KnownServer[] {
  const start = (options: Partial<ServeOptions>) => async () => {
    const server = await serve({
      port: 0,
      handler: ({ url }) =>
        new URL(url).pathname === '/'
          ? { status: 200, headers: { etag: '"one"', 'content-type': 'text/plain' }, body: 'hello\n' }
          : { status: 404, body: 'not here\n' },
      ...options,
    });
    return { url: server.url, [Symbol.asyncDispose]: async () => void (await server.close({ drainMs: 0 })) };
  };
  return [
    {
      name: '1 s, 1 request',
      start: start({ keepAliveTimeoutMs: 1_000, maxKeepAliveRequests: 1 }),
      truth: { http11Persistent: false, http11CloseAnnounced: true },
      options: { maxWaitMs: 1_000 },
    },
    {
      name: '2 s and a second of grace, 10 requests',
      start: start({
        keepAliveTimeoutMs: 2_000,
        maxKeepAliveRequests: 10,
        timeouts: { headerMs: 1_500, minRateBytesPerSecond: Infinity },
      }),
      truth: {
        http11Persistent: true,
        http10KeepAlive: true,
        http10ClosesByDefault: true,
        honoursClose: true,
        answersClose: true,
        advertisedTimeoutMs: 2_000,
        advertisedMax: 9,
        advertisedInConnection: true,
        maxCountsDown: true,
        idleTimeoutMs: { ms: 3_000 },
        idleClose: 'fin',
        silentConnectTimeoutMs: { ms: 1_500 },
        silentConnectClose: 'fin',
        partialHeadTimeoutMs: { ms: 1_500 },
        partialHeadClose: '408+fin',
        maxRequests: 10,
        maxRequestsAnnounced: true,
        pipelining: 'ordered',
        pipelinedAnswers: 5,
        headFraming: true,
        chunked: true,
        requestTrailers: true,
        answerFraming: 'length',
        halfCloseAnswered: true,
        unreadBodyAnswered: true,
        unreadBodyMisread: false,
        badRequestStatus: 400,
        badRequestCloses: true,
        notFoundStatus: 404,
        notFoundKept: true,
        acceptsMalformed: [],
        leadingEmptyLine: true,
        bytesBehindAnswer: false,
        http2: true,
      },
      notFound: [
        'idle-without-grace',
        'limit-lower-than-advertised',
        'limit-higher-than-advertised',
        'last-answer-unannounced',
      ],
    },
    {
      name: '6 s and no grace, a 408 before it closes',
      start: start({ keepAliveTimeoutMs: 6_000, keepAliveGraceMs: 0, idleClose: '408' }),
      truth: { idleTimeoutMs: { ms: 6_000 }, idleClose: '408+fin', maxRequests: null, requestsTried: 1_000 },
      found: ['idle-without-grace', 'idle-408'],
      options: { maxWaitMs: 8_000 },
    },
    {
      name: '1,000 requests',
      start: start({ maxKeepAliveRequests: 1_000 }),
      truth: { maxRequests: 1_000, maxRequestsAnnounced: true },
      options: { only: ['request-limit'], maxRequests: 1_001 },
    },
    {
      name: 'persistent connections off',
      start: start({ keepAlive: false }),
      truth: { http11Persistent: false, http11CloseAnnounced: true, http10KeepAlive: false },
      options: { maxWaitMs: 1_000 },
    },
  ];
}
