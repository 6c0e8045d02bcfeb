// Lines on their way to an append-only file: batched, bounded, never in the way of the server.
// The file itself is an argument. That keeps node:fs out of this layer (it may import only trace, http and server types), and a
// full disk or a stalled pipe is then an ordinary object in a test. A FileHandle of node:fs/promises is a LogDestination as it is.

/** Where bytes go in the end; `FileHandle` fits. */
export interface LogDestination {
  /** Appends some of the bytes, at least one, and says how many. */
  write(bytes: Uint8Array): Promise<{ readonly bytesWritten: number }>;
  close(): Promise<void>;
}

/** What a log's owner should hear of. Told once when lines begin to get lost and once when writing works again. */
export type LogTrouble =
  | { readonly type: 'writeFailed'; readonly error: unknown }
  | { readonly type: 'bufferFull'; readonly bufferBytes: number }
  | { readonly type: 'reopenFailed'; readonly error: unknown }
  | { readonly type: 'recovered'; readonly droppedLines: number };

/** Options of {@link LogFile.open}. */
export interface LogFileOptions {
  /** Opens the destination; is called again for every `reopen()`. */
  readonly open: () => Promise<LogDestination>;
  /** Calls back once when this turn of the event loop is done: `Clock.endOfTurn`. */
  readonly endOfTurn: (callback: () => void) => void;
  readonly onTrouble: (trouble: LogTrouble) => void;
  /** Bytes that are written without waiting for the end of the turn. Default 65,536. */
  readonly batchBytes?: number;
  /** Bytes that may wait in memory; above it lines are dropped. Default 1,048,576: some 6,000 lines, a second of a busy server. */
  readonly bufferBytes?: number;
}

const LINE_END = 0x0a;

const countLines = (bytes: Uint8Array): number => {
  let lines = 0;
  for (const byte of bytes) if (byte === LINE_END) lines += 1;
  return lines;
};

/**
 * Appends lines to a destination. `write` only remembers the line: lines of one turn of the event loop leave in one write, and while
 * a write is under way the next batch collects. Where the destination fails or does not keep up, lines are dropped and counted;
 * the server goes on.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #batchBytes: number;
  readonly #bufferBytes: number;
  #destination: LogDestination;
  #lines: string[] = [];
  #waitingBytes = 0;
  #writingBytes = 0;
  #isTurnEndAwaited = false;
  #isWriteQueued = false;
  /** The last write left half a line behind, which the next one must not continue. */
  #isLineTorn = false;
  #droppedLines = 0;
  #droppedBeforeTrouble: number | undefined;
  /** Everything that touches the destination runs one after the other. Its tasks never reject. */
  #work: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(destination: LogDestination, options: LogFileOptions) {
    this.#destination = destination;
    this.#options = options;
    this.#batchBytes = options.batchBytes ?? 65_536;
    this.#bufferBytes = options.bufferBytes ?? 1_048_576;
  }

  /** Opens the destination. Rejects with its error where that fails: a log that cannot begin is a mistake in the set-up. */
  static async open(options: LogFileOptions): Promise<LogFile> {
    return new LogFile(await options.open(), options);
  }

  /** Lines that never reached the destination whole. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** Takes one line without its end. Never throws and never waits. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#closing !== undefined) {
      this.#droppedLines += 1;
      return;
    }
    if (this.#waitingBytes + this.#writingBytes + bytes > this.#bufferBytes) {
      this.#drop(1, { type: 'bufferFull', bufferBytes: this.#bufferBytes });
      return;
    }
    this.#lines.push(line);
    this.#waitingBytes += bytes;
    if (this.#isWriteQueued) return;
    if (this.#waitingBytes >= this.#batchBytes) this.#queueWrite();
    else this.#queueWriteAtTurnEnd();
  }

  /**
   * Opens the destination anew and closes the old one, for logrotate: rename the file, then call this.
   * Lines taken before the call go to the old file. Where opening fails the old one stays in use, `onTrouble` is told, and the
   * result is false.
   */
  async reopen(): Promise<boolean> {
    let isOpen = false;
    this.#queueWrite();
    await this.#queue(async () => {
      const old = this.#destination;
      try {
        this.#destination = await this.#options.open();
      } catch (error) {
        this.#options.onTrouble({ type: 'reopenFailed', error });
        return;
      }
      isOpen = true;
      this.#isLineTorn = false;
      await closeQuietly(old);
    });
    return isOpen;
  }

  /** Resolves when every line taken so far was written or dropped. */
  async flush(): Promise<void> {
    this.#queueWrite();
    await this.#work;
  }

  /** Writes what waits, then closes the destination. Later lines are dropped. Calling it again returns the same promise. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#queueWrite();
      this.#closing = this.#queue(() => closeQuietly(this.#destination));
    }
    return this.#closing;
  }

  #queue(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task);
    return this.#work;
  }

  #queueWriteAtTurnEnd(): void {
    if (this.#isTurnEndAwaited) return;
    this.#isTurnEndAwaited = true;
    this.#options.endOfTurn(() => {
      this.#isTurnEndAwaited = false;
      this.#queueWrite();
    });
  }

  #queueWrite(): void {
    if (this.#isWriteQueued || this.#lines.length === 0) return;
    this.#isWriteQueued = true;
    void this.#queue(async () => {
      while (this.#lines.length > 0) await this.#writeBatch();
      this.#isWriteQueued = false;
    });
  }

  async #writeBatch(): Promise<void> {
    const wasTorn = this.#isLineTorn;
    const batch = Buffer.from(`${wasTorn ? '\n' : ''}${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.#writingBytes = this.#waitingBytes;
    this.#waitingBytes = 0;
    let written = 0;
    try {
      while (written < batch.length) {
        const { bytesWritten } = await this.#destination.write(batch.subarray(written));
        if (bytesWritten <= 0) throw new Error('the destination took no bytes');
        written += bytesWritten;
      }
      this.#isLineTorn = false;
      this.#recover();
    } catch (error) {
      if (written > 0) this.#isLineTorn = batch[written - 1] !== LINE_END;
      const mendingLines = wasTorn && written === 0 ? 1 : 0;
      this.#drop(countLines(batch.subarray(written)) - mendingLines, { type: 'writeFailed', error });
    }
    this.#writingBytes = 0;
  }

  #drop(lines: number, trouble: LogTrouble): void {
    if (this.#droppedBeforeTrouble === undefined) {
      this.#droppedBeforeTrouble = this.#droppedLines;
      this.#options.onTrouble(trouble);
    }
    this.#droppedLines += lines;
  }

  #recover(): void {
    if (this.#droppedBeforeTrouble === undefined) return;
    const droppedLines = this.#droppedLines - this.#droppedBeforeTrouble;
    this.#droppedBeforeTrouble = undefined;
    this.#options.onTrouble({ type: 'recovered', droppedLines });
  }
}

/** There is nothing left to do with a file that fails to close: what it took was already reported write by write. */
async function closeQuietly(destination: LogDestination): Promise<void> {
  try {
    await destination.close();
  } catch {}
}
