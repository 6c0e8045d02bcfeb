// Writes heads and bodies to where they go, as fast as that takes them and no faster. One body at a time for each place, so that
// those of requests side by side do not mix.
import { open } from 'node:fs/promises';
import type { ResponseBody } from '../../client/index.ts';
import { CommandError, EXIT_CODES } from '../exit-code.ts';
import type { TerminalStream } from '../terminal.ts';
import type { OutputPlace } from './output-place.ts';

/** What is told of a body that is not shown, or not whole. */
export type OutputNote = (text: string) => void;

/** One response to be written. */
export interface OutputItem {
  /** Undefined where it says nothing of it. */
  readonly mediaType: string | undefined;
  readonly body: ResponseBody;
  readonly url: string;
  /** Which URL of the command line it belongs to. */
  readonly index: number;
  readonly isRepetition: boolean;
  /** In front of the body; '' for none. */
  readonly head: string;
  /** The body is read, and not written. */
  readonly headOnly: boolean;
}

/** Nobody reads standard output any more, as in `| head -1`. */
export class OutputClosedError extends Error {}

interface Sink {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const LINE_FEED = 0x0a;
/** A NUL here makes a body binary: curl and grep see it the same way. */
const INSPECTED_BYTES = 2_048;

/** See the head of the file. */
export class BodyOutput {
  readonly #place: OutputPlace;
  readonly #stdout: TerminalStream;
  readonly #note: OutputNote;
  readonly #turns = new Map<string, Promise<unknown>>();
  #hasOmitted = false;

  constructor(place: OutputPlace, stdout: TerminalStream, note: OutputNote) {
    this.#place = place;
    this.#stdout = stdout;
    this.#note = note;
  }

  /**
   * Reads the body to its end and writes it. Rejects with what the body fails with, OutputClosedError, or CommandError where a file
   * cannot be written.
   */
  async write(item: OutputItem): Promise<void> {
    if (this.#place.kind === 'nowhere') return readAway(item.body);
    const path = this.#place.kind === 'files' ? this.#place.paths[item.index]! : '-';
    const before = this.#turns.get(path);
    const turn = this.#write(item, path, before);
    this.#turns.set(
      path,
      turn.catch(() => {}),
    );
    await turn;
  }

  async #write(item: OutputItem, path: string, before: Promise<unknown> | undefined): Promise<void> {
    await before;
    if (path === '-') return this.#print(item);
    const sink = await openFile(path);
    try {
      await this.#copy(item, sink);
    } catch (error) {
      if (!(error instanceof CommandError)) this.#note(`${path} has no more than the first ${sink.writtenBytes} bytes`);
      throw error;
    } finally {
      await sink.close();
    }
  }

  async #print(item: OutputItem): Promise<void> {
    const isGuarded = this.#stdout.isTTY === true && this.#place.kind === 'stdout' && !this.#place.forced;
    if (isGuarded && item.isRepetition && !item.headOnly) {
      if (!this.#hasOmitted) this.#note('the bodies of repetitions are not shown on a terminal; -o - shows them');
      this.#hasOmitted = true;
      return readAway(item.body);
    }
    const sink = { write: (bytes: Uint8Array) => print(this.#stdout, bytes), close: () => Promise.resolve() };
    const last = await this.#copy(item, sink, isGuarded);
    // Whatever is printed next, the prompt included, is to stand on a line of its own.
    if (this.#stdout.isTTY === true && last !== undefined && last !== LINE_FEED)
      await print(this.#stdout, Buffer.from('\n'));
  }

  /** Resolves to the last byte of the body; undefined where there was none, or it was not shown. */
  async #copy(item: OutputItem, sink: Sink, isGuarded = false): Promise<number | undefined> {
    const { body, head, mediaType } = item;
    if (head !== '') await sink.write(Buffer.from(head, 'latin1'));
    if (item.headOnly) {
      await readAway(body);
      return undefined;
    }
    let last: number | undefined;
    for await (const piece of body) {
      if (isGuarded && last === undefined && piece.subarray(0, INSPECTED_BYTES).includes(0)) {
        this.#note(
          `the body of ${item.url} is binary${mediaType === undefined ? '' : ` (${mediaType})`} and could disturb the terminal: not shown. ` +
            `-o FILE saves it, -o - shows it all the same`,
        );
        return undefined;
      }
      await sink.write(piece);
      last = piece.at(-1) ?? last;
    }
    return last;
  }
}

/** To its end: what is thrown away is measured as well. */
async function readAway(body: ResponseBody): Promise<void> {
  body.claim();
  let piece: Uint8Array | undefined;
  do piece = await body.read();
  while (piece !== undefined);
}

function print(stream: TerminalStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else if (isClosed(error))
        reject(new OutputClosedError('nobody reads standard output any more', { cause: error }));
      else
        reject(
          new CommandError(EXIT_CODES.finding, `cannot write to standard output: ${error.message}`, { cause: error }),
        );
    });
  });
}

/** Whether the reader went away: a pipe that was closed, a terminal that is gone. */
export function isClosed(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'EIO' || error.code === 'ERR_STREAM_DESTROYED';
}

async function openFile(path: string): Promise<Sink & { readonly writtenBytes: number }> {
  const file = await open(path, 'w').catch((error: Error) => {
    throw new CommandError(EXIT_CODES.usage, `--output: ${error.message}`, { cause: error });
  });
  let writtenBytes = 0;
  return {
    get writtenBytes() {
      return writtenBytes;
    },
    async write(bytes) {
      try {
        for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
        writtenBytes += bytes.length;
      } catch (error) {
        throw new CommandError(EXIT_CODES.finding, `cannot write ${path}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
    close: () => file.close(),
  };
}
