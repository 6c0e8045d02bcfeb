// What of a body in pieces is at hand within this turn of the event loop.
import type { Clock } from '../../io/index.ts';
import type { ChunkSource } from './chunk-source.ts';

/** All of it, or its first piece, if that came in time, and the one that is awaited. */
export type EarlyPieces =
  | { readonly whole: Uint8Array }
  | { readonly first: Uint8Array | undefined; readonly next: Promise<Uint8Array | undefined> };

/**
 * Many sources hold one piece that is there at once (a global Response made of text, for one): those can be sent with their
 * length and in one write. Whatever takes longer than this turn of the event loop is streamed, its head going first.
 */
export async function peekWhole(
  clock: Clock,
  firstPiece: Promise<Uint8Array | undefined>,
  source: ChunkSource,
): Promise<EarlyPieces> {
  const first = await withinTurn(clock, firstPiece);
  if (first === 'later') return { first: undefined, next: firstPiece };
  if (first === undefined) return { whole: new Uint8Array(0) };
  const secondPiece = source.next();
  const second = await withinTurn(clock, secondPiece);
  return second === undefined ? { whole: first } : { first, next: secondPiece };
}

function withinTurn(clock: Clock, piece: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined | 'later'> {
  return new Promise((resolve, reject) => {
    piece.then(resolve, reject);
    clock.endOfTurn(() => resolve('later'));
  });
}
