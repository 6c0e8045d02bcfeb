// From what a handler returned to what goes on the wire: checked fields as text, the body as bytes or as a source of them.
import { MisuseError } from '../errors.ts';
import { Headers } from '../http/headers.ts';
import { statusForbidsBody } from '../http/status.ts';
import { hasListToken, isFieldValue } from '../http/tokens.ts';
import { formatLine, listFields } from './answer-fields.ts';
import { checkTrailers } from './answer-trailers.ts';
import { openChunkSource } from './chunk-source.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { Answer, AnswerBody, AnswerTrailers } from './handler.ts';
import { Response } from './response.ts';

/** An answer that is ready to be sent. A class with one shape: it is made for every request. */
export class EncodedAnswer {
  readonly status: number;
  /** The reason phrase; empty for the registered one. */
  readonly reason: string;
  /** Complete field lines, without those of framing and persistence. */
  readonly fieldLines: string;
  /** The handler asked for the end of the connection. */
  readonly close: boolean;
  /** The handler gave its own Date. */
  readonly hasDate: boolean;
  /** The whole body (text has one byte for each character), a source of chunks, or undefined where there is none. */
  readonly body: string | Uint8Array | ChunkSource | undefined;
  /** Length of the body, or what a HEAD or 304 announces; undefined where it is not known or must not be said. */
  readonly length: number | undefined;
  /** To be sent behind the body; undefined where there are none, or no body that they could follow. */
  readonly trailers: AnswerTrailers | undefined;

  constructor(
    fields: EncodedFields,
    body: string | Uint8Array | ChunkSource | undefined,
    length: number | undefined,
    trailers: AnswerTrailers | undefined,
  ) {
    this.status = fields.status;
    this.reason = fields.reason;
    this.fieldLines = fields.fieldLines;
    this.close = fields.close;
    this.hasDate = fields.hasDate;
    this.body = body;
    this.length = length;
    this.trailers = trailers;
  }
}

/** What an answer says apart from its body. */
export type EncodedFields = Pick<EncodedAnswer, 'status' | 'reason' | 'fieldLines' | 'close' | 'hasDate'>;

/** Read once: on globalThis these are getters, and one costs more than all of the encoding. */
const StandardResponse = globalThis.Response;
const StandardBuffer = Buffer;

/** Turns what a handler returned into an answer. Throws where it cannot be one; the caller then answers 500. */
export function encodeAnswer(returned: unknown, isHead: boolean): EncodedAnswer {
  if (Response.isPlain(returned)) {
    const body = Response.plainBody(returned);
    if (body === undefined) throw new MisuseError('the handler returned a Response whose body it had already read');
    return encodeResponse(returned, body, isHead);
  }
  if (returned instanceof StandardResponse) {
    if (returned.bodyUsed) throw new MisuseError('the handler returned a Response whose body it had already read');
    if (returned.status < 200) throw new MisuseError('the handler returned Response.error(), which cannot be sent');
    const fields = new Headers(returned.headers).flatList();
    return encode(returned.status, returned.statusText, fields, returned.body, undefined, isHead);
  }
  if (typeof returned !== 'object' || returned === null) {
    throw new MisuseError(`the handler returned ${returned === null ? 'null' : typeof returned} instead of a Response`);
  }
  const { status = 200, statusText = '', headers, body = null, trailers } = returned as Answer;
  return encode(status, statusText, headers === undefined ? [] : listFields(headers), body, trailers, isHead);
}

function encodeResponse(response: Response, body: AnswerBody, isHead: boolean): EncodedAnswer {
  const fieldLines = Response.soleLine(response);
  const { status, statusText: reason } = response;
  if (fieldLines === undefined) return encode(status, reason, response.headers.flatList(), body, undefined, isHead);
  return encodeBody({ status, reason, fieldLines, close: false, hasDate: false }, body, undefined, undefined, isHead);
}

function encode(
  status: number,
  reason: string,
  fields: readonly string[],
  body: AnswerBody,
  trailers: AnswerTrailers | undefined,
  isHead: boolean,
): EncodedAnswer {
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw new MisuseError(`the handler answered with the status ${status}; it must be a whole number from 200 to 999`);
  }
  if (reason !== '') checkReason(reason);
  if (trailers !== undefined) checkTrailers(trailers);
  let fieldLines = '';
  let announced: number | undefined;
  let close = false;
  let hasDate = false;
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    const value = fields[at + 1]!;
    switch (name) {
      // Framing and persistence are the server's to say; a handler may only ask for the end.
      case 'connection':
        close ||= hasListToken(value, 'close');
        break;
      case 'content-length':
        announced = parseAnnouncedLength(value, announced);
        break;
      case 'keep-alive':
      case 'proxy-connection':
      case 'transfer-encoding':
        break;
      // RFC 9110 §7.8: a 426 must say what to upgrade to, and a hop-by-hop field must be named in Connection.
      case 'upgrade':
        fieldLines += `${formatLine('Upgrade', value)}Connection: upgrade\r\n`;
        break;
      default:
        hasDate ||= name === 'date';
        fieldLines += formatLine(name, value);
    }
  }
  return encodeBody({ status, reason, fieldLines, close, hasDate }, body, announced, trailers, isHead);
}

function encodeBody(
  head: EncodedFields,
  body: AnswerBody,
  announced: number | undefined,
  trailers: AnswerTrailers | undefined,
  isHead: boolean,
): EncodedAnswer {
  const forbidden = statusForbidsBody(head.status);
  const isWhole = body === null || typeof body === 'string' || body instanceof Uint8Array;
  if (isHead || forbidden) {
    // RFC 9110 §8.6: never in 204; in 304 and for HEAD only what the GET would have said.
    let length = head.status === 204 ? undefined : announced;
    if (isWhole && !forbidden && body !== null) length ??= byteLength(body);
    if (body === null && isHead && !forbidden) length ??= 0;
    if (!isWhole) openChunkSource(body).cancel();
    return new EncodedAnswer(head, undefined, length, undefined);
  }
  // RFC 9110 §15.3.6: there is no content in a 205, and its end is still to be told.
  if (head.status === 205) {
    if (!isWhole) openChunkSource(body).cancel();
    return new EncodedAnswer(head, undefined, 0, undefined);
  }
  if (body === null) {
    if (announced !== undefined && announced !== 0)
      throw new MisuseError(`the handler announced ${announced} bytes and gave no body`);
    return new EncodedAnswer(head, undefined, 0, trailers);
  }
  if (!isWhole) return new EncodedAnswer(head, openChunkSource(body), announced, trailers);
  const bytes = typeof body === 'string' ? encodeText(body) : body;
  if (announced !== undefined && announced !== bytes.length) {
    throw new MisuseError(`the handler announced ${announced} bytes and gave ${bytes.length}`);
  }
  return new EncodedAnswer(head, bytes.length === 0 ? undefined : bytes, bytes.length, trailers);
}

function checkReason(reason: unknown): void {
  if (typeof reason !== 'string' || !isFieldValue(reason))
    throw new MisuseError('the handler gave a statusText with a character that cannot stand in a status line');
}

/** Text of which every character is one byte stays text, because it can leave in one write with its head. */
function encodeText(text: string): string | Uint8Array {
  return StandardBuffer.byteLength(text) === text.length ? text : Buffer.from(text);
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === 'string' ? StandardBuffer.byteLength(body) : body.length;
}

function parseAnnouncedLength(value: string, before: number | undefined): number {
  if (!/^\d{1,15}$/.test(value)) throw new MisuseError(`the handler announced the content-length '${value}'`);
  const length = Number(value);
  if (before !== undefined && before !== length) throw new MisuseError('the handler announced two different lengths');
  return length;
}
