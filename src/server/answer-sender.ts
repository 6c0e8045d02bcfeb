// Sends the answer to the first exchange of a connection: whole where it is at hand, else piece by piece with back-pressure.
import { decidePolicyClose } from './keep-alive-policy.ts';
import { BODY_UNTIL_CLOSE, CHUNKED_BODY, NO_BODY } from '../wire/index.ts';
import type { BodyFraming, WireConnection } from '../wire/index.ts';
import { statusAnswer } from './builtin-answers.ts';
import { SliceSource } from './chunk-source.ts';
import type { ChunkSource } from './chunk-source.ts';
import { encodeAnswer } from './encode-answer.ts';
import type { EncodedAnswer } from './encode-answer.ts';
import type { ExchangeLoopOwner } from './exchange-loop.ts';
import type { ServerCore } from './server-core.ts';
import type { ServerExchange } from './server-exchange.ts';

/** Whole bodies above this are sent in slices, so that a slow reader is noticed and memory is not held twice. */
const WHOLE_BODY_BYTES = 262_144;

/** See the head of the file. One for each connection; it holds nothing between answers. */
export class AnswerSender {
  readonly #core: ServerCore;
  readonly #wire: WireConnection;
  readonly #owner: ExchangeLoopOwner;
  readonly #onSent: (exchange: ServerExchange) => void;

  constructor(
    core: ServerCore,
    wire: WireConnection,
    owner: ExchangeLoopOwner,
    onSent: (exchange: ServerExchange) => void,
  ) {
    this.#core = core;
    this.#wire = wire;
    this.#owner = owner;
    this.#onSent = onSent;
  }

  /** Begins to send `exchange.answer`; `onSent` follows, at once or later. */
  send(exchange: ServerExchange): void {
    exchange.progress = 'sending';
    const encoded = this.#encode(exchange);
    exchange.answer = undefined;
    exchange.status = encoded.status;
    const { body, length } = encoded;
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
      if (body !== undefined && body.length > WHOLE_BODY_BYTES) {
        this.#stream(exchange, encoded, new SliceSource(body));
        return;
      }
      this.#sendHead(exchange, encoded, body === undefined ? NO_BODY : { kind: 'length', length: length! }, body);
      exchange.bodyBytes = body?.length ?? 0;
      this.#onSent(exchange);
      return;
    }
    this.#stream(exchange, encoded, body);
  }

  /** An answer that came too late: its source must not be left open. */
  discard(answer: unknown): void {
    try {
      const { body } = encodeAnswer(answer, false);
      if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) body.cancel();
    } catch {
      // What cannot be an answer has nothing to be cancelled.
    }
  }

  #encode(exchange: ServerExchange): EncodedAnswer {
    const isHead = exchange.wire.method === 'HEAD';
    try {
      return encodeAnswer(exchange.answer, isHead);
    } catch (error) {
      if (exchange.request !== undefined) this.#core.options.onError(error, exchange.request);
      return encodeAnswer(statusAnswer(500), isHead);
    }
  }

  #sendHead(
    exchange: ServerExchange,
    encoded: EncodedAnswer,
    framing: BodyFraming,
    body: string | Uint8Array | undefined,
  ): void {
    const { options, date, persistenceLines } = this.#core;
    const policyReason =
      decidePolicyClose(options, {
        draining: this.#core.draining,
        answerNumber: exchange.number,
        ageMs: this.#owner.ageMs,
      }) ?? this.#unreadBodyReason(exchange, body !== undefined || framing.kind === 'none');
    const untilClose = framing.kind === 'untilClose';
    const closeReason = this.#wire.decideClose(exchange.wire, policyReason, untilClose, encoded.close);
    exchange.persistent = closeReason === undefined;
    let lines = encoded.hasDate ? encoded.fieldLines : `${encoded.fieldLines}Date: ${date.text()}\r\n`;
    if (framing.kind === 'none' && encoded.length !== undefined) lines += `Content-Length: ${encoded.length}\r\n`;
    lines += persistenceLines.format(closeReason, exchange.number);
    this.#wire.sendResponse(exchange.wire, encoded.status, lines, framing, closeReason, body);
  }

  /** Whether the part of the request's body that nobody read is a reason to close. `whole`: nothing of the answer follows. */
  #unreadBodyReason(exchange: ServerExchange, whole: boolean): 'bodyNotConsumed' | undefined {
    const { body } = exchange;
    if (body === undefined || exchange.wire.requestState !== 'body') return undefined;
    // A client that was not told to continue may send its body or not: nobody can tell where the next request begins.
    const expects = exchange.head?.fields.expect !== undefined && exchange.wire.minorVersion > 0;
    if (expects && !exchange.continued && body.receivedBytes === 0) return 'bodyNotConsumed';
    // Whoever still streams the answer may still read; what is unread when the answer is out is thrown away.
    if (body.beingRead && !whole) return undefined;
    const remainingBytes = this.#wire.bodyRemainingBytes;
    return remainingBytes !== Infinity && remainingBytes > this.#core.options.limits.drainBytes
      ? 'bodyNotConsumed'
      : undefined;
  }

  #stream(exchange: ServerExchange, encoded: EncodedAnswer, source: ChunkSource): void {
    exchange.source = source;
    this.#pump(exchange, encoded, source).catch((error: unknown) => {
      // Whatever is thrown here is a defect of the source, or of the connection's end, which has been dealt with.
      if (exchange.progress === 'sending') this.#sourceFailed(exchange, error);
    });
  }

  async #pump(exchange: ServerExchange, encoded: EncodedAnswer, source: ChunkSource): Promise<void> {
    if (encoded.length === 0) {
      this.#sendHead(exchange, encoded, NO_BODY, undefined);
      source.cancel();
      this.#onSent(exchange);
      this.#owner.settle();
      return;
    }
    let next = source.next();
    if (encoded.length === undefined) {
      const early = await this.#peekWhole(next, source);
      if (exchange.progress !== 'sending') return;
      if ('whole' in early) {
        const bytes = early.whole;
        exchange.bodyBytes = bytes.length;
        this.#sendHead(
          exchange,
          { ...encoded, length: bytes.length },
          bytes.length === 0 ? NO_BODY : { kind: 'length', length: bytes.length },
          bytes.length === 0 ? undefined : bytes,
        );
        this.#onSent(exchange);
        this.#owner.settle();
        return;
      }
      next = early.next;
      this.#sendHead(exchange, encoded, exchange.wire.minorVersion === 0 ? BODY_UNTIL_CLOSE : CHUNKED_BODY, undefined);
      if (early.first !== undefined) this.#sendPiece(exchange, early.first);
    } else {
      this.#sendHead(exchange, encoded, { kind: 'length', length: encoded.length }, undefined);
    }
    for (;;) {
      this.#owner.settle();
      if (this.#owner.blocked) {
        // The piece is looked at below; until then nobody waits for it, and its failure would be an unhandled rejection.
        next.catch(() => {});
        await this.#owner.whenReady();
      }
      const piece = await next;
      if (exchange.progress !== 'sending') return;
      if (piece === undefined) break;
      this.#sendPiece(exchange, piece);
      next = source.next();
    }
    this.#wire.sendEnd(exchange.wire);
    this.#onSent(exchange);
    this.#owner.settle();
  }

  #sendPiece(exchange: ServerExchange, piece: Uint8Array): void {
    this.#wire.sendBody(exchange.wire, piece);
    exchange.bodyBytes += piece.length;
  }

  /**
   * Many sources hold one piece that is there at once (a global Response made of text, for one): those can be sent with their
   * length and in one write. Whatever takes longer than this turn of the event loop is streamed, its head going first.
   */
  async #peekWhole(
    firstPiece: Promise<Uint8Array | undefined>,
    source: ChunkSource,
  ): Promise<{ whole: Uint8Array } | { first: Uint8Array | undefined; next: Promise<Uint8Array | undefined> }> {
    const first = await this.#withinTurn(firstPiece);
    if (first === 'later') return { first: undefined, next: firstPiece };
    if (first === undefined) return { whole: new Uint8Array(0) };
    const secondPiece = source.next();
    const second = await this.#withinTurn(secondPiece);
    return second === undefined ? { whole: first } : { first, next: secondPiece };
  }

  #withinTurn(piece: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined | 'later'> {
    return new Promise((resolve, reject) => {
      piece.then(resolve, reject);
      this.#core.clock.endOfTurn(() => resolve('later'));
    });
  }

  #sourceFailed(exchange: ServerExchange, error: unknown): void {
    // A source that is made of the request's body fails with it: that is the peer's doing, and has its own answer.
    const { refusal } = exchange;
    if (exchange.request !== undefined && refusal === undefined) this.#core.options.onError(error, exchange.request);
    exchange.source?.cancel();
    if (exchange.wire.responseState !== 'awaited') {
      this.#owner.breakOff(exchange.wire.minorVersion === 0);
      return;
    }
    exchange.answer = refusal ?? statusAnswer(500);
    this.send(exchange);
    this.#owner.settle();
  }
}
