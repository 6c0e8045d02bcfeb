// What a peer can do wrong: one table with the status to answer, the sentence to say and the clause that is broken.
import { PerduraError } from '../errors.ts';

/** Every fault with what a server answers to it. */
export const PROTOCOL_FAULTS = {
  badMethod: { status: 400, rfc: 'RFC 9112 §3.1', text: 'the request method is not a token' },
  badTarget: {
    status: 400,
    rfc: 'RFC 9112 §3.2',
    text: 'the request target has a character or a form that is not allowed',
  },
  targetTooLong: { status: 414, rfc: 'RFC 9110 §15.5.15', text: 'the request target is too long' },
  requestLineTooLong: { status: 414, rfc: 'RFC 9110 §15.5.15', text: 'the request line is too long' },
  badVersion: { status: 400, rfc: 'RFC 9112 §2.3', text: 'the HTTP version is malformed' },
  versionNotSupported: { status: 505, rfc: 'RFC 9110 §15.6.6', text: 'only HTTP/1.0 and HTTP/1.1 are spoken here' },
  badStatus: { status: 502, rfc: 'RFC 9112 §4', text: 'the status line is malformed' },
  badLineEnd: { status: 400, rfc: 'RFC 9112 §2.2', text: 'a line does not end in CR LF' },
  badFieldName: { status: 400, rfc: 'RFC 9112 §5.1', text: 'a field name is not a token directly followed by a colon' },
  badFieldValue: { status: 400, rfc: 'RFC 9110 §5.5', text: 'a field value has a control character' },
  foldedField: { status: 400, rfc: 'RFC 9112 §5.2', text: 'a field line is folded' },
  headTooLarge: { status: 431, rfc: 'RFC 6585 §5', text: 'the head is too large' },
  tooManyFields: { status: 431, rfc: 'RFC 6585 §5', text: 'the head has too many field lines' },
  fieldLineTooLong: { status: 431, rfc: 'RFC 6585 §5', text: 'a field line is too long' },
  badContentLength: { status: 400, rfc: 'RFC 9112 §6.3', text: 'Content-Length is not one number' },
  badTransferEncoding: { status: 400, rfc: 'RFC 9112 §6.3', text: 'Transfer-Encoding does not end in one `chunked`' },
  transferCodingNotSupported: {
    status: 501,
    rfc: 'RFC 9112 §6.1',
    text: 'only the transfer coding `chunked` is spoken here',
  },
  lengthBesideChunked: { status: 400, rfc: 'RFC 9112 §6.3', text: 'Content-Length stands beside Transfer-Encoding' },
  badHost: { status: 400, rfc: 'RFC 9112 §3.2', text: 'Host is missing, repeated or malformed' },
  badChunkSize: { status: 400, rfc: 'RFC 9112 §7.1', text: 'a chunk size is malformed' },
  badChunkExtension: { status: 400, rfc: 'RFC 9112 §7.1.1', text: 'chunk extensions are malformed or too long' },
  badChunkEnd: { status: 400, rfc: 'RFC 9112 §7.1', text: 'a chunk is longer than its size says' },
  bodyTooLarge: { status: 413, rfc: 'RFC 9110 §15.5.14', text: 'the body is too large' },
  unexpectedEnd: { status: 400, rfc: 'RFC 9112 §8', text: 'the connection ended within a message' },
  unaskedUpgrade: { status: 502, rfc: 'RFC 9110 §15.2.2', text: '101 came although no Upgrade was asked for' },
  unsolicitedBytes: { status: 502, rfc: 'RFC 9112 §6.3', text: 'bytes came that belong to no exchange' },
} as const;

/** The name of something that a peer did wrong. */
export type ProtocolFault = keyof typeof PROTOCOL_FAULTS;

/** The peer broke the protocol or one of our limits; the connection cannot be trusted further. */
export class ProtocolError extends PerduraError {
  readonly fault: ProtocolFault;
  /** What a server answers; for a client, 502 stands for a bad answer. */
  readonly status: number;
  readonly rfc: string;

  constructor(fault: ProtocolFault, detail?: string) {
    const { status, rfc, text } = PROTOCOL_FAULTS[fault];
    super('ERR_PERDURA_PROTOCOL', detail === undefined ? `${text} (${rfc})` : `${text}: ${detail} (${rfc})`);
    this.fault = fault;
    this.status = status;
    this.rfc = rfc;
  }
}
