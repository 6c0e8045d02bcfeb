// The two servers that a listener of node:http can run on, side by side: that of Node.js, and ours behind perdura/node.
import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer } from '#src/adapters/node/index.js';
import type { NodeServer, NodeServerOptions, RequestListener } from '#src/adapters/node/index.js';
import { AnswerReader } from '../integration/read-answers.js';
import type { ReceivedAnswer } from '../integration/read-answers.js';
import { RawConnection } from '../support/raw-client.js';

export type Engine = 'node:http' | 'perdura/node';

export const ENGINES: readonly Engine[] = ['node:http', 'perdura/node'];

/** A server that listens; what went wrong in listeners stands in `errors`, where the engine tells of it. */
export interface Listening {
  readonly port: number;
  readonly url: string;
  readonly errors: readonly unknown[];
  readonly server: http.Server | NodeServer;
}

/** Starts a listener on an engine, on a free port of loopback; it is closed with the test. */
export async function listen(
  t: TestContext,
  engine: Engine,
  listener: RequestListener | undefined,
  options: NodeServerOptions = {},
): Promise<Listening> {
  const errors: unknown[] = [];
  const server =
    engine === 'node:http'
      ? http.createServer(listener)
      : createServer(
          { ...options, serve: { onError: (error) => void errors.push(error), ...options.serve } },
          listener,
        );
  return { ...(await listenOn(t, server)), errors };
}

/** The same for a server that exists. */
export async function listenOn(t: TestContext, server: http.Server | NodeServer): Promise<Listening> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, errors: [], server };
}

/** Only of perdura/node. */
export function listenPerdura(
  t: TestContext,
  listener: RequestListener | undefined,
  options?: NodeServerOptions,
): Promise<Listening> {
  return listen(t, 'perdura/node', listener, options);
}

/** Sends the bytes of requests and reads as many answers; whether they are to HEAD is told in order. */
export async function exchange(
  port: number,
  bytes: string,
  heads: readonly boolean[] = [false],
): Promise<ReceivedAnswer[]> {
  const connection = await RawConnection.open(port);
  try {
    connection.write(bytes);
    const reader = new AnswerReader();
    const answers: ReceivedAnswer[] = [];
    for (const isHead of heads) answers.push(await readAnswer(connection, reader, isHead));
    return answers;
  } finally {
    connection.destroy();
  }
}

/** Reads one answer from a connection. */
export async function readAnswer(
  connection: RawConnection,
  reader: AnswerReader,
  isHead = false,
): Promise<ReceivedAnswer> {
  for (;;) {
    const answer = reader.next(isHead, connection.ending !== undefined);
    if (answer !== undefined) return answer;
    if (connection.ending !== undefined) throw new Error(`no whole answer came\n${connection.transcript}`);
    reader.push(await connection.readUntil(/[^]+/).catch(() => connection.readToEnd()));
  }
}

/** One request without a body, as text. */
export function get(path: string, fields = '', method = 'GET'): string {
  return `${method} ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
}

/** One request with a body of known length. */
export function post(path: string, body: string, fields = ''): string {
  return `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;
}

/** A promise that the test resolves. */
export function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve = (_value: Value): void => {};
  const promise = new Promise<Value>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
