// How idle connections over TLS end: with close_notify (`tls`), or with a FIN or an RST alone. nginx and node:https as they are, and
// servers that do what neither does.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '#src/io/index.js';
import { identity, tlsAcceptor, until } from '../io/opening.ts';
import { externalProgram } from '../support/external-program.ts';
import { startNginxOverTls } from './nginx-over-tls.ts';
import { plainAnswer } from './raw-server.ts';
import { inspectLocal, startHttps } from './tls-servers.ts';

const nginx = externalProgram('nginx');

/** Both sides of an idle connection of such a server: TLS, and the socket under it. */
type EndIdle = (tls: TLSSocket, raw: net.Socket) => void;

const IDLE_MS = 400;

/** A server that answers, and ends each connection after a while as it is told. */
async function startTlsServer(context: TestContext, endIdle: EndIdle): Promise<number> {
  const raws: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (raw) => {
    raws.push(raw);
    raw.on('error', () => {});
    const accept = tlsAcceptor(identity('localhost'), (socket) => {
      let timer: NodeJS.Timeout | undefined;
      socket.on('data', () => {
        clearTimeout(timer);
        socket.write(plainAnswer());
        timer = setTimeout(() => endIdle(socket, raw), IDLE_MS);
      });
      socket.on('end', () => socket.end());
    });
    accept(raw);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    for (const raw of raws) raw.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const ENDINGS: readonly (readonly [string, string, EndIdle])[] = [
  ['tls', 'peerCloseNotify', (tls) => tls.end()],
  ['408+tls', 'peerCloseNotify', (tls) => tls.end(plainAnswer('', 'Connection: close\r\n', '408 Request Timeout'))],
  ['fin', 'peerFin', (_tls, raw) => raw.end()],
  ['rst', 'peerReset', (_tls, raw) => raw.resetAndDestroy()],
  [
    '408+fin',
    'peerFin',
    (tls, raw) => tls.write(plainAnswer('', 'Connection: close\r\n', '408 Request Timeout'), () => raw.end()),
  ],
];

function near(measuredMs: number | null, expectedMs: number): void {
  // A busy machine tells of answers and of ends late; a quiet one of both within some milliseconds.
  const allowedMs = Math.max(250, 0.03 * expectedMs);
  assert.ok(measuredMs !== null && Math.abs(measuredMs - expectedMs) <= allowedMs, `${measuredMs}, not ${expectedMs}`);
}

describe('an idle connection over TLS', () => {
  for (const [style, end, endIdle] of ENDINGS) {
    test(`that ends with ${style} is told so`, async (context) => {
      const port = await startTlsServer(context, endIdle);
      const { measurements, connections } = await inspectLocal('https', port, { only: ['idle-timeout'] });
      assert.equal(measurements.idleClose, style);
      near(measurements.idleTimeoutMs, IDLE_MS);
      assert.equal(connections.at(-1)?.end, end);
    });
  }

  test('of nginx ends with close_notify, but a half-sent request with a FIN alone', { ...nginx }, async () => {
    await using server = await startNginxOverTls(nginx.path, 'keepalive_timeout 500ms; client_header_timeout 1s;');
    const { measurements } = await inspectLocal('https', server.port, {
      only: ['idle-timeout', 'silent-connection', 'partial-head'],
    });
    assert.deepEqual(
      [measurements.idleClose, measurements.silentConnectClose, measurements.partialHeadClose],
      ['tls', 'tls', 'fin'],
    );
    near(measurements.idleTimeoutMs, 500);
    near(measurements.silentConnectTimeoutMs, 1_000);
    near(measurements.partialHeadTimeoutMs, 1_000);
  });

  test('of node:https ends with a FIN alone', async (context) => {
    // Versions differ in how much longer than they are told they wait: the server says itself how long it was.
    let idleMs = 0;
    const port = await startHttps(context, {}, (server) => {
      server.keepAliveTimeout = 500;
      server.on('request', ({ socket }, response) =>
        response.once('finish', () => {
          const answeredMs = systemClock.nowMs();
          socket.once('close', () => (idleMs = systemClock.nowMs() - answeredMs));
        }),
      );
    });
    const { measurements } = await inspectLocal('https', port, { only: ['idle-timeout'] });
    assert.equal(measurements.idleClose, 'fin');
    await until(() => idleMs >= 500);
    near(measurements.idleTimeoutMs, idleMs);
  });
});
