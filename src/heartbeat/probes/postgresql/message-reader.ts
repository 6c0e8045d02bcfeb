// Cuts what PostgreSQL says into messages (protocol 3.0): a type, a length that counts itself, a body. Bytes only, no I/O.
import { formatBytes } from '../../../http/visible-bytes.ts';
import { PostgresProtocolError } from './protocol-error.ts';

/** One message of the server. */
export interface BackendMessage {
  /** One ASCII character: 'R', 'E', 'Z' … */
  readonly type: string;
  readonly body: Buffer;
}

/** Longest message; nothing that a log-in or an empty query is answered with comes near. libpq has the same limit for such messages. */
export const DEFAULT_MAX_MESSAGE_BYTES = 30_000;

/** Type and length. */
const HEADER_BYTES = 5;

/**
 * What a server sends to those who only log in and ask nothing: Authentication, BackendKeyData, ErrorResponse, EmptyQueryResponse,
 * NoticeResponse, NotificationResponse, NegotiateProtocolVersion, ParameterStatus, ReadyForQuery.
 */
const TYPES = 'RKEINAvSZ';

/** Wherever the bytes are split, the messages are the same. Throws PostgresProtocolError, and is of no use any more then. */
export class MessageReader {
  readonly #maxMessageBytes: number;
  #unread: Buffer = Buffer.alloc(0);
  #hasRead = false;

  constructor(maxMessageBytes: number = DEFAULT_MAX_MESSAGE_BYTES) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** The messages that these bytes complete, one after the other: those before a breach are told before it is thrown. */
  *read(bytes: Uint8Array): Generator<BackendMessage, void, undefined> {
    this.#unread = this.#unread.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#unread, bytes]);
    for (let message = this.#readOne(); message !== undefined; message = this.#readOne()) yield message;
  }

  #readOne(): BackendMessage | undefined {
    const unread = this.#unread;
    if (unread.length === 0) return undefined;
    const type = String.fromCharCode(unread[0] ?? 0);
    // Looked at first: whoever speaks another protocol may never send as many bytes as the length asks for.
    if (!TYPES.includes(type)) throw this.#noMessage(unread);
    if (unread.length < HEADER_BYTES) return undefined;
    const length = unread.readUInt32BE(1);
    if (length < 4) throw new PostgresProtocolError(`a message of type ${type} has the impossible length ${length}`);
    if (length + 1 > this.#maxMessageBytes) {
      throw new PostgresProtocolError(
        `a message of type ${type} has ${length + 1} bytes, maxMessageBytes allows ${this.#maxMessageBytes}`,
      );
    }
    if (unread.length < length + 1) return undefined;
    this.#hasRead = true;
    this.#unread = unread.subarray(length + 1);
    return { type, body: unread.subarray(HEADER_BYTES, length + 1) };
  }

  /** Quoted only at the beginning: later the server may have been told a password, and repeat it. */
  #noMessage(bytes: Buffer): PostgresProtocolError {
    return this.#hasRead
      ? new PostgresProtocolError('it sends a message of a type that there is not, or that nobody has asked for')
      : new PostgresProtocolError(`it does not speak the protocol of PostgreSQL: it says '${formatBytes(bytes)}'`);
  }
}
