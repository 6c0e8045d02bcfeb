// What a bad peer answers when it behaves, and how an answer becomes bytes. Faults change the fields of a ReadyAnswer and encode it again.
import type { HeadersInput } from '../../http/headers.ts';
import { reasonPhrase, statusForbidsBody } from '../../http/status.ts';
import { formatFramingLine } from '../../wire/index.ts';
import { formatChunkSize, formatLastChunk } from '../../wire/chunked.ts';

/** How the body of an answer is delimited. */
export type AnswerFraming = 'length' | 'chunked' | 'untilClose';

/** What a handler answers. Fields of framing are the peer's own; `Connection: close` is obeyed. */
export interface BadPeerAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: HeadersInput;
  /** Text leaves as UTF-8. Default: nothing. */
  readonly body?: string | Uint8Array;
}

/** An answer before it is encoded. */
export interface ReadyAnswer {
  readonly status: number;
  readonly minorVersion: 0 | 1;
  /** Whole lines, without those of framing. */
  readonly fieldLines: string;
  readonly framing: AnswerFraming;
  readonly data: Buffer;
  /** The answer to HEAD: a head and no body. */
  readonly headOnly: boolean;
}

/** The two parts of an answer as they go over the wire. */
export interface EncodedAnswer {
  readonly head: Buffer;
  readonly body: Buffer;
}

/** The body in its transfer coding. */
export function encodeData(data: Buffer, framing: AnswerFraming): Buffer {
  if (framing !== 'chunked') return data;
  if (data.length === 0) return Buffer.from(formatLastChunk(''));
  return Buffer.concat([
    Buffer.from(formatChunkSize(data.length)),
    data,
    Buffer.from('\r\n'),
    Buffer.from(formatLastChunk('')),
  ]);
}

/** The bytes of an answer. */
export function encodeAnswer(answer: ReadyAnswer): EncodedAnswer {
  const { status, minorVersion, fieldLines, framing, data, headOnly } = answer;
  const bodiless = statusForbidsBody(status);
  const framingLine = bodiless || framing === 'untilClose' ? '' : formatFraming(framing, data.length);
  const head = `HTTP/1.${minorVersion} ${status} ${reasonPhrase(status)}\r\n${fieldLines}${framingLine}\r\n`;
  return {
    head: Buffer.from(head, 'latin1'),
    body: bodiless || headOnly ? Buffer.alloc(0) : encodeData(data, framing),
  };
}

function formatFraming(framing: 'length' | 'chunked', length: number): string {
  return formatFramingLine(framing === 'length' ? { kind: 'length', length } : { kind: 'chunked' });
}

/** An answer of the peer itself, with its own phrase as text. */
export function ownAnswer(status: number, close: boolean, text: string = reasonPhrase(status)): ReadyAnswer {
  return {
    status,
    minorVersion: 1,
    fieldLines: `Content-Type: text/plain; charset=utf-8\r\n${close ? 'Connection: close\r\n' : ''}`,
    framing: 'length',
    data: Buffer.from(`${text}\n`),
    headOnly: false,
  };
}
