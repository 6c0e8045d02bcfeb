// Bodies that are too large to be held, the same in every run: a stream of bytes and its checksum.
import { createHash } from 'node:crypto';

/** One piece is 64 KiB of bytes that repeat nowhere near a buffer's size, so that a lost or swapped piece is seen. */
const PIECE_BYTES = 65_536;

function fillPiece(number: number): Buffer {
  const piece = Buffer.alloc(PIECE_BYTES);
  // xorshift32; the state must not be 0.
  let state = (number + 1) * 2_654_435_761;
  for (let at = 0; at < PIECE_BYTES; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    piece.writeInt32LE(state | 0, at);
  }
  return piece;
}

/** `bytes` bytes in pieces. */
export async function* payload(bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const piece = fillPiece(at / PIECE_BYTES);
    yield at + PIECE_BYTES <= bytes ? piece : piece.subarray(0, bytes - at);
  }
}

/** SHA-256 of whatever comes, in hexadecimal. */
export async function sha256Of(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
