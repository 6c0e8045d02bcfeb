// The server that clients are compared against: no HTTP server, but fixed bytes for each head, so that it costs less than any client.
// `/` answers three bytes, also behind a body of announced length; `/once` ends the connection; `/large` is LARGE_BYTES long.
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';
import { LARGE_BYTES } from './client-task.ts';

const END = '\r\n\r\n';
const COMMON =
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=UTF-8\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: ';
const PERSISTENT = `${COMMON}keep-alive\r\nKeep-Alive: timeout=65\r\nContent-Length: `;
const SMALL = `${PERSISTENT}3\r\n\r\nok\n`;
const LAST = `${COMMON}close\r\nContent-Length: 3\r\n\r\nok\n`;
const LARGE = `${PERSISTENT}${LARGE_BYTES}\r\n\r\n`;
const PIECE = Buffer.alloc(65_536, 'x');

const LETTER_P = 0x50;

/** One client's connection. Requests behind `/large` are not pipelined, so one answer at a time is sent in pieces. */
class ResponderConnection {
  readonly #socket: Socket;
  #unread: Buffer | undefined;
  /** Bytes of a request body still to come. */
  #bodyBytes = 0;
  /** Bytes of a large answer still to be sent. */
  #owedBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('drain', () => this.#sendPieces());
    socket.on('error', () => {});
  }

  #take(received: Buffer): void {
    let bytes = this.#unread === undefined ? received : Buffer.concat([this.#unread, received]);
    let answers = '';
    for (;;) {
      const skipped = Math.min(this.#bodyBytes, bytes.length);
      if (skipped > 0) {
        this.#bodyBytes -= skipped;
        bytes = bytes.subarray(skipped);
        if (this.#bodyBytes === 0) answers += SMALL;
      }
      const end = bytes.indexOf(END);
      if (end === -1) break;
      if (bytes[0] === LETTER_P) this.#bodyBytes = readLength(bytes.toString('latin1', 0, end + 2));
      else answers += this.#answerGet(String.fromCharCode(bytes[5]!));
      bytes = bytes.subarray(end + END.length);
    }
    this.#unread = bytes.length === 0 ? undefined : bytes;
    if (answers !== '') this.#socket.write(answers, 'latin1');
    if (answers.endsWith(LAST)) this.#socket.end();
    this.#sendPieces();
  }

  /** By the first letter of the path. */
  #answerGet(letter: string): string {
    if (letter === 'o') return LAST;
    if (letter !== 'l') return SMALL;
    this.#owedBytes += LARGE_BYTES;
    return LARGE;
  }

  #sendPieces(): void {
    while (this.#owedBytes > 0 && !this.#socket.writableNeedDrain) {
      const piece = this.#owedBytes < PIECE.length ? PIECE.subarray(0, this.#owedBytes) : PIECE;
      this.#owedBytes -= piece.length;
      this.#socket.write(piece);
    }
  }
}

function readLength(head: string): number {
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  if (length === undefined || length === '0') throw new Error(`a request without the length of its body: ${head}`);
  return Number(length);
}

const server = createServer({ noDelay: true }, (socket) => void new ResponderConnection(socket));
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  answerParent((server.address() as AddressInfo).port),
);
