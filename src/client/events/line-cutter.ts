// Cuts bytes into lines that end with CR LF, LF or CR (HTML standard, §9.2.5), however the bytes are split. Pure.
import { BodyError } from '../../errors.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Room for the beginning of a line whose end has not come; doubled when it is too small. */
const FIRST_ROOM_BYTES = 256;

/** See the head of the file. */
export class LineCutter {
  readonly #limitBytes: number;
  readonly #onLine: (line: Buffer) => void;
  /** The beginning of a line, in room of our own: a piece of one byte may be part of a large one. */
  #room: Buffer | undefined;
  #begunBytes = 0;
  /** Whether an LF that comes next belongs to the CR before it. */
  #skipsLineFeed = false;

  /** `onLine` gets each line without its end, valid until it returns. */
  constructor(limitBytes: number, onLine: (line: Buffer) => void) {
    this.#limitBytes = limitBytes;
    this.#onLine = onLine;
  }

  /** @throws BodyError for a line that is longer than the limit. */
  push(bytes: Buffer): void {
    let at = 0;
    if (this.#skipsLineFeed && bytes.length > 0) {
      if (bytes[0] === LINE_FEED) at = 1;
      this.#skipsLineFeed = false;
    }
    // Most streams have no CR at all: it is searched once, not for each line.
    let nextReturn = bytes.indexOf(CARRIAGE_RETURN, at);
    while (at < bytes.length) {
      const lineFeed = bytes.indexOf(LINE_FEED, at);
      if (nextReturn !== -1 && nextReturn < at) nextReturn = bytes.indexOf(CARRIAGE_RETURN, at);
      const endsWithReturn = nextReturn !== -1 && (lineFeed === -1 || nextReturn < lineFeed);
      const end = endsWithReturn ? nextReturn : lineFeed;
      if (end === -1) return this.#keep(bytes.subarray(at));
      this.#end(bytes.subarray(at, end));
      at = end + 1;
      if (!endsWithReturn) continue;
      if (at === bytes.length) this.#skipsLineFeed = true;
      else if (bytes[at] === LINE_FEED) at += 1;
    }
  }

  #end(rest: Buffer): void {
    if (this.#begunBytes === 0) {
      this.#checkLength(rest.length);
      return this.#onLine(rest);
    }
    this.#keep(rest);
    const line = this.#room!.subarray(0, this.#begunBytes);
    this.#begunBytes = 0;
    this.#onLine(line);
    // The room of one long line is not kept for all that follow.
    if (this.#room!.length > FIRST_ROOM_BYTES) this.#room = undefined;
  }

  #keep(bytes: Buffer): void {
    const needed = this.#begunBytes + bytes.length;
    this.#checkLength(needed);
    if (this.#room === undefined || this.#room.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, FIRST_ROOM_BYTES, (this.#room?.length ?? 0) * 2));
      if (this.#room !== undefined) larger.set(this.#room.subarray(0, this.#begunBytes));
      this.#room = larger;
    }
    this.#room.set(bytes, this.#begunBytes);
    this.#begunBytes = needed;
  }

  #checkLength(bytes: number): void {
    if (bytes > this.#limitBytes) {
      throw new BodyError(`a line of the event stream has more than ${this.#limitBytes} bytes (maxEventBytes)`);
    }
  }
}
