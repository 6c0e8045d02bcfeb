// A client of raw bytes for tests against a server that listens on loopback. It knows nothing of HTTP and never waits without a deadline.
import { once } from 'node:events';
import net from 'node:net';
import { formatBytes, Transcript } from '#src/testing/index.js';

/** How a connection ended, seen from the client: `timeout` where it did not within the time that it was given. */
export type Ending = 'fin' | 'reset' | 'timeout';

/** Options of {@link RawConnection.open}. */
export interface RawConnectionOptions {
  readonly host?: string;
  /** Longest time that one wait may take. Default 5,000. */
  readonly timeoutMs?: number;
}

interface Waiter {
  /** Looks at the state again; true where the wait is over. */
  attempt(): boolean;
}

/** One connection. What was received and not yet read is kept; strings are latin1, one character a byte. */
export class RawConnection {
  readonly #socket: net.Socket;
  readonly #timeoutMs: number;
  readonly #transcript = new Transcript();
  #unread = '';
  #ending: 'fin' | 'reset' | undefined;
  #endedByOwner = false;
  #waiter: Waiter | undefined;

  private constructor(socket: net.Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#transcript.received(bytes);
      this.#unread += bytes.toString('latin1');
      this.#look();
    });
    socket.on('end', () => this.#over('fin', 'FIN'));
    socket.on('error', (error) => this.#over('reset', error.message));
    // A socket that was destroyed by its owner tells neither FIN nor an error.
    socket.on('close', () => this.#over('reset', 'closed'));
  }

  /** Connects to a server on loopback. */
  static async open(port: number, options: RawConnectionOptions = {}): Promise<RawConnection> {
    const { host = '127.0.0.1', timeoutMs = 5_000 } = options;
    const socket = net.connect({ port, host, allowHalfOpen: true });
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    return new RawConnection(socket, timeoutMs);
  }

  /** What went over the connection, one line for each line of text. */
  get transcript(): string {
    return this.#transcript.toString();
  }

  /** How the server ended the connection; undefined while it has not. */
  get ending(): 'fin' | 'reset' | undefined {
    return this.#ending;
  }

  /** The port on this side, e.g. to find the connection in the server's list. */
  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  write(bytes: Uint8Array | string): void {
    this.#transcript.sent(bytes);
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /**
   * Waits until the text, or a match of the pattern, has arrived; returns everything up to its end and keeps the rest.
   * Rejects with the transcript where the server ends the connection first, or the deadline passes.
   */
  async readUntil(expected: string | RegExp): Promise<string> {
    const name = typeof expected === 'string' ? `'${formatBytes(expected)}'` : String(expected);
    let end = -1;
    const found = await this.#wait(() => (end = this.#endOf(expected)) !== -1 || this.#ending !== undefined);
    if (end === -1) {
      const why = found
        ? `the server ended the connection (${this.#ending})`
        : `nothing more within ${this.#timeoutMs} ms`;
      throw new Error(`readUntil ${name}: ${why}\n${this.transcript}`);
    }
    return this.#take(end);
  }

  /** Waits for the end of the connection and returns what arrived before it. Rejects where it does not end in time. */
  async readToEnd(): Promise<string> {
    if (!(await this.#wait(() => this.#ending !== undefined))) {
      throw new Error(`readToEnd: the connection is still open after ${this.#timeoutMs} ms\n${this.transcript}`);
    }
    return this.#take(this.#unread.length);
  }

  /** Waits for the end as {@link readToEnd} does, but takes a connection that stays open for an answer, too. */
  async readToEnding(): Promise<{ readonly bytes: string; readonly ended: Ending }> {
    await this.#wait(() => this.#ending !== undefined);
    return { bytes: this.#take(this.#unread.length), ended: this.#ending ?? 'timeout' };
  }

  /** Stops reading: the server feels back-pressure. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends FIN; reading goes on. */
  end(): void {
    this.#transcript.note('>', 'FIN');
    this.#socket.end();
  }

  /** Breaks the connection with RST. */
  reset(): void {
    this.#transcript.note('>', 'RST');
    this.#endedByOwner = true;
    this.#socket.resetAndDestroy();
  }

  /** Ends the connection at once, for the clean-up of a test. */
  destroy(): void {
    this.#endedByOwner = true;
    this.#socket.destroy();
  }

  #endOf(expected: string | RegExp): number {
    if (typeof expected === 'string') {
      const start = this.#unread.indexOf(expected);
      return start === -1 ? -1 : start + expected.length;
    }
    const match = new RegExp(expected.source, expected.flags.replaceAll(/[gy]/g, '')).exec(this.#unread);
    return match === null ? -1 : match.index + match[0].length;
  }

  #take(end: number): string {
    const taken = this.#unread.slice(0, end);
    this.#unread = this.#unread.slice(end);
    return taken;
  }

  #over(ending: 'fin' | 'reset', note: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    if (!this.#endedByOwner) this.#transcript.note('<', note);
    this.#look();
  }

  #look(): void {
    if (this.#waiter?.attempt() === true) this.#waiter = undefined;
  }

  /** Resolves to whether the condition came true before the deadline. */
  #wait(condition: () => boolean): Promise<boolean> {
    if (this.#waiter !== undefined) throw new Error('Two reads at the same time on one connection.');
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        this.#waiter = undefined;
        resolve(false);
      }, this.#timeoutMs);
      this.#waiter = {
        attempt: () => {
          if (!condition()) return false;
          clearTimeout(deadline);
          resolve(true);
          return true;
        },
      };
    });
  }
}

/** Opens a connection that is to be turned away with RST: before or after the kernel told us that it is open. Rejects where it is not. */
export async function openRefused(port: number, bytes = ''): Promise<void> {
  let connection: RawConnection;
  try {
    connection = await RawConnection.open(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return;
    throw error;
  }
  if (bytes !== '') connection.write(bytes);
  const { bytes: received, ended } = await connection.readToEnding();
  connection.destroy();
  if (received !== '' || ended !== 'reset')
    throw new Error(`it was not turned away: ${ended}\n${connection.transcript}`);
}

/** Options of {@link rawExchange}. */
export interface RawExchangeOptions extends RawConnectionOptions {
  /** Sends FIN behind the last piece. Default false. */
  readonly endAfter?: boolean;
}

/** What came back, and how it ended. */
export interface RawExchange {
  /** Everything that the server sent, latin1. */
  readonly bytes: string;
  readonly ended: Ending;
}

/**
 * Sends the pieces, each in a write of its own that the kernel has taken before the next one goes, and reads to the end:
 * `timeout` says that the connection was still open after `timeoutMs`. The connection is destroyed afterwards.
 */
export async function rawExchange(
  port: number,
  pieces: readonly (string | Buffer)[],
  options: RawExchangeOptions = {},
): Promise<RawExchange> {
  const connection = await RawConnection.open(port, options);
  try {
    for (const piece of pieces) {
      connection.write(piece);
      await new Promise(setImmediate);
    }
    if (options.endAfter === true) connection.end();
    return await connection.readToEnding();
  } finally {
    connection.destroy();
  }
}
