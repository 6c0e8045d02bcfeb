// The fields of an answer as HTTP/1 writes them: complete lines of text.
import { hasListToken } from '../../http/tokens.ts';
import { formatLine } from './answer-fields.ts';
import type { AnswerBody, AnswerTrailers } from '../handler.ts';
import { encodeBody, parseAnnouncedLength, readAnswer } from './read-answer.ts';
import type { AnswerEncoding, EncodedAnswer } from './read-answer.ts';
import { Response } from './response.ts';

/** Turns what a handler returned into an answer. Throws where it cannot be one; the caller then answers 500. */
export function encodeAnswer(returned: unknown, isHead: boolean): EncodedAnswer {
  return readAnswer(returned, isHead, LINES);
}

const LINES: AnswerEncoding<string> = {
  encodeFields: encode,
  encodePlain: (response, body, isHead) => {
    const { status, statusText: reason } = response;
    const fieldLines = Response.defaultLine(response);
    return encodeBody({ status, reason, fieldLines, close: false, hasDate: false }, body, undefined, undefined, isHead);
  },
};

function encode(
  status: number,
  reason: string,
  fields: readonly string[],
  body: AnswerBody,
  trailers: AnswerTrailers | undefined,
  isHead: boolean,
): EncodedAnswer {
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
