// Frames the body of a message that we send (RFC 9112 §6), and refuses to send more or fewer bytes than were announced.
import { MisuseError } from '../errors.ts';
import { formatChunkSize, formatLastChunk } from './chunked.ts';
import type { BodyFraming } from './framing.ts';

/** Takes what is to be written, in order. A string has one character for each byte. */
export interface WireOutput {
  write(data: string | Uint8Array): void;
}

/** The field line that announces a framing, empty where none is needed. */
export function formatFramingLine(framing: BodyFraming): string {
  if (framing.kind === 'length') return `Content-Length: ${framing.length}\r\n`;
  return framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : '';
}

/** Throws where a body that is sent as a whole, undefined where it is not, does not fit what its head announces. */
export function assertWholeBody(framing: BodyFraming, body: string | Uint8Array | undefined): void {
  if (body === undefined || framing.kind === 'untilClose') return;
  if (framing.kind === 'chunked') throw new MisuseError('a body that is sent as a whole has a length and no chunks');
  const announced = framing.kind === 'length' ? framing.length : 0;
  if (body.length !== announced) {
    throw new MisuseError(`the body has ${body.length} bytes and its head announces ${announced}`);
  }
}

/** Writes one body. */
export class BodyWriter {
  readonly #framing: BodyFraming;
  #remaining: number;

  constructor(framing: BodyFraming) {
    this.#framing = framing;
    this.#remaining = framing.kind === 'length' ? framing.length : framing.kind === 'none' ? 0 : Infinity;
  }

  /** Writes a piece. Throws where it goes beyond the announced length; nothing of it is written then. */
  write(piece: Uint8Array, output: WireOutput): void {
    if (piece.length === 0) return;
    if (piece.length > this.#remaining) {
      throw new MisuseError(
        `the body is longer than its Content-Length: ${piece.length - this.#remaining} bytes too many`,
      );
    }
    this.#remaining -= piece.length;
    if (this.#framing.kind !== 'chunked') {
      output.write(piece);
      return;
    }
    output.write(formatChunkSize(piece.length));
    output.write(piece);
    output.write('\r\n');
  }

  /** Writes the end. Throws where announced bytes are missing: the connection must then be broken off. */
  end(trailerLines: string, output: WireOutput): void {
    if (this.#framing.kind === 'length' && this.#remaining > 0) {
      throw new MisuseError(`the body is shorter than its Content-Length: ${this.#remaining} bytes are missing`);
    }
    if (this.#framing.kind === 'chunked') output.write(formatLastChunk(trailerLines));
  }
}
