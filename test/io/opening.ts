// What the tests of the connector share: an opening as a promise, servers that end with the test, and waiting without time.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import tls from 'node:tls';
import { Connector, systemClock } from '#src/io/index.js';
import type { ConnectionOpener, ConnectorOptions, ConnectTarget, OpenedConnection, Opening } from '#src/io/index.js';

/** Turns of the event loop, not time: the count only bounds a test that fails. */
const TURNS = 400_000;

/** Lets things happen until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    if (condition()) return;
    await nextTurn();
  }
  throw new Error('The condition never held.');
}

/** A connector with a long deadline of the machine's clock, unless the options say otherwise. */
export function makeConnector(options: Partial<ConnectorOptions> = {}): Connector {
  return new Connector({ clock: systemClock, connectTimeoutMs: 10_000, ...options });
}

export function target(port: number, parts: Partial<ConnectTarget> = {}): ConnectTarget {
  return { scheme: 'http', host: '127.0.0.1', port, socketPath: undefined, ...parts };
}

/** An opening with what its sink was told. */
export interface StartedOpening {
  readonly opening: Opening;
  /** `opened` or `failed`, each time that the sink was told. */
  readonly told: readonly string[];
  /** Rejects with what onOpenFailed is told. */
  readonly outcome: Promise<OpenedConnection>;
}

export function start(opener: ConnectionOpener, to: ConnectTarget): StartedOpening {
  const told: string[] = [];
  const { promise, resolve, reject } = withResolvers<OpenedConnection>();
  const opening = opener.open(to, {
    onOpened: (opened) => {
      told.push('opened');
      resolve(opened);
    },
    onOpenFailed: (error) => {
      told.push('failed');
      reject(error);
    },
  });
  // An opening that is expected to say nothing has nobody who waits.
  promise.catch(() => {});
  return { opening, told, outcome: promise };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

export function open(opener: ConnectionOpener, to: ConnectTarget): Promise<OpenedConnection> {
  return start(opener, to).outcome;
}

/** The error with which the opening fails. */
export async function failure(opener: ConnectionOpener, to: ConnectTarget): Promise<Error & { cause?: unknown }> {
  try {
    await open(opener, to);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It was opened.');
}

/** A server that listens, and the sockets that it accepted. */
export interface TestServer {
  readonly port: number;
  readonly sockets: readonly net.Socket[];
}

/** Where to listen; a free port of 127.0.0.1 unless said otherwise. */
export type ListenPlace = net.ListenOptions;

/** Listens until the test ends. Sockets are half-open, and read nothing unless `onSocket` makes them. */
export async function listenTcp(
  context: TestContext,
  onSocket: (socket: net.Socket) => void = () => {},
  place: ListenPlace = {},
): Promise<TestServer> {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(place.path === undefined ? { port: 0, host: '127.0.0.1', ...place } : place);
  await once(server, 'listening');
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  return { port: address !== null && typeof address === 'object' ? address.port : 0, sockets };
}

/** A server that speaks TLS on sockets that somebody else accepted. */
export function tlsAcceptor(
  options: tls.TlsOptions,
  onSocket: (socket: tls.TLSSocket) => void = () => {},
): (socket: net.Socket) => void {
  const server = tls.createServer({ allowHalfOpen: true, ...options }, (socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.on('tlsClientError', () => {});
  return (socket) => void server.emit('connection', socket);
}

/** A certificate of test/io/fixtures, with its key where it has one. */
export function certificate(name: string): Buffer {
  // Compiled, this file is build/test/io/opening.js.
  return readFileSync(path.resolve(import.meta.dirname, '../../../test/io/fixtures', `${name}.pem`));
}

/** Key and certificate for a server. */
export function identity(name: string): { readonly key: Buffer; readonly cert: Buffer } {
  return { key: certificate(name), cert: certificate(name) };
}
