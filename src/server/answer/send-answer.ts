// Sends the answer to the first exchange of a connection: whole where it is at hand, else piece by piece with back-pressure.
import { MisuseError } from '../../errors.ts';
import { isThenable } from '../../thenable.ts';
import { BODY_UNTIL_CLOSE, CHUNKED_BODY, NO_BODY, formatFieldLines } from '../../wire/index.ts';
import type { BodyFraming } from '../../wire/index.ts';
import { statusAnswer } from '../exchange/builtin-answers.ts';
import type { AnswerLane } from './answer-lane.ts';
import { ignoreTrailers, resolveTrailers } from './answer-trailers.ts';
import { SliceSource, openChunkSource } from './chunk-source.ts';
import type { ChunkSource } from './chunk-source.ts';
import { encodeAnswer } from './encode-answer.ts';
import { OpenRefusal } from '../exchange/open-refusal.ts';
import { reportFailure } from '../exchange/report-failure.ts';
import type { Answer } from '../handler.ts';
import { ownCloseReason, unreadBodyReason } from './own-close-reason.ts';
import { peekWhole } from './peek-source.ts';
import { pumpPieces, sendPiece } from './pump-pieces.ts';
import { EncodedAnswer } from './read-answer.ts';
import { Response } from './response.ts';
import { isExact, sendExact } from './send-exact.ts';
import type { ExactlyAnswered } from './send-exact.ts';
import type { ServerExchange } from '../exchange/server-exchange.ts';

/** Whole bodies above this are sent in slices, so that a slow reader is noticed and memory is not held twice. */
const WHOLE_BODY_BYTES = 262_144;

/** Begins to send `exchange.answer`; `lane.finish` follows, at once or later. */
export function sendAnswer(lane: AnswerLane, exchange: ServerExchange): void {
  exchange.progress = 'sending';
  if (exchange.refusal !== undefined && exchange.answer instanceof OpenRefusal) {
    if (!resolveRefusal(lane, exchange, exchange.answer)) return;
  }
  if (isExact(exchange.answer) && beginExact(lane, exchange, exchange.answer)) return;
  const encoded = encode(lane, exchange);
  exchange.answer = undefined;
  exchange.status = encoded.status;
  const { body } = encoded;
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    stream(lane, exchange, encoded, body);
  } else if (encoded.trailers !== undefined && exchange.wire.minorVersion > 0) {
    stream(lane, exchange, encoded, new SliceSource(body ?? ''));
  } else if (body !== undefined && body.length > WHOLE_BODY_BYTES) {
    stream(lane, exchange, encoded, new SliceSource(body));
  } else if (mayEndWithinTurn(lane, exchange)) {
    exchange.deferred = true;
    if (exchange.body?.beingRead === false) exchange.body.discard();
    lane.core.clock.endOfTurn(() => sendDeferred(lane, exchange, encoded, body));
  } else {
    sendWhole(lane, exchange, encoded, body);
  }
}

/** Asks for the answer to a request that is refused. Returns false where there is none, or none yet. */
function resolveRefusal(lane: AnswerLane, exchange: ServerExchange, refusal: OpenRefusal): boolean {
  const answer = refusal.ask();
  if (!isThenable(answer)) return takeRefusal(lane, exchange, answer);
  exchange.answer = undefined;
  void Promise.resolve(answer).then((late) => {
    if (exchange.progress !== 'sending') discardAnswer(late);
    else if (takeRefusal(lane, exchange, late)) sendAnswer(lane, exchange);
    lane.owner.settle();
  });
  return false;
}

/** Returns false where there is to be no answer, and the connection ends. */
function takeRefusal(lane: AnswerLane, exchange: ServerExchange, answer: Answer | undefined): boolean {
  exchange.answer = answer;
  if (answer !== undefined) return true;
  exchange.untold = true;
  lane.wire.dropResponse(exchange.wire);
  lane.finish(exchange);
  return false;
}

/** Returns false where the handler's answer makes no sense, and a plain one takes its place. */
function beginExact(lane: AnswerLane, exchange: ServerExchange, answer: ExactlyAnswered): boolean {
  try {
    sendExact(lane, exchange, answer, WHOLE_BODY_BYTES);
  } catch (error) {
    reportFailure(lane.core, error, exchange.request);
    discardAnswer(answer);
    exchange.answer = statusAnswer(500);
    return false;
  }
  exchange.answer = undefined;
  return true;
}

function sendWhole(
  lane: AnswerLane,
  exchange: ServerExchange,
  encoded: EncodedAnswer,
  body: string | Uint8Array | undefined,
): void {
  sendHead(lane, exchange, encoded, body === undefined ? NO_BODY : { kind: 'length', length: encoded.length! }, body);
  exchange.bodyBytes = body?.length ?? 0;
  lane.finish(exchange);
}

/**
 * Whether the rest of a chunked request body may already be on its way: small ones come with their head, or right behind it.
 * By the end of the turn it is known whether the connection can persist, and the answer can say so.
 */
function mayEndWithinTurn(lane: AnswerLane, exchange: ServerExchange): boolean {
  if (exchange.deferred || exchange.wire.requestState !== 'body' || exchange.awaitsContinue) return false;
  return lane.wire.bodyRemainingBytes === Infinity;
}

function sendDeferred(
  lane: AnswerLane,
  exchange: ServerExchange,
  encoded: EncodedAnswer,
  body: string | Uint8Array | undefined,
): void {
  if (exchange.progress !== 'sending') return;
  if (exchange.refusal === undefined) {
    sendWhole(lane, exchange, encoded, body);
  } else {
    // The body broke off meanwhile, and that is what its sender must hear of.
    exchange.answer = exchange.refusal;
    sendAnswer(lane, exchange);
  }
  lane.owner.settle();
}

/** An answer that came too late, or cannot be sent: its source must not be left open. */
export function discardAnswer(answer: unknown): void {
  try {
    ignoreTrailers((answer as Answer).trailers);
    const body = Response.isPlain(answer) ? Response.plainBody(answer) : (answer as Answer).body;
    if (typeof body === 'object' && body !== null && !(body instanceof Uint8Array)) openChunkSource(body).cancel();
  } catch {
    // What cannot be an answer has nothing to be cancelled.
  }
}

function encode(lane: AnswerLane, exchange: ServerExchange): EncodedAnswer {
  const isHead = exchange.wire.method === 'HEAD';
  try {
    return encodeAnswer(exchange.answer, isHead);
  } catch (error) {
    if (exchange.request !== undefined) lane.core.options.onError(error, exchange.request);
    discardAnswer(exchange.answer);
    return encodeAnswer(statusAnswer(500), isHead);
  }
}

function sendHead(
  lane: AnswerLane,
  exchange: ServerExchange,
  encoded: EncodedAnswer,
  framing: BodyFraming,
  body: string | Uint8Array | undefined,
): void {
  const { persistenceLines, tail: answerTail } = lane.core;
  const lastAsked = lane.owner.peerEnded && exchange.next === undefined && lane.wire.unreadBytes === 0;
  const policyReason =
    ownCloseReason(lane, exchange, lastAsked) ??
    unreadBodyReason(lane, exchange, body !== undefined || framing.kind === 'none');
  const untilClose = framing.kind === 'untilClose';
  const closeReason = lane.wire.decideClose(exchange.wire, policyReason, untilClose, encoded.close);
  exchange.persistent = closeReason === undefined;
  const lengthLine =
    framing.kind === 'none' && encoded.length !== undefined ? `Content-Length: ${encoded.length}\r\n` : '';
  const tail = encoded.hasDate
    ? persistenceLines.format(closeReason, exchange.number)
    : answerTail.format(closeReason, exchange.number, lane.owner.reading);
  const lines = encoded.fieldLines + lengthLine + tail;
  lane.wire.sendResponse(exchange.wire, encoded.status, lines, framing, closeReason, body, encoded.reason);
}

function stream(lane: AnswerLane, exchange: ServerExchange, encoded: EncodedAnswer, source: ChunkSource): void {
  exchange.source = source;
  pump(lane, exchange, encoded, source).catch((error: unknown) => {
    // Whatever is thrown here is a defect of the source, or of the connection's end, which has been dealt with.
    if (exchange.progress === 'sending') sourceFailed(lane, exchange, error);
  });
}

async function pump(
  lane: AnswerLane,
  exchange: ServerExchange,
  encoded: EncodedAnswer,
  source: ChunkSource,
): Promise<void> {
  // RFC 9112 §7.1.2: only chunks can be followed by trailer fields.
  const trailers = exchange.wire.minorVersion === 0 ? undefined : encoded.trailers;
  if (encoded.length === 0 && trailers === undefined) {
    sendHead(lane, exchange, encoded, NO_BODY, undefined);
    source.cancel();
    lane.finish(exchange);
    lane.owner.settle();
    return;
  }
  let next = source.next();
  if (trailers !== undefined) {
    sendHead(lane, exchange, encoded, CHUNKED_BODY, undefined);
  } else if (encoded.length === undefined) {
    const early = await peekWhole(lane.core.clock, next, source);
    if (exchange.progress !== 'sending') return;
    if ('whole' in early) {
      const bytes = early.whole;
      exchange.bodyBytes = bytes.length;
      sendHead(
        lane,
        exchange,
        new EncodedAnswer(encoded, undefined, bytes.length, undefined),
        bytes.length === 0 ? NO_BODY : { kind: 'length', length: bytes.length },
        bytes.length === 0 ? undefined : bytes,
      );
      lane.finish(exchange);
      lane.owner.settle();
      return;
    }
    next = early.next;
    sendHead(lane, exchange, encoded, exchange.wire.minorVersion === 0 ? BODY_UNTIL_CLOSE : CHUNKED_BODY, undefined);
    if (early.first !== undefined) sendPiece(lane, exchange, early.first);
  } else {
    sendHead(lane, exchange, encoded, { kind: 'length', length: encoded.length }, undefined);
  }
  if (!(await pumpPieces(lane, exchange, source, next))) return;
  if (trailers === undefined) {
    lane.wire.sendEnd(exchange.wire);
  } else {
    assertAnnouncedLength(encoded, exchange.bodyBytes);
    const fields = await resolveTrailers(trailers);
    if (exchange.progress !== 'sending') return;
    lane.wire.sendEnd(exchange.wire, formatFieldLines(fields));
  }
  lane.finish(exchange);
  lane.owner.settle();
}

/** In chunks nothing else would notice: the head does not say how many bytes there are to be. */
function assertAnnouncedLength(encoded: EncodedAnswer, bodyBytes: number): void {
  if (encoded.length === undefined || encoded.length === bodyBytes) return;
  throw new MisuseError(`the handler announced ${encoded.length} bytes and gave ${bodyBytes}`);
}

function sourceFailed(lane: AnswerLane, exchange: ServerExchange, error: unknown): void {
  // A source that is made of the request's body fails with it: that is the peer's doing, and has its own answer.
  const { refusal } = exchange;
  if (exchange.request !== undefined && refusal === undefined) lane.core.options.onError(error, exchange.request);
  exchange.source?.cancel();
  if (exchange.wire.responseState !== 'awaited') {
    lane.owner.breakOff(exchange.wire.minorVersion === 0);
    return;
  }
  exchange.answer = refusal ?? statusAnswer(500);
  sendAnswer(lane, exchange);
  lane.owner.settle();
}
