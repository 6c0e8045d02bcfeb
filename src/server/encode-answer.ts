// From what a handler returned to what goes on the wire: checked fields as text, the body as bytes or as a source of them.
import { MisuseError } from '../errors.ts';
import { listFromRecord } from '../http/field-list.ts';
import { Headers } from '../http/headers.ts';
import { statusForbidsBody } from '../http/status.ts';
import { hasListToken, isFieldValue } from '../http/tokens.ts';
import { openChunkSource } from './chunk-source.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { Answer, AnswerBody, AnswerHeaders } from './handler.ts';
import { Response } from './response.ts';

/** An answer that is ready to be sent. A class with one shape: it is made for every request. */
export class EncodedAnswer {
  readonly status: number;
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

  constructor(fields: EncodedFields, body: string | Uint8Array | ChunkSource | undefined, length: number | undefined) {
    this.status = fields.status;
    this.fieldLines = fields.fieldLines;
    this.close = fields.close;
    this.hasDate = fields.hasDate;
    this.body = body;
    this.length = length;
  }
}

/** What an answer says apart from its body. */
export type EncodedFields = Pick<EncodedAnswer, 'status' | 'fieldLines' | 'close' | 'hasDate'>;

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
    return encode(returned.status, new Headers(returned.headers).flatList(), returned.body, isHead);
  }
  if (typeof returned !== 'object' || returned === null) {
    throw new MisuseError(`the handler returned ${returned === null ? 'null' : typeof returned} instead of a Response`);
  }
  const { status = 200, headers, body = null } = returned as Answer;
  return encode(status, headers === undefined ? [] : listFields(headers), body, isHead);
}

function encodeResponse(response: Response, body: AnswerBody, isHead: boolean): EncodedAnswer {
  const fieldLines = Response.soleLine(response);
  if (fieldLines === undefined) return encode(response.status, response.headers.flatList(), body, isHead);
  return encodeBody({ status: response.status, fieldLines, close: false, hasDate: false }, body, undefined, isHead);
}

function listFields(headers: AnswerHeaders): readonly string[] {
  if (headers instanceof Headers) return headers.flatList();
  // The usual record needs no Headers around its list.
  if (Symbol.iterator in headers) return new Headers(headers).flatList();
  return listFromRecord(headers);
}

function encode(status: number, fields: readonly string[], body: AnswerBody, isHead: boolean): EncodedAnswer {
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw new MisuseError(`the handler answered with the status ${status}; it must be a whole number from 200 to 999`);
  }
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
  return encodeBody({ status, fieldLines, close, hasDate }, body, announced, isHead);
}

function encodeBody(
  head: EncodedFields,
  body: AnswerBody,
  announced: number | undefined,
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
    return new EncodedAnswer(head, undefined, length);
  }
  // RFC 9110 §15.3.6: there is no content in a 205, and its end is still to be told.
  if (head.status === 205) {
    if (!isWhole) openChunkSource(body).cancel();
    return new EncodedAnswer(head, undefined, 0);
  }
  if (body === null) {
    if (announced !== undefined && announced !== 0)
      throw new MisuseError(`the handler announced ${announced} bytes and gave no body`);
    return new EncodedAnswer(head, undefined, 0);
  }
  if (!isWhole) return new EncodedAnswer(head, openChunkSource(body), announced);
  const bytes = typeof body === 'string' ? encodeText(body) : body;
  if (announced !== undefined && announced !== bytes.length) {
    throw new MisuseError(`the handler announced ${announced} bytes and gave ${bytes.length}`);
  }
  return new EncodedAnswer(head, bytes.length === 0 ? undefined : bytes, bytes.length);
}

/** The last line of each field: most answers of a server say the same as the one before. */
const lastLines = new Map<string, { readonly value: string; readonly line: string }>();
const MAX_LAST_LINES = 64;

/** `name: value` and CR LF. The Fetch standard lets control characters pass that HTTP does not (RFC 9110 §5.5). */
function formatLine(name: string, value: string): string {
  const last = lastLines.get(name);
  if (last !== undefined && last.value === value) return last.line;
  if (!isFieldValue(value))
    throw new MisuseError(`the handler gave the field ${name} a value with a control character`);
  const line = `${name}: ${value}\r\n`;
  // Long values are seldom sent twice, and cookies are secrets, which nobody should keep.
  if (value.length <= 64 && name !== 'set-cookie' && (last !== undefined || lastLines.size < MAX_LAST_LINES))
    lastLines.set(name, { value, line });
  return line;
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
