// The fields of an answer as HTTP/2 sends them (RFC 9113 §8.2, §8.3.2): an object for node:http2, with the status in it.
import { MisuseError } from '../../errors.ts';
import { hasListToken, isFieldValue } from '../../http/tokens.ts';
import type { AnswerBody, AnswerHeaders, AnswerTrailers } from '../handler.ts';
import { informationalFields } from '../exchange/informational.ts';
import { encodeBody, parseAnnouncedLength, readAnswer } from '../answer/read-answer.ts';
import type { AnswerEncoding, EncodedAnswer } from '../answer/read-answer.ts';
import { Response } from '../answer/response.ts';

/** Names in lower case; a list where a field has more than one line. */
export type Http2ResponseFields = Record<string, string | number | string[]>;

/** An answer for HTTP/2. */
export type Http2Answer = EncodedAnswer<Http2ResponseFields>;

/** Turns what a handler returned into an answer. Throws where it cannot be one; the caller then answers 500. */
export function encodeHttp2Answer(returned: unknown, isHead: boolean): Http2Answer {
  return readAnswer(returned, isHead, FIELDS);
}

const FIELDS: AnswerEncoding<Http2ResponseFields> = {
  encodeFields: encode,
  encodePlain: (response, body, isHead) => {
    const { status } = response;
    const type = Response.defaultType(response);
    const fieldLines: Http2ResponseFields =
      type === undefined ? { ':status': status } : { ':status': status, 'content-type': type };
    return encodeBody(
      { status, reason: '', fieldLines, close: false, hasDate: false },
      body,
      undefined,
      undefined,
      isHead,
    );
  },
};

/** The reason is carried along, but HTTP/2 does not send it (RFC 9113 §8.3.2). */
function encode(
  status: number,
  reason: string,
  list: readonly string[],
  body: AnswerBody,
  trailers: AnswerTrailers | undefined,
  isHead: boolean,
): Http2Answer {
  const fieldLines: Http2ResponseFields = { ':status': status };
  let announced: number | undefined;
  let close = false;
  let hasDate = false;
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]!;
    const value = list[at + 1]!;
    switch (name) {
      case 'connection':
        close ||= hasListToken(value, 'close');
        break;
      case 'content-length':
        announced = parseAnnouncedLength(value, announced);
        break;
      default:
        hasDate ||= name === 'date';
        addField(fieldLines, name, value);
    }
  }
  return encodeBody({ status, reason, fieldLines, close, hasDate }, body, announced, trailers, isHead);
}

/** The fields of an interim response (RFC 9113 §8.1). */
export function encodeInterimFields(status: number, headers: AnswerHeaders | undefined): Http2ResponseFields {
  const fields: Http2ResponseFields = { ':status': status };
  for (const [name, value] of headers === undefined ? [] : informationalFields(headers)) addField(fields, name, value);
  joinLines(fields);
  return fields;
}

/** The fields behind the body (RFC 9113 §8.1), which have no pseudo-fields among them. `list` has names and values in turn. */
export function encodeTrailerFields(list: readonly string[]): Record<string, string | string[]> {
  const fields: Http2ResponseFields = {};
  for (let at = 0; at < list.length; at += 2) addField(fields, list[at]!, list[at + 1]!);
  joinLines(fields);
  return fields as Record<string, string | string[]>;
}

/** RFC 9113 §8.2.2: fields of one connection, which a message of HTTP/2 must not have. `te` may only be in a request. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Adds a line of a field, where the field may stand in a message of HTTP/2. */
export function addField(fields: Http2ResponseFields, name: string, value: string): void {
  if (HOP_BY_HOP.has(name)) return;
  if (!isFieldValue(value))
    throw new MisuseError(`the handler gave the field ${name} a value with a control character`);
  const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (before !== undefined) {
    if (Array.isArray(before)) before.push(value);
    else fields[name] = [String(before), value];
  } else if (name === '__proto__') {
    // The one name that an object would not take as others.
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    fields[name] = value;
  }
}

/**
 * Node.js refuses to send some fields twice. Lines of one field may be joined to one line (RFC 9110 §5.3), but for those of
 * `set-cookie`, which it does not refuse.
 */
export function joinLines(fields: Http2ResponseFields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value) && name !== 'set-cookie') fields[name] = value.join(', ');
  }
}
