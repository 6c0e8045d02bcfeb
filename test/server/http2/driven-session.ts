// One session of node:http2 on loopback with what ends it and what guards it, a clock that the test moves, and a client of frames. The
// server around it is not there: what the parts promise is looked at alone.
import { once } from 'node:events';
import http2 from 'node:http2';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { ManualClock } from '#src/testing/index.js';
import { RawHttp2Client } from './raw-http2-client.ts';
import type { RawHttp2Options } from './raw-http2-client.ts';
import { TurningClock } from './turning-clock.ts';

export interface DrivenSession {
  readonly clock: ManualClock;
  readonly client: RawHttp2Client;
  readonly session: ServerHttp2Session;
  readonly socket: Socket;
  /** Streams in the order in which they began; nobody has answered them. */
  readonly streams: readonly ServerHttp2Stream[];
  /** Codes with which streams ended, in order. */
  readonly closed: readonly number[];
}

/** `onSession` is called before the session has heard a byte. */
export async function driveSession(
  context: TestContext,
  onSession: (session: ServerHttp2Session, clock: ManualClock, socket: Socket) => void = () => {},
  options: RawHttp2Options = {},
): Promise<DrivenSession> {
  const clock = new TurningClock();
  const streams: ServerHttp2Stream[] = [];
  const closed: number[] = [];
  let resolve = (_opened: { session: ServerHttp2Session; socket: Socket }): void => {};
  const opened = new Promise<{ session: ServerHttp2Session; socket: Socket }>((fulfil) => {
    resolve = fulfil;
  });
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const session = http2.performServerHandshake(socket);
    session.on('error', () => {});
    socket.on('error', () => {});
    session.on('stream', (stream) => {
      streams.push(stream);
      stream.on('error', () => {});
      stream.on('close', () => void closed.push(stream.rstCode));
    });
    onSession(session, clock, socket);
    resolve({ session, socket });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = await RawHttp2Client.open((server.address() as AddressInfo).port, options);
  const { session, socket } = await opened;
  context.after(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  await client.next('SETTINGS');
  return { clock, client, session, socket, streams, closed };
}

/** Answers a stream with its number. */
export function answer(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200 });
  stream.end(`answer ${stream.id}`);
}
