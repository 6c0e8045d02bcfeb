// Sends the answer of one exchange over its stream: whole where it is at hand, else piece by piece, as fast as the window of the
// stream allows (RFC 9113 §5.2).
import { MisuseError } from '../../errors.ts';
import { resolveTrailers } from '../answer/answer-trailers.ts';
import { statusAnswer } from '../exchange/builtin-answers.ts';
import { SliceSource } from '../answer/chunk-source.ts';
import type { ChunkSource } from '../answer/chunk-source.ts';
import { peekWhole } from '../answer/peek-source.ts';
import type { LazyRequest } from '../request/request.ts';
import { discardAnswer } from '../answer/send-answer.ts';
import type { Http2ExchangeOwner } from './exchange-owner.ts';
import type { Http2RequestHead } from './request-head.ts';
import { encodeHttp2Answer, encodeTrailerFields, joinLines } from './response-fields.ts';
import type { Http2Answer, Http2ResponseFields } from './response-fields.ts';
import type { ServerHttp2Stream } from './session.ts';

/** Whole bodies above this are sent in slices: whether a client takes anything is seen by the slice. The window that RFC 9113 §6.9.2 begins with. */
const WHOLE_BODY_BYTES = 65_535;

/** The exchange, as far as sending its answer needs to know it. */
export interface Http2AnswerLane {
  readonly owner: Http2ExchangeOwner;
  readonly stream: ServerHttp2Stream;
  readonly head: Http2RequestHead | undefined;
  readonly request: LazyRequest | undefined;
  readonly isBuiltin: boolean;
  progress: 'waiting' | 'sending' | 'done';
  status: number;
  bodyBytes: number;
  source: ChunkSource | undefined;
  /** All of the answer was given to the stream. */
  finish(): void;
  /** The answer cannot be sent, or not to its end. */
  fail(error: unknown): void;
  /** The client is to take what was written in time. */
  awaitTaken(): void;
  /** Resolves when the stream has room again, or is over. */
  whenTaken(): Promise<void>;
}

/** Begins to send what the handler returned; `finish` or `fail` follows, at once or later. */
export function sendHttp2Answer(lane: Http2AnswerLane, answer: unknown): void {
  lane.progress = 'sending';
  const encoded = encode(lane, answer);
  lane.status = encoded.status;
  const { body, trailers } = encoded;
  if (trailers !== undefined) sendPieces(lane, encoded, toSource(body), encoded.length);
  else if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) sendWhole(lane, encoded, body);
  else sendPieces(lane, encoded, body, encoded.length);
}

function encode(lane: Http2AnswerLane, answer: unknown): Http2Answer {
  const isHead = lane.head?.method === 'HEAD';
  try {
    return encodeHttp2Answer(answer, isHead);
  } catch (error) {
    if (lane.request !== undefined) lane.owner.core.options.onError(error, lane.request);
    discardAnswer(answer);
    return encodeHttp2Answer(statusAnswer(500), isHead);
  }
}

function sendWhole(lane: Http2AnswerLane, encoded: Http2Answer, body: string | Uint8Array | undefined): void {
  if (body === undefined || body.length === 0) {
    respond(lane, encoded, body === undefined ? encoded.length : 0, ENDS);
  } else if (body.length > WHOLE_BODY_BYTES) {
    sendPieces(lane, encoded, new SliceSource(body), body.length);
    return;
  } else {
    respond(lane, encoded, body.length, GOES_ON);
    // Text has one character for each byte.
    lane.stream.end(body, 'latin1');
    lane.bodyBytes = body.length;
  }
  lane.awaitTaken();
  lane.finish();
}

const ENDS: StreamOptions = { endStream: true, waitForTrailers: false };
const GOES_ON: StreamOptions = { endStream: false, waitForTrailers: false };
const GOES_ON_TO_TRAILERS: StreamOptions = { endStream: false, waitForTrailers: true };

interface StreamOptions {
  readonly endStream: boolean;
  readonly waitForTrailers: boolean;
}

function respond(
  lane: Http2AnswerLane,
  encoded: Http2Answer,
  length: number | undefined,
  options: StreamOptions,
): void {
  const fields = encoded.fieldLines;
  if (length !== undefined) fields['content-length'] = length;
  if (!encoded.hasDate) fields['date'] = lane.owner.core.date.text();
  respondOnce(lane.stream, fields, options);
  // What would be `Connection: close` in HTTP/1. Our own answers ask for it where HTTP/1 would lose track of the requests, only.
  if (encoded.close && !lane.isBuiltin) lane.owner.closeGracefully('weSentClose');
}

function respondOnce(stream: ServerHttp2Stream, fields: Http2ResponseFields, options: StreamOptions): void {
  const headers = fields as Record<string, string | string[]>;
  try {
    stream.respond(headers, options);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_HTTP2_HEADER_SINGLE_VALUE') throw error;
    joinLines(fields);
    stream.respond(headers, options);
  }
}

/** `length` is what is announced; undefined where nobody knows. */
function sendPieces(
  lane: Http2AnswerLane,
  encoded: Http2Answer,
  source: ChunkSource,
  length: number | undefined,
): void {
  lane.source = source;
  // A stream of which nothing was read is reset by node:http2 behind its answer, be the last of it still in the queue.
  if (lane.stream.readableFlowing === null) lane.stream.pause();
  pump(lane, encoded, source, length).catch((error: unknown) => {
    // Whatever is thrown here is a defect of the source, or of the stream's end, which has been dealt with.
    if (lane.progress === 'sending') lane.fail(error);
  });
}

async function pump(
  lane: Http2AnswerLane,
  encoded: Http2Answer,
  source: ChunkSource,
  length: number | undefined,
): Promise<void> {
  const { stream } = lane;
  const { trailers } = encoded;
  if (length === 0 && trailers === undefined) {
    source.cancel();
    sendWhole(lane, encoded, undefined);
    return;
  }
  let next = source.next();
  if (trailers !== undefined) {
    respond(lane, encoded, length, GOES_ON_TO_TRAILERS);
  } else if (length === undefined) {
    const early = await peekWhole(lane.owner.core.clock, next, source);
    if (lane.progress !== 'sending') return;
    if ('whole' in early) {
      sendWhole(lane, encoded, early.whole);
      return;
    }
    respond(lane, encoded, undefined, GOES_ON);
    next = early.next;
    if (early.first !== undefined) {
      stream.write(early.first);
      lane.bodyBytes = early.first.length;
    }
  } else {
    respond(lane, encoded, length, GOES_ON);
  }
  let remaining = length ?? Infinity;
  for (;;) {
    if (stream.writableNeedDrain) {
      // The piece is looked at below; until then nobody waits for it, and its failure would be an unhandled rejection.
      next.catch(() => {});
      await lane.whenTaken();
    }
    const piece = await next;
    if (lane.progress !== 'sending') return;
    if (piece === undefined) break;
    remaining -= piece.length;
    if (remaining < 0)
      throw new MisuseError(`the body is longer than its Content-Length: ${-remaining} bytes too many`);
    // The end goes with the last slice: alone it would wait for a window that is just exhausted. Whether another source ends is not known.
    if (remaining === 0 && trailers === undefined && source instanceof SliceSource) stream.end(piece);
    else stream.write(piece);
    lane.bodyBytes += piece.length;
    next = source.next();
  }
  if (length !== undefined && remaining > 0)
    throw new MisuseError(`the body is shorter than its Content-Length: ${remaining} bytes are missing`);
  if (trailers !== undefined) {
    const fields = encodeTrailerFields(await resolveTrailers(trailers));
    if (lane.progress !== 'sending') return;
    stream.once('wantTrailers', () => stream.sendTrailers(fields));
  }
  if (!stream.writableEnded) stream.end();
  lane.awaitTaken();
  lane.finish();
}

function toSource(body: Http2Answer['body']): ChunkSource {
  if (body === undefined) return new SliceSource('');
  return typeof body === 'string' || body instanceof Uint8Array ? new SliceSource(body) : body;
}
