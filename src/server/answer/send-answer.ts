// Sends the answer to the first exchange of a connection: whole where it is at hand, else piece by piece with back-pressure.
import { MisuseError } from '../../errors.ts';
import type { CloseReason } from '../../http/close-reason.ts';
import { decidePolicyClose } from '../connection/keep-alive-policy.ts';
import { BODY_UNTIL_CLOSE, CHUNKED_BODY, NO_BODY, formatFieldLines } from '../../wire/index.ts';
import type { BodyFraming, WireConnection } from '../../wire/index.ts';
import { statusAnswer } from '../exchange/builtin-answers.ts';
import { ignoreTrailers, resolveTrailers } from './answer-trailers.ts';
import { SliceSource, openChunkSource } from './chunk-source.ts';
import type { ChunkSource } from './chunk-source.ts';
import { encodeAnswer } from './encode-answer.ts';
import type { ExchangeLoopOwner } from '../exchange/exchange-loop-owner.ts';
import type { Answer } from '../handler.ts';
import { peekWhole } from './peek-source.ts';
import { EncodedAnswer } from './read-answer.ts';
import { Response } from './response.ts';
import type { ServerCore } from '../server-core.ts';
import type { ServerExchange } from '../exchange/server-exchange.ts';

/** Whole bodies above this are sent in slices, so that a slow reader is noticed and memory is not held twice. */
const WHOLE_BODY_BYTES = 262_144;

/** The connection that an answer goes out on, as far as sending it needs to know. */
export interface AnswerLane {
  readonly core: ServerCore;
  readonly owner: ExchangeLoopOwner;
  readonly wire: WireConnection;
  /** The answer is out. */
  finish(exchange: ServerExchange): void;
}

/** Begins to send `exchange.answer`; `lane.finish` follows, at once or later. */
export function sendAnswer(lane: AnswerLane, exchange: ServerExchange): void {
  exchange.progress = 'sending';
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

/** The server's own reason to end the connection with the answer to this exchange, as far as it is known now. */
export function ownCloseReason(
  lane: AnswerLane,
  exchange: ServerExchange,
  lastAsked: boolean,
): CloseReason | undefined {
  const { options, draining, isPressureHigh } = lane.core;
  return decidePolicyClose(options, {
    draining,
    isPressureHigh,
    answerNumber: exchange.number,
    ageMs: options.maxAgeMs === Infinity ? 0 : lane.owner.ageMs,
    lastAsked,
  });
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

/** Whether the part of the request's body that nobody read is a reason to close. `whole`: nothing of the answer follows. */
function unreadBodyReason(lane: AnswerLane, exchange: ServerExchange, whole: boolean): 'bodyNotConsumed' | undefined {
  const { body } = exchange;
  if (body === undefined || exchange.wire.requestState !== 'body') return undefined;
  // A client that was not told to continue may send its body or not: nobody can tell where the next request begins.
  if (exchange.awaitsContinue) return 'bodyNotConsumed';
  // Whoever still streams the answer may still read; what is unread when the answer is out is thrown away.
  if (body.beingRead && !whole) return undefined;
  // What may be of any length cannot be promised to be drained, and an end that was not announced would be a broken word.
  return lane.wire.bodyRemainingBytes > lane.core.options.limits.drainBytes ? 'bodyNotConsumed' : undefined;
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
  for (;;) {
    lane.owner.settle();
    if (lane.owner.blocked) {
      // The piece is looked at below; until then nobody waits for it, and its failure would be an unhandled rejection.
      next.catch(() => {});
      await lane.owner.whenReady();
    }
    const piece = await next;
    if (exchange.progress !== 'sending') return;
    if (piece === undefined) break;
    sendPiece(lane, exchange, piece);
    next = source.next();
  }
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

function sendPiece(lane: AnswerLane, exchange: ServerExchange, piece: Uint8Array): void {
  lane.wire.sendBody(exchange.wire, piece);
  exchange.bodyBytes += piece.length;
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
