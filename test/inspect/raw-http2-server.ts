// Servers that speak HTTP/2 frame by frame, as a test wants it, and HTTP/1.1 as usual to whoever begins with that.
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { startBothProtocols } from './tls-servers.ts';

const PREFACE_BYTES = 24;

/** A frame as RFC 9113 §4.1 lays it out. */
export function frame(type: number, flags: number, stream: number, payload: readonly number[] | Buffer = []): Buffer {
  const bytes = Buffer.from([0, 0, 0, type, flags, 0, 0, 0, 0, ...payload]);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes.writeUInt32BE(stream, 5);
  return bytes;
}

export const SETTINGS: Buffer = frame(4, 0, 0);
/** `:status: 200` and nothing else, which ends the stream. */
export const ANSWER: Buffer = frame(1, 0x5, 1, [0x88]);
export const PING: Buffer = frame(6, 0, 0, Buffer.from('anybody?'));

export function goaway(lastStream: number, code: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStream, 0);
  payload.writeUInt32BE(code, 4);
  return frame(7, 0, 0, payload);
}

/** What a frame is, as far as these servers care: its type, `ack` where it acknowledges. */
export type Heard = 'SETTINGS' | 'SETTINGS ack' | 'HEADERS' | 'PING' | 'PING ack' | 'GOAWAY' | 'other';

const HEARD: Readonly<Record<string, Heard>> = {
  '4,0': 'SETTINGS',
  '4,1': 'SETTINGS ack',
  '1,5': 'HEADERS',
  '6,0': 'PING',
  '6,1': 'PING ack',
  '7,0': 'GOAWAY',
};

/** `onFrame` is told each frame of a connection; by default nothing is answered. Returns the port and all that was heard. */
export async function startRawHttp2(
  context: TestContext,
  onFrame: (heard: Heard, socket: Socket) => void,
): Promise<{ readonly port: number; readonly heard: Heard[] }> {
  const log: Heard[] = [];
  const { port } = await startBothProtocols(context, (socket) => {
    let unread = Buffer.alloc(0);
    let isPrefaceOver = false;
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes]);
      if (!isPrefaceOver && unread.length >= PREFACE_BYTES) {
        isPrefaceOver = true;
        unread = unread.subarray(PREFACE_BYTES);
      }
      if (!isPrefaceOver) return;
      while (unread.length >= 9 && unread.length >= 9 + unread.readUIntBE(0, 3)) {
        const heard = HEARD[`${unread[3]},${unread[4]}`] ?? 'other';
        unread = unread.subarray(9 + unread.readUIntBE(0, 3));
        log.push(heard);
        onFrame(heard, socket);
      }
    });
  });
  return { port, heard: log };
}
