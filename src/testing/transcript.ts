// What went over a connection, as lines that a person can read and a test can compare: `> ` sent, `< ` received.

import { formatBytes } from '../http/visible-bytes.ts';

export { formatBytes };

type Direction = '>' | '<';

interface Entry {
  readonly direction: Direction;
  readonly kind: 'bytes' | 'note';
  text: string;
}

/** A record of one connection. It does not depend on how the bytes were cut: what follows in the same direction is joined. */
export class Transcript {
  readonly #entries: Entry[] = [];

  /** Bytes that went out. */
  sent(bytes: Uint8Array | string): void {
    this.#addBytes('>', bytes);
  }

  /** Bytes that came in. */
  received(bytes: Uint8Array | string): void {
    this.#addBytes('<', bytes);
  }

  /** Something that is not bytes, shown in parentheses: `> (FIN)`. */
  note(direction: Direction, text: string): void {
    this.#entries.push({ direction, kind: 'note', text: `(${text})` });
  }

  /** One line for each line of text that went over the connection. */
  toString(): string {
    const lines = this.#entries.flatMap(({ direction, kind, text }) =>
      (kind === 'note' ? [text] : text.split(/(?<=\n)/).map(formatBytes)).map((line) => `${direction} ${line}`),
    );
    return lines.join('\n');
  }

  #addBytes(direction: Direction, bytes: Uint8Array | string): void {
    if (bytes.length === 0) return;
    const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
    const last = this.#entries.at(-1);
    if (last?.direction === direction && last.kind === 'bytes') last.text += text;
    else this.#entries.push({ direction, kind: 'bytes', text });
  }
}
