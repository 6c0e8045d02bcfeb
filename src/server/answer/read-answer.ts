// What a handler returned, taken apart and checked, whichever protocol sends it. How its fields look on the wire is not known here.
import { MisuseError } from '../../errors.ts';
import { Headers } from '../../http/headers.ts';
import { statusForbidsBody } from '../../http/status.ts';
import { isFieldValue } from '../../http/tokens.ts';
import { listFields } from './answer-fields.ts';
import { checkTrailers } from './answer-trailers.ts';
import { openChunkSource } from './chunk-source.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { Answer, AnswerBody, AnswerTrailers } from '../handler.ts';
import { Response } from './response.ts';

/** An answer that is ready to be sent. A class with one shape: it is made for every request. */
export class EncodedAnswer<Lines = string> {
  readonly status: number;
  /** The reason phrase, which only HTTP/1 sends; empty for the registered one. */
  readonly reason: string;
  /** The fields in the form of the protocol, without those of framing and persistence: complete lines of text in HTTP/1. */
  readonly fieldLines: Lines;
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
    fields: EncodedFields<Lines>,
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
export type EncodedFields<Lines = string> = Pick<
  EncodedAnswer<Lines>,
  'status' | 'reason' | 'fieldLines' | 'close' | 'hasDate'
>;

/** Read once: on globalThis these are getters, and one costs more than all of the encoding. */
const StandardResponse = globalThis.Response;
const StandardBuffer = Buffer;

/** How a protocol writes an answer down. One for each protocol, so that nothing is made between the handler's answer and its form. */
export interface AnswerEncoding<Lines> {
  /** `list` has names in lower case and values in turn; the values are still to be checked. Status, reason and trailers are. */
  encodeFields(
    status: number,
    reason: string,
    list: readonly string[],
    body: AnswerBody,
    trailers: AnswerTrailers | undefined,
    isHead: boolean,
  ): EncodedAnswer<Lines>;
  /** Of a response that was given no fields, so that it has a default media type at most. */
  encodePlain(response: Response, body: AnswerBody, isHead: boolean): EncodedAnswer<Lines>;
}

/** Takes apart what a handler returned. Throws where it cannot be an answer; the caller then answers 500. */
export function readAnswer<Lines>(
  returned: unknown,
  isHead: boolean,
  encoding: AnswerEncoding<Lines>,
): EncodedAnswer<Lines> {
  if (Response.isPlain(returned)) {
    const body = Response.plainBody(returned);
    if (body === undefined) throw new MisuseError('the handler returned a Response whose body it had already read');
    if (Response.isBare(returned)) return encoding.encodePlain(returned, body, isHead);
    return encoding.encodeFields(
      returned.status,
      returned.statusText,
      returned.headers.flatList(),
      body,
      undefined,
      isHead,
    );
  }
  if (returned instanceof StandardResponse) {
    if (returned.bodyUsed) throw new MisuseError('the handler returned a Response whose body it had already read');
    if (returned.status < 200) throw new MisuseError('the handler returned Response.error(), which cannot be sent');
    const { status, statusText, body } = returned;
    if (statusText !== '') checkReason(statusText);
    const fields = new Headers(returned.headers).flatList();
    return encoding.encodeFields(status, statusText, fields, body, undefined, isHead);
  }
  if (typeof returned !== 'object' || returned === null) {
    throw new MisuseError(`the handler returned ${returned === null ? 'null' : typeof returned} instead of a Response`);
  }
  const { status = 200, statusText = '', headers, body = null, trailers } = returned as Answer;
  checkStatus(status);
  if (statusText !== '') checkReason(statusText);
  if (trailers !== undefined) checkTrailers(trailers);
  const fields = headers === undefined ? [] : listFields(headers);
  return encoding.encodeFields(status, statusText, fields, body, trailers, isHead);
}

/** A status that no final answer can have; those of a Response were checked by it. */
function checkStatus(status: number): void {
  if (Number.isInteger(status) && status >= 200 && status <= 999) return;
  throw new MisuseError(`the handler answered with the status ${status}; it must be a whole number from 200 to 999`);
}

function checkReason(reason: unknown): void {
  if (typeof reason !== 'string' || !isFieldValue(reason))
    throw new MisuseError('the handler gave a statusText with a character that cannot stand in a status line');
}

/** Adds the body to checked fields: what of it is sent, and which length is told. `announced` is the handler's content-length. */
export function encodeBody<Lines>(
  head: EncodedFields<Lines>,
  body: AnswerBody,
  announced: number | undefined,
  trailers: AnswerTrailers | undefined,
  isHead: boolean,
): EncodedAnswer<Lines> {
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

/** Text of which every character is one byte stays text, because it can leave in one write with its head. */
function encodeText(text: string): string | Uint8Array {
  return StandardBuffer.byteLength(text) === text.length ? text : Buffer.from(text);
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === 'string' ? StandardBuffer.byteLength(body) : body.length;
}

/** The value of a content-length field that a handler gave; `before` is that of an earlier line. */
export function parseAnnouncedLength(value: string, before: number | undefined): number {
  if (!/^\d{1,15}$/.test(value)) throw new MisuseError(`the handler announced the content-length '${value}'`);
  const length = Number(value);
  if (before !== undefined && before !== length) throw new MisuseError('the handler announced two different lengths');
  return length;
}
