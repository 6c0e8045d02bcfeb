// Sends an answer whose head is the handler's to the byte.
import { MisuseError } from '../../errors.ts';
import type { CloseReason } from '../../http/close-reason.ts';
import { BODY_UNTIL_CLOSE, CHUNKED_BODY, NO_BODY } from '../../wire/index.ts';
import type { BodyFraming } from '../../wire/index.ts';
import { ExchangeAccount } from '../exchange/exchange-account.ts';
import { reportFailure } from '../exchange/report-failure.ts';
import type { ServerExchange } from '../exchange/server-exchange.ts';
import type { Answer } from '../handler.ts';
import type { AnswerLane } from './answer-lane.ts';
import { ignoreTrailers } from './answer-trailers.ts';
import { SliceSource, openChunkSource } from './chunk-source.ts';
import type { ChunkSource } from './chunk-source.ts';
import type { ExactAnswer, ExactHead } from './exact-answer.ts';
import { ownCloseReason, unreadBodyReason } from './own-close-reason.ts';
import { pumpPieces, sendPiece } from './pump-pieces.ts';

/** An answer with a head of its own. */
export type ExactlyAnswered = Answer & { readonly exact: ExactAnswer };

/** Whether a handler returned an exact answer. */
export function isExact(answer: unknown): answer is ExactlyAnswered {
  return typeof answer === 'object' && answer !== null && (answer as Answer).exact !== undefined;
}

/**
 * Begins to send it; `lane.finish` follows, at once or later. Bodies up to `wholeBytes` are written at once.
 *
 * @throws MisuseError where it makes no sense, or what its `head` threw; nothing was sent then.
 */
export function sendExact(
  lane: AnswerLane,
  exchange: ServerExchange,
  answer: ExactlyAnswered,
  wholeBytes: number,
): void {
  const { body = null, exact } = answer;
  ignoreTrailers(answer.trailers);
  const whole = body === null ? '' : typeof body === 'string' || body instanceof Uint8Array ? body : undefined;
  const source = whole === undefined ? openChunkSource(body as AsyncIterable<Uint8Array>) : undefined;
  const account = (exchange.account ??= new ExchangeAccount(lane.core.clock));
  const mustClose = decideMustClose(lane, exchange, whole !== undefined);
  const head = exact.head({ mustClose });
  const framing = decideFraming(head);
  const closeReason = mustClose ?? decideOwnClose(head);
  const text = head.statusLine === undefined ? '' : `${head.statusLine}\r\n${head.fieldLines}\r\n`;

  account.producedBefore = lane.owner.producedBytes;
  const isWhole = whole !== undefined && whole.length <= wholeBytes;
  const written = isWhole && framing.kind !== 'chunked' && framing.kind !== 'none' ? whole : undefined;
  lane.wire.sendExact(exchange.wire, text, framing, closeReason, written);
  account.exact = exact;
  exchange.status = answer.status ?? 200;
  exchange.persistent = closeReason === undefined;
  if (exchange.persistent) lane.owner.idleTimeoutMs = head.keepAliveTimeoutMs;
  if (framing.kind === 'none') {
    source?.cancel();
    lane.finish(exchange);
  } else if (isWhole) {
    if (framing.kind === 'chunked') sendChunk(lane, exchange, whole);
    else exchange.bodyBytes = whole.length;
    lane.finish(exchange);
  } else {
    stream(lane, exchange, source ?? new SliceSource(whole!), framing);
  }
}

/** Why the connection ends whatever the head says. A FIN of the client is no reason: it may wait for several answers. */
function decideMustClose(lane: AnswerLane, exchange: ServerExchange, isWhole: boolean): CloseReason | undefined {
  const ownReason = ownCloseReason(lane, exchange, false) ?? unreadBodyReason(lane, exchange, isWhole);
  return lane.wire.decideClose(exchange.wire, ownReason, false, false);
}

function decideOwnClose({ framing, persistent }: ExactHead): CloseReason | undefined {
  if (framing === 'untilClose') return 'bodyUntilClose';
  return persistent ? undefined : 'weSentClose';
}

function decideFraming({ framing, fieldLines, statusLine }: ExactHead): BodyFraming {
  switch (framing) {
    case 'none':
      return NO_BODY;
    case 'chunked':
      return CHUNKED_BODY;
    case 'untilClose':
      return BODY_UNTIL_CLOSE;
    default: {
      const digits = statusLine === undefined ? undefined : ANNOUNCED_LENGTH.exec(fieldLines)?.[1];
      if (digits === undefined) throw new MisuseError('an exact answer is framed by its length and announces none');
      return { kind: 'length', length: Number(digits) };
    }
  }
}

const ANNOUNCED_LENGTH = /^content-length:[ \t]*(\d{1,15})[ \t]*\r$/im;

function sendChunk(lane: AnswerLane, exchange: ServerExchange, whole: string | Uint8Array): void {
  if (whole.length > 0) sendPiece(lane, exchange, typeof whole === 'string' ? Buffer.from(whole, 'latin1') : whole);
  lane.wire.sendEnd(exchange.wire);
}

function stream(lane: AnswerLane, exchange: ServerExchange, source: ChunkSource, framing: BodyFraming): void {
  exchange.source = source;
  pump(lane, exchange, source).catch((error: unknown) => {
    // Whatever is thrown here is a defect of the source, or of the connection's end, which has been dealt with.
    if (exchange.progress !== 'sending') return;
    if (exchange.refusal === undefined) reportFailure(lane.core, error, exchange.request);
    source.cancel();
    lane.owner.breakOff(framing.kind === 'untilClose');
  });
}

async function pump(lane: AnswerLane, exchange: ServerExchange, source: ChunkSource): Promise<void> {
  if (!(await pumpPieces(lane, exchange, source, source.next()))) return;
  lane.wire.sendEnd(exchange.wire);
  lane.finish(exchange);
  lane.owner.settle();
}
