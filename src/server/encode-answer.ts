// The fields of an answer as HTTP/1 writes them: complete lines of text.
import { MisuseError } from '../errors.ts';
import { hasListToken, isFieldValue } from '../http/tokens.ts';
import type { AnswerBody } from './handler.ts';
import { checkStatus, encodeBody, parseAnnouncedLength, readAnswer } from './read-answer.ts';
import type { AnswerEncoding, EncodedAnswer } from './read-answer.ts';
import { Response } from './response.ts';

/** Turns what a handler returned into an answer. Throws where it cannot be one; the caller then answers 500. */
export function encodeAnswer(returned: unknown, isHead: boolean): EncodedAnswer {
  return readAnswer(returned, isHead, LINES);
}

const LINES: AnswerEncoding<string> = {
  encodeFields: encode,
  encodePlain: (response, body, isHead) => {
    const fieldLines = Response.defaultLine(response);
    return encodeBody({ status: response.status, fieldLines, close: false, hasDate: false }, body, undefined, isHead);
  },
};

function encode(status: number, fields: readonly string[], body: AnswerBody, isHead: boolean): EncodedAnswer {
  checkStatus(status);
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
