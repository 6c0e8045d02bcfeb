// Apache httpd: https://httpd.apache.org/docs/2.4/mod/core.html#keepalive. It tells its timeout and what is left of its limit; the
// first answer is not counted, so `MaxKeepAliveRequests 10` gives eleven.
import type { KnownServer } from './known-server.ts';
import { startProgram } from './known-server.ts';
import type { ServedFiles } from '../reloading/served-files.ts';

/** Where Debian keeps the modules. */
const MODULES = '/usr/lib/apache2/modules';

/** All servers of this kind. */
export function apacheServers(program: string): readonly KnownServer[] {
  const start = (directives: string) => () =>
    startProgram(program, (files, port) => {
      files.write('httpd.conf', formatConfiguration(files, port, directives));
      return ['-d', files.folder, '-f', files.path('httpd.conf'), '-DFOREGROUND'];
    });
  return [
    {
      name: '1 s, 10 requests',
      start: start('KeepAlive On\nKeepAliveTimeout 1\nMaxKeepAliveRequests 10\nRequestReadTimeout header=3'),
      truth: {
        http11Persistent: true,
        http10KeepAlive: true,
        http10ClosesByDefault: true,
        honoursClose: true,
        answersClose: true,
        advertisedTimeoutMs: 1_000,
        advertisedMax: 10,
        advertisedInConnection: true,
        maxCountsDown: true,
        idleTimeoutMs: { ms: 1_000 },
        idleClose: 'fin',
        partialHeadTimeoutMs: { ms: 3_000 },
        partialHeadClose: '408+fin',
        maxRequests: 11,
        maxRequestsAnnounced: true,
        pipelining: 'ordered',
        headFraming: true,
        notModifiedFraming: true,
        chunked: true,
        answerFraming: 'length',
        halfCloseAnswered: true,
        unreadBodyAnswered: true,
        unreadBodyKept: true,
        unreadBodyMisread: false,
        badRequestStatus: 400,
        badRequestCloses: true,
        notFoundStatus: 404,
        notFoundKept: true,
        http2: false,
      },
      notFound: ['last-answer-unannounced', 'limit-lower-than-advertised', 'limit-higher-than-advertised'],
    },
    {
      name: '5 s and 100 requests, its defaults',
      start: start('RequestReadTimeout header=2'),
      truth: {
        advertisedTimeoutMs: 5_000,
        advertisedMax: 100,
        idleTimeoutMs: { ms: 5_000 },
        partialHeadTimeoutMs: { ms: 2_000 },
        maxRequests: 101,
        maxRequestsAnnounced: true,
      },
      options: { maxWaitMs: 7_000 },
    },
    {
      name: '10 s in milliseconds, any number of requests',
      start: start('KeepAliveTimeout 10000ms\nMaxKeepAliveRequests 0\nRequestReadTimeout header=2'),
      truth: {
        advertisedTimeoutMs: 10_000,
        advertisedMax: null,
        idleTimeoutMs: { ms: 10_000 },
        maxRequests: null,
        requestsTried: 300,
      },
      options: { maxWaitMs: 12_000, maxRequests: 300 },
    },
    {
      name: 'persistent connections off',
      start: start('KeepAlive Off'),
      truth: { http11Persistent: false, http11CloseAnnounced: true, http10KeepAlive: false },
      found: ['closes-after-each-answer'],
      options: { maxWaitMs: 1_000 },
    },
  ];
}

function formatConfiguration(files: ServedFiles, port: number, directives: string): string {
  const modules = ['mpm_event', 'authz_core', 'mime', 'reqtimeout'].map(
    (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`,
  );
  // Apache does not serve as root.
  const user = process.getuid?.() === 0 ? 'User nobody\nGroup nogroup' : '';
  return `${modules.join('\n')}
${user}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
# Without it the kernel keeps silent connections from Apache.
AcceptFilter http none
DefaultRuntimeDir ${files.folder}
PidFile ${files.path('apache.pid')}
ErrorLog ${files.path('error.log')}
TypesConfig /dev/null
AddType text/plain .txt
DocumentRoot ${files.path('root')}
<Directory ${files.path('root')}>
  Require all granted
</Directory>
${directives}
StartServers 1
ServerLimit 4
ThreadsPerChild 16
MaxRequestWorkers 64
`;
}
