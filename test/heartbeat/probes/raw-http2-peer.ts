// A server of HTTP/2 that says what a test wants, frame by frame, in clear or behind TLS with ALPN.
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import { identity } from '../../io/opening.ts';
import { SETTINGS, frame } from '../../inspect/raw-http2-server.ts';

const PREFACE_BYTES = 24;
const PING_TYPE = 6;
const ACK = 1;

/** One connection of such a server. */
export interface RawPeer {
  readonly socket: Socket;
  /** Payloads of PINGs that are not acknowledged yet. */
  readonly pings: Buffer[];
  /** PINGs that came, in all, and acknowledgements of ours. */
  pinged: number;
  acknowledged: number;
  hasEnded: boolean;
}

/** See the head of the file. */
export interface RawHttp2Peer extends AsyncDisposable {
  readonly port: number;
  readonly connections: RawPeer[];
}

/** GOAWAY with an error code and a debug text (RFC 9113 §6.8). */
export function goaway(code: number, text = ''): Buffer {
  const payload = Buffer.alloc(8 + text.length);
  payload.writeUInt32BE(code, 4);
  payload.write(text, 8, 'latin1');
  return frame(PING_TYPE + 1, 0, 0, payload);
}

export const PING: Buffer = frame(PING_TYPE, 0, 0, Buffer.from('anybody?'));

/** The acknowledgement of the oldest PING. */
export function pong(peer: RawPeer): Buffer {
  return frame(PING_TYPE, ACK, 0, peer.pings.shift() ?? Buffer.alloc(8));
}

export interface RawPeerOptions {
  /** Speaks TLS, and offers these by ALPN. */
  readonly alpn?: readonly string[];
  /** What is said at first. Default: SETTINGS. */
  readonly greeting?: Buffer | string;
}

/** `onPing` is told of each PING; by default it is acknowledged. */
export async function startRawHttp2Peer(
  onPing: (peer: RawPeer) => void = (peer) => void peer.socket.write(pong(peer)),
  { alpn, greeting = SETTINGS }: RawPeerOptions = {},
): Promise<RawHttp2Peer> {
  const connections: RawPeer[] = [];
  const accept = (socket: Socket): void => {
    const peer: RawPeer = { socket, pings: [], pinged: 0, acknowledged: 0, hasEnded: false };
    connections.push(peer);
    let unread = Buffer.alloc(0);
    let isPrefaceOver = false;
    socket.on('error', () => {});
    socket.on('end', () => {
      peer.hasEnded = true;
    });
    socket.on('close', () => {
      peer.hasEnded = true;
    });
    socket.write(greeting);
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes]);
      if (!isPrefaceOver && unread.length >= PREFACE_BYTES) {
        isPrefaceOver = true;
        unread = unread.subarray(PREFACE_BYTES);
      }
      if (!isPrefaceOver) return;
      while (unread.length >= 9 && unread.length >= 9 + unread.readUIntBE(0, 3)) {
        const end = 9 + unread.readUIntBE(0, 3);
        const [, , , type, flags] = unread;
        if (type === PING_TYPE && flags === ACK) peer.acknowledged += 1;
        if (type === PING_TYPE && flags === 0) {
          peer.pinged += 1;
          peer.pings.push(Buffer.from(unread.subarray(9, end)));
          onPing(peer);
        }
        unread = unread.subarray(end);
      }
    });
  };
  const server =
    alpn === undefined
      ? net.createServer({ allowHalfOpen: true, noDelay: true }, accept)
      : tls.createServer({ ...identity('localhost'), ALPNProtocols: [...alpn] }, accept);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    [Symbol.asyncDispose]: async () => {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
