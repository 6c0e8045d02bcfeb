// Caddy, which is Go's server with settings of its own: https://caddyserver.com/docs/caddyfile/options#timeouts.
import type { KnownServer } from './known-server.ts';
import { startProgram } from './known-server.ts';
import type { ServedFiles } from '../reloading/served-files.ts';

/** All servers of this kind. */
export function caddyServers(program: string): readonly KnownServer[] {
  const start = (timeouts: string) => () =>
    startProgram(program, (files, port) => {
      files.write('Caddyfile', formatConfiguration(files, port, timeouts));
      return ['run', '--config', files.path('Caddyfile'), '--adapter', 'caddyfile'];
    });
  return [
    {
      name: '1 s, 2 s for a head',
      start: start('idle 1s\n      read_header 2s'),
      truth: {
        http11Persistent: true,
        http10KeepAlive: true,
        honoursClose: true,
        advertisedTimeoutMs: null,
        idleTimeoutMs: { ms: 1_000 },
        idleClose: 'fin',
        silentConnectTimeoutMs: { ms: 2_000 },
        silentConnectClose: 'fin',
        partialHeadTimeoutMs: { ms: 2_000 },
        maxRequests: null,
        requestsTried: 300,
        pipelining: 'ordered',
        headFraming: true,
        notModifiedFraming: true,
        answerFraming: 'length',
        notFoundStatus: 404,
        notFoundKept: true,
        badRequestStatus: 400,
      },
      options: { maxRequests: 300 },
    },
    {
      name: '6 s, 3 s for a head',
      start: start('idle 6s\n      read_header 3s'),
      truth: { idleTimeoutMs: { ms: 6_000 }, silentConnectTimeoutMs: { ms: 3_000 } },
      options: { only: ['idle-timeout', 'silent-connection'], maxWaitMs: 8_000 },
    },
  ];
}

function formatConfiguration(files: ServedFiles, port: number, timeouts: string): string {
  return `{
  admin off
  auto_https off
  storage file_system ${files.path('storage')}
  servers {
    timeouts {
      ${timeouts}
    }
  }
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  root * ${files.path('root')}
  file_server
}
`;
}
