// Servers over TLS that end with the test, and how they are inspected: by their name, and trusting the authority of the fixtures.
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createSecureServer, createServer as createHttp2Server } from 'node:http2';
import type { Http2SecureServer, Http2Server, SecureServerOptions, ServerOptions } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { Server, ServerOptions as HttpsOptions } from 'node:https';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { inspect } from '#src/inspect/index.js';
import type { InspectionReport, InspectOptions } from '#src/inspect/index.js';
import { certificate, identity } from '../io/opening.ts';

/** Enough for what the tests ask for, and short where nothing ends. */
const MAX_WAIT_MS = 2_500;

/** Inspects a server of localhost. Trusts the authority, unless the options say otherwise. */
export async function inspectLocal(
  scheme: 'http' | 'https',
  port: number,
  options: InspectOptions,
): Promise<InspectionReport> {
  const tls = { ca: certificate('authority') };
  return inspect(`${scheme}://127.0.0.1:${port}/`, { maxWaitMs: MAX_WAIT_MS, tls, ...options });
}

/** Listens on a free port of 127.0.0.1 until the test ends. */
async function listen(context: TestContext, server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const answerOk: RequestListener = (_request, response) => void response.end('ok\n');

/** node:https, with the certificate for localhost. */
export async function startHttps(
  context: TestContext,
  options: HttpsOptions = {},
  prepare: (server: Server) => void = () => {},
): Promise<number> {
  const server = createHttpsServer({ ...identity('localhost'), ...options }, answerOk);
  prepare(server);
  return listen(context, server);
}

/** node:http2 over TLS, which also speaks HTTP/1.1. */
export async function startSecureHttp2(
  context: TestContext,
  options: SecureServerOptions = {},
  prepare: (server: Http2SecureServer) => void = () => {},
): Promise<number> {
  const server = createSecureServer({ ...identity('localhost'), allowHTTP1: true, ...options });
  server.on('request', (_request, response) => void response.end('ok\n'));
  prepare(server);
  return listen(context, server);
}

/** Hands each connection to `onHttp2` where it begins with the preface of HTTP/2, and else to node:http. */
export async function startBothProtocols(
  context: TestContext,
  onHttp2: (socket: net.Socket) => void,
): Promise<{ readonly port: number }> {
  const http1 = createHttpServer(answerOk);
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return void socket.destroy();
      socket.unshift(first);
      if (first.toString('latin1').startsWith('PRI ')) onHttp2(socket);
      else http1.emit('connection', socket);
    });
  });
  return { port: await listen(context, server) };
}

/** node:http2 by prior knowledge, and node:http, on one port. */
export async function startCleartextHttp2(
  context: TestContext,
  options: ServerOptions = {},
  prepare: (server: Http2Server) => void = () => {},
): Promise<number> {
  const http2 = createHttp2Server(options);
  http2.on('request', (_request, response) => void response.end('ok\n'));
  prepare(http2);
  const { port } = await startBothProtocols(context, (socket) => void http2.emit('connection', socket));
  return port;
}
