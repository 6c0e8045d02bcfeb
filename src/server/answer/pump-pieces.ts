// Sends the pieces of a body as fast as the peer takes them.
import type { ServerExchange } from '../exchange/server-exchange.ts';
import type { ExchangeLoopOwner } from '../exchange/exchange-loop-owner.ts';
import type { WireConnection } from '../../wire/index.ts';
import type { ChunkSource } from './chunk-source.ts';

/** The connection that a body goes out on. */
export interface BodyLane {
  readonly owner: ExchangeLoopOwner;
  readonly wire: WireConnection;
}

/** Sends all pieces from `first` on. Returns whether the end was reached; false where the answer was given up meanwhile. */
export async function pumpPieces(
  lane: BodyLane,
  exchange: ServerExchange,
  source: ChunkSource,
  first: Promise<Uint8Array | undefined>,
): Promise<boolean> {
  let next = first;
  for (;;) {
    lane.owner.settle();
    if (lane.owner.blocked) {
      // The piece is looked at below; until then nobody waits for it, and its failure would be an unhandled rejection.
      next.catch(() => {});
      await lane.owner.whenReady();
    }
    const piece = await next;
    if (exchange.progress !== 'sending') return false;
    if (piece === undefined) return true;
    sendPiece(lane, exchange, piece);
    next = source.next();
  }
}

/** Sends one piece. */
export function sendPiece(lane: BodyLane, exchange: ServerExchange, piece: Uint8Array): void {
  lane.wire.sendBody(exchange.wire, piece);
  exchange.bodyBytes += piece.length;
}
