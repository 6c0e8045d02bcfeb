// HAProxy in front of a server of Node.js: https://docs.haproxy.org/2.6/configuration.html#4-timeout%20http-keep-alive. It counts no
// requests, answers a silent connection with 408 unless it is told to ignore probes, and lets the Keep-Alive field of the server behind
// it through, which promises what HAProxy does not keep.
import type { KnownServer } from './known-server.ts';
import { inFrontOf, startProgram } from './known-server.ts';
import { startNodeServer } from './node.ts';

const BACKEND_TIMEOUT_MS = 60_000;

/** All servers of this kind. */
export function haproxyServers(program: string): readonly KnownServer[] {
  const start = (directives: string) => async () => {
    const backend = await startNodeServer({ keepAliveTimeoutMs: BACKEND_TIMEOUT_MS });
    const front = await startProgram(
      program,
      (files, port) => {
        const address = new URL(backend.url).host;
        return ['-db', '-f', files.write('haproxy.cfg', formatConfiguration(port, address, directives))];
      },
      '/',
    );
    return inFrontOf(front, backend);
  };
  return [
    {
      name: '1 s between requests, 2 s for a request',
      start: start('timeout http-keep-alive 1s\n  timeout http-request 2s'),
      truth: {
        http11Persistent: true,
        // Node.js behind it ends the connection of every HTTP/1.0 request, and HAProxy passes that on.
        http10KeepAlive: false,
        http10ClosesByDefault: true,
        honoursClose: true,
        advertisedTimeoutMs: BACKEND_TIMEOUT_MS,
        advertisedInConnection: false,
        idleTimeoutMs: { ms: 1_000 },
        idleClose: 'fin',
        silentConnectTimeoutMs: { ms: 2_000 },
        silentConnectClose: '408+fin',
        partialHeadTimeoutMs: { ms: 2_000 },
        partialHeadClose: '408+fin',
        maxRequests: null,
        requestsTried: 300,
        pipelining: 'ordered',
        headFraming: true,
        badRequestStatus: 400,
        badRequestCloses: true,
        // It knows the preface of HTTP/2 when it sees it.
        http2: true,
      },
      found: ['silent-408', 'idle-shorter-than-advertised', 'keep-alive-field-not-named'],
      options: { maxRequests: 300 },
    },
    {
      name: '5 s between requests, 3 s for a request, and probes ignored',
      start: start('timeout http-keep-alive 5s\n  timeout http-request 3s\n  option http-ignore-probes'),
      truth: {
        idleTimeoutMs: { ms: 5_000 },
        silentConnectTimeoutMs: { ms: 3_000 },
        silentConnectClose: 'fin',
      },
      notFound: ['silent-408'],
      options: { maxWaitMs: 7_000, only: ['idle-timeout', 'silent-connection'] },
    },
    {
      name: 'persistent connections off',
      start: start('option httpclose'),
      truth: { http11Persistent: false, http11CloseAnnounced: true },
      options: { maxWaitMs: 1_000 },
    },
  ];
}

function formatConfiguration(port: number, backend: string, directives: string): string {
  return `global
  maxconn 200
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
  ${directives}
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  server s1 ${backend}
`;
}
