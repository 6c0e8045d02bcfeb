// Lines on a stream that may be read slowly, or no longer: acknowledgements are dropped first, and it is told how many.
import type { TerminalStream } from '../terminal.ts';

/** Changes that may wait for a slow reader: about a megabyte. Above it the oldest are dropped. */
const MOST_WAITING = 10_000;

/** What could not be written. */
export interface DroppedLines {
  readonly acknowledgements: number;
  readonly changes: number;
}

/** See the head of the file. */
export class LineOutput {
  readonly #stream: TerminalStream;
  readonly #mostWaiting: number;
  readonly #onDropped: (dropped: DroppedLines) => void;
  #waiting: string[] = [];
  #isBlocked = false;
  #hasEnded = false;
  #droppedAcknowledgements = 0;
  #droppedChanges = 0;

  /** `onDropped` is told whenever the stream takes lines again after it lost some. */
  constructor(stream: TerminalStream, onDropped: (dropped: DroppedLines) => void, mostWaiting: number = MOST_WAITING) {
    this.#stream = stream;
    this.#onDropped = onDropped;
    this.#mostWaiting = mostWaiting;
    stream.on('drain', this.#onDrain);
    stream.on('error', this.#onError);
  }

  /** One line, without its end. `isSpare`: it may be lost. */
  write(line: string, isSpare: boolean): void {
    if (this.#hasEnded || this.#stream.destroyed) return;
    if (!this.#isBlocked) {
      this.#isBlocked = !this.#stream.write(`${line}\n`);
    } else if (isSpare) {
      this.#droppedAcknowledgements += 1;
    } else {
      this.#waiting.push(line);
      if (this.#waiting.length <= this.#mostWaiting) return;
      this.#waiting.shift();
      this.#droppedChanges += 1;
    }
  }

  /** What waits is written behind what the stream has not taken yet. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopListening();
    if (this.#waiting.length > 0 && !this.#stream.destroyed) this.#stream.write(`${this.#waiting.join('\n')}\n`);
    this.#waiting = [];
    this.#tellDropped();
  }

  readonly #onDrain = (): void => {
    this.#isBlocked = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.#isBlocked = !this.#stream.write(`${waiting.join('\n')}\n`);
    this.#tellDropped();
  };

  /** Who reads it too slowly comes back, who cannot be written to does not: whoever holds the stream tells of that. */
  readonly #onError = (): void => {
    this.#hasEnded = true;
    this.#waiting = [];
    this.#stopListening();
  };

  #stopListening(): void {
    this.#stream.off('drain', this.#onDrain);
    this.#stream.off('error', this.#onError);
  }

  #tellDropped(): void {
    const dropped = { acknowledgements: this.#droppedAcknowledgements, changes: this.#droppedChanges };
    this.#droppedAcknowledgements = 0;
    this.#droppedChanges = 0;
    if (dropped.acknowledgements > 0 || dropped.changes > 0) this.#onDropped(dropped);
  }
}
