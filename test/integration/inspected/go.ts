// The HTTP server of Go: https://pkg.go.dev/net/http#Server. It tells nothing, counts nothing, and closes silent connections without a word.
import { ServerProcess } from '../reloading/server-process.ts';
import type { KnownServer } from './known-server.ts';

/** All servers of this kind; `program` is asked for the path of the compiled server when one is started. */
export function goServers(program: () => string): readonly KnownServer[] {
  const start = (idle: string, header: string, keepAlive: 'on' | 'off') => async () => {
    const server = new ServerProcess(program(), [idle, header, keepAlive]);
    const [, port] = await server.printed(/^port (\d+)$/m);
    return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: async () => server.stop('SIGKILL') };
  };
  return [
    {
      name: '1 s, 2 s for a head',
      start: start('1s', '2s', 'on'),
      truth: {
        http11Persistent: true,
        http10KeepAlive: true,
        http10ClosesByDefault: true,
        honoursClose: true,
        advertisedTimeoutMs: null,
        idleTimeoutMs: { ms: 1_000 },
        idleClose: 'fin',
        silentConnectTimeoutMs: { ms: 2_000 },
        silentConnectClose: 'fin',
        partialHeadTimeoutMs: { ms: 2_000 },
        maxRequests: null,
        requestsTried: 1_000,
        pipelining: 'ordered',
        headFraming: true,
        chunked: true,
        answerFraming: 'length',
        unreadBodyAnswered: true,
        notFoundStatus: 404,
        notFoundKept: true,
        badRequestStatus: 400,
        badRequestCloses: true,
        http2: false,
      },
    },
    {
      name: '4 s, 1 s for a head',
      start: start('4s', '1s', 'on'),
      truth: { idleTimeoutMs: { ms: 4_000 }, silentConnectTimeoutMs: { ms: 1_000 } },
      options: { only: ['idle-timeout', 'silent-connection'], maxWaitMs: 6_000 },
    },
    {
      name: 'persistent connections off',
      start: start('1s', '1s', 'off'),
      truth: { http11Persistent: false, http11CloseAnnounced: true },
      options: { maxWaitMs: 1_500 },
    },
  ];
}
