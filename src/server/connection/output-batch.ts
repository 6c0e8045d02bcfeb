// Collects what one read batch is answered with, so that it leaves in one write: a system call costs more than an answer.
import type { Transport } from '../../io/transport.ts';
import type { WireOutput } from '../../wire/index.ts';

/** Up to here pieces are copied into one buffer; above, the copy would cost more than a second write. Room for a chunk of 64 KiB. */
const JOIN_BYTES = 131_072;

/** Text and bytes in order. Text has one character for each byte. */
export class OutputBatch implements WireOutput {
  /** The text behind the last of `#pieces`; most batches are nothing else. */
  #text = '';
  #pieces: (string | Uint8Array)[] | undefined;
  #bytes = 0;

  /** Whether there is more than is joined: to wait for more saves nothing. */
  get full(): boolean {
    return this.#bytes > JOIN_BYTES;
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(data: string | Uint8Array): void {
    this.#bytes += data.length;
    if (typeof data === 'string') {
      this.#text += data;
      return;
    }
    this.#pieces ??= [];
    if (this.#text !== '') this.#pieces.push(this.#text);
    this.#pieces.push(data);
    this.#text = '';
  }

  /** Hands everything over. Returns false where the transport asks to wait. */
  flush(transport: Transport): boolean {
    const pieces = this.#pieces;
    const text = this.#text;
    const bytes = this.#bytes;
    this.#text = '';
    this.#pieces = undefined;
    this.#bytes = 0;
    if (bytes === 0) return true;
    if (pieces === undefined) return transport.write(text);
    if (text !== '') pieces.push(text);
    if (pieces.length === 1) return transport.write(pieces[0]!);
    if (bytes <= JOIN_BYTES) return transport.write(join(pieces, bytes));
    let ready = true;
    for (const piece of pieces) ready = transport.write(piece);
    return ready;
  }
}

function join(pieces: readonly (string | Uint8Array)[], bytes: number): Buffer {
  const joined = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') joined.write(piece, at, 'latin1');
    else joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
