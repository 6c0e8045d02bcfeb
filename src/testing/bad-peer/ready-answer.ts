// From what a handler answered, or failed with, to an answer that can be encoded.
import { ownAnswer } from './answer.ts';
import type { AnswerFraming, BadPeerAnswer, ReadyAnswer } from './answer.ts';
import { OptionError } from '../../errors.ts';
import { Headers } from '../../http/headers.ts';
import { hasListToken } from '../../http/tokens.ts';
import { formatFieldLines } from '../../wire/index.ts';
import type { PeerRequest } from './request.ts';

/** What the peer says itself, or obeys. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/**
 * Makes the answer of the handler ready. Where it asks for `Connection: close`, the request becomes the last one.
 *
 * @throws OptionError or TypeError where the answer makes no sense.
 */
export function readyAnswer(request: PeerRequest, answer: BadPeerAnswer, framing: AnswerFraming): ReadyAnswer {
  if (typeof answer !== 'object' || answer === null) {
    throw new OptionError('handler', `answered ${String(answer)}, it must be an object { status, headers, body }`);
  }
  const { status = 200, headers = {}, body = '' } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw new OptionError('handler', `answered with status ${status}, it must be a whole number from 200 to 999`);
  }
  const list: string[] = [];
  for (const [name, value] of new Headers(headers)) {
    if (OWN_FIELDS.has(name)) continue;
    if (name === 'connection' && hasListToken(value.toLowerCase(), 'close')) request.isLast = true;
    else list.push(name, value);
  }
  const isOld = request.minorVersion === 0;
  const token = request.isLast ? 'close' : isOld ? 'keep-alive' : undefined;
  if (token !== undefined) list.push('Connection', token);
  return {
    status,
    minorVersion: 1,
    fieldLines: formatFieldLines(list),
    // HTTP/1.0 has no chunks (RFC 9112 §6.1).
    framing: isOld ? 'length' : framing,
    data: typeof body === 'string' ? Buffer.from(body) : Buffer.from(body),
    headOnly: request.method === 'HEAD',
  };
}

/** 500 with what the handler threw. */
export function failureAnswer(request: PeerRequest, error: unknown): ReadyAnswer {
  const message = error instanceof Error ? error.message : String(error);
  return { ...ownAnswer(500, request.isLast, message), headOnly: request.method === 'HEAD' };
}
