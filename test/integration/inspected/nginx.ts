// nginx: https://nginx.org/en/docs/http/ngx_http_core_module.html has its settings. It counts requests exactly and says nothing of its
// idle timeout unless it is told to, in the second argument of `keepalive_timeout`.
import type { KnownServer } from './known-server.ts';
import { startProgram } from './known-server.ts';
import type { ServedFiles } from '../reloading/served-files.ts';

/** All servers of this kind. */
export function nginxServers(program: string): readonly KnownServer[] {
  const start = (directives: string) => () =>
    startProgram(program, (files, port) => {
      files.write('nginx.conf', formatConfiguration(files, port, directives));
      return ['-p', files.folder, '-e', files.path('error.log'), '-c', files.path('nginx.conf')];
    });
  return [
    {
      name: 'one second, one request',
      start: start('keepalive_timeout 1s; keepalive_requests 1; client_header_timeout 2s;'),
      truth: {
        http11Persistent: false,
        http11CloseAnnounced: true,
        silentConnectTimeoutMs: { ms: 2_000 },
        silentConnectClose: 'fin',
      },
      found: ['closes-after-each-answer'],
    },
    {
      name: '3 s that it tells, 10 requests',
      start: start('keepalive_timeout 3s 3s; keepalive_requests 10; client_header_timeout 4s;'),
      truth: {
        http11Persistent: true,
        http10KeepAlive: true,
        http10ClosesByDefault: true,
        honoursClose: true,
        answersClose: true,
        advertisedTimeoutMs: 3_000,
        advertisedMax: null,
        idleTimeoutMs: { ms: 3_000 },
        idleClose: 'fin',
        silentConnectTimeoutMs: { ms: 4_000 },
        silentConnectClose: 'fin',
        partialHeadTimeoutMs: { ms: 4_000 },
        partialHeadClose: 'fin',
        maxRequests: 10,
        maxRequestsAnnounced: true,
        pipelining: 'ordered',
        pipelinedAnswers: 5,
        headFraming: true,
        notModifiedFraming: true,
        chunked: true,
        answerFraming: 'length',
        halfCloseAnswered: true,
        unreadBodyAnswered: true,
        unreadBodyMisread: false,
        badRequestStatus: 400,
        badRequestCloses: true,
        notFoundStatus: 404,
        notFoundKept: true,
        tooLargeStatus: 413,
        http2: false,
      },
      found: ['request-limit-low'],
      notFound: ['last-answer-unannounced', 'idle-shorter-than-advertised'],
    },
    {
      name: '10 s, 1,000 requests, which are its defaults for these',
      start: start('keepalive_timeout 10s; client_header_timeout 1s;'),
      truth: {
        advertisedTimeoutMs: null,
        idleTimeoutMs: { ms: 10_000 },
        silentConnectTimeoutMs: { ms: 1_000 },
        maxRequests: 1_000,
        maxRequestsAnnounced: true,
      },
      notFound: ['request-limit-low', 'last-answer-unannounced'],
      options: { maxRequests: 1_100 },
    },
    {
      name: '1 s, while it tells 10 s',
      start: start('keepalive_timeout 1s 10s;'),
      truth: { advertisedTimeoutMs: 10_000, idleTimeoutMs: { ms: 1_000 }, silentConnectTimeoutMs: null },
      found: ['idle-shorter-than-advertised'],
      options: { maxWaitMs: 3_000 },
    },
    {
      name: 'persistent connections off',
      start: start('keepalive_timeout 0;'),
      truth: { http11Persistent: false, http11CloseAnnounced: true, http10KeepAlive: false, idleTimeoutMs: null },
      found: ['closes-after-each-answer'],
      options: { maxWaitMs: 1_000 },
    },
  ];
}

function formatConfiguration(files: ServedFiles, port: number, directives: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${files.path(name)};`,
  );
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${files.path('nginx.pid')};
events { worker_connections 256; }
http {
  ${paths.join('\n  ')}
  access_log off;
  types { text/plain txt; }
  server {
    listen 127.0.0.1:${port};
    root ${files.path('root')};
    ${directives}
  }
}
`;
}
