// Sends a stream to a server and keeps all that comes back, and how the connection ended.
import { setTimeout as delay } from 'node:timers/promises';
import { Peer } from '../harness/peer.ts';
import type { PeerEnding } from '../harness/peer.ts';
import { cutStream } from './stream.ts';
import type { WireStream } from './stream.ts';

export interface Received {
  readonly text: string;
  readonly ending: PeerEnding | 'open';
}

/** So that the pieces are read one by one. */
const BETWEEN_PIECES_MS = 3;
/** Behind FIN there is nothing to wait for. */
const END_WITHIN_MS = 4_000;

/** `quietMs`: how long nothing may come before the connection is called open. */
export async function sendStream(stream: WireStream, port: number, quietMs: number): Promise<Received> {
  const peer = await Peer.open({ port, tls: undefined });
  try {
    for (const [index, piece] of cutStream(stream).entries()) {
      if (index > 0) await delay(BETWEEN_PIECES_MS);
      peer.write(piece);
    }
    if (stream.endsAfter) peer.sendFin();
    let text = '';
    const withinMs = stream.endsAfter ? Math.max(END_WITHIN_MS, quietMs) : quietMs;
    while (peer.ending === undefined && (await peer.change(withinMs))) text += peer.take();
    return { text: text + peer.take(), ending: peer.ending ?? 'open' };
  } finally {
    peer.destroy();
  }
}
