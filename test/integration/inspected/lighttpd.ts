// lighttpd: https://redmine.lighttpd.net/projects/lighttpd/wiki/Server_max-keep-alive-idleDetails. It looks at its timeouts once a second,
// and closes when they are exceeded.
import type { KnownServer } from './known-server.ts';
import { startProgram } from './known-server.ts';
import type { ServedFiles } from '../reloading/served-files.ts';

/** From one look at the clock to the one at which a whole second more has gone. */
const GRID_MS = 2_000;

/** All servers of this kind. */
export function lighttpdServers(program: string): readonly KnownServer[] {
  const start = (idleSeconds: number, requests: number) => () =>
    startProgram(program, (files, port) => {
      files.write('lighttpd.conf', formatConfiguration(files, port, idleSeconds, requests));
      return ['-D', '-f', files.path('lighttpd.conf')];
    });
  return [
    {
      name: '2 s, 10 requests',
      start: start(2, 10),
      truth: {
        http11Persistent: true,
        http10KeepAlive: true,
        http10ClosesByDefault: true,
        honoursClose: true,
        advertisedTimeoutMs: null,
        idleTimeoutMs: { ms: 2_000, gridMs: GRID_MS },
        idleClose: 'fin',
        // It counts the requests behind the first one.
        maxRequests: 11,
        maxRequestsAnnounced: true,
        pipelining: 'ordered',
        headFraming: true,
        notModifiedFraming: true,
        answerFraming: 'length',
        notFoundStatus: 404,
        notFoundKept: true,
        badRequestStatus: 400,
      },
      options: { maxWaitMs: 5_000 },
    },
    {
      name: '5 s, 1,000 requests',
      start: start(5, 1_000),
      truth: { idleTimeoutMs: { ms: 5_000, gridMs: GRID_MS }, maxRequests: 1_001, maxRequestsAnnounced: true },
      options: { only: ['idle-timeout', 'request-limit'], maxWaitMs: 9_000, maxRequests: 1_100 },
    },
    {
      name: 'persistent connections off',
      start: start(5, 0),
      truth: { http11Persistent: false, http11CloseAnnounced: true, http10KeepAlive: false },
      options: { maxWaitMs: 1_000 },
    },
  ];
}

function formatConfiguration(files: ServedFiles, port: number, idleSeconds: number, requests: number): string {
  return `server.document-root = "${files.path('root')}"
server.port = ${port}
server.bind = "127.0.0.1"
server.errorlog = "${files.path('error.log')}"
server.pid-file = "${files.path('lighttpd.pid')}"
server.upload-dirs = ("${files.folder}")
server.max-keep-alive-idle = ${idleSeconds}
server.max-keep-alive-requests = ${requests}
mimetype.assign = (".txt" => "text/plain")
`;
}
