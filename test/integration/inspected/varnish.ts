// Varnish in front of a server of Node.js: https://varnish-cache.org/docs/7.1/reference/varnishd.html#timeout-idle. One timeout for silent,
// half-asked and idle connections; it tells nothing and counts nothing.
import type { KnownServer } from './known-server.ts';
import { inFrontOf, startProgram } from './known-server.ts';
import { startNodeServer } from './node.ts';

/** All servers of this kind. */
export function varnishServers(program: string): readonly KnownServer[] {
  const start = (timeoutSeconds: number) => async () => {
    const backend = await startNodeServer({ keepAliveTimeoutMs: 60_000 });
    const front = await startProgram(
      program,
      (files, port) => {
        const address = new URL(backend.url).host.replace(':', ' ').split(' ');
        const configuration = `vcl 4.1;\nbackend default { .host = "${address[0]}"; .port = "${address[1]}"; }\n`;
        const listen = ['-F', '-j', 'none', '-a', `127.0.0.1:${port}`, '-n', files.path('varnish')];
        const parameters = ['-p', `timeout_idle=${timeoutSeconds}`, '-s', 'malloc,16m'];
        return [...listen, ...parameters, '-f', files.write('default.vcl', configuration)];
      },
      '/',
    );
    return inFrontOf(front, backend);
  };
  return [
    {
      name: '2 s',
      start: start(2),
      truth: {
        http11Persistent: true,
        http10KeepAlive: true,
        http10ClosesByDefault: true,
        honoursClose: true,
        advertisedTimeoutMs: null,
        idleTimeoutMs: { ms: 2_000 },
        idleClose: 'fin',
        silentConnectTimeoutMs: { ms: 2_000 },
        silentConnectClose: 'fin',
        partialHeadTimeoutMs: { ms: 2_000 },
        maxRequests: null,
        requestsTried: 300,
        pipelining: 'ordered',
        headFraming: true,
      },
      options: { maxRequests: 300 },
    },
    {
      name: '5 s, its default',
      start: start(5),
      truth: { idleTimeoutMs: { ms: 5_000 }, silentConnectTimeoutMs: { ms: 5_000 } },
      options: { only: ['idle-timeout', 'silent-connection'], maxWaitMs: 7_000 },
    },
  ];
}
