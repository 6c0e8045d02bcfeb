// One request and its response as a listener of node:http sees them, on top of the handler contract: the answer is whole where `end` comes
// within the turn, else it is a source that gives out pieces as fast as the connection takes them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Headers } from '../../http/headers.ts';
import { reasonPhrase } from '../../http/status.ts';
import type { Answer, AnswerBody, HandlerContext, UpgradedConnection } from '../../server/handler.ts';
import type { ExchangeLife, ExchangeWatcher } from '../../server/exchange/exchange-life.ts';
import { AdaptedRequest } from './adapted-request.ts';
import { AdaptedResponse } from './adapted-response.ts';
import type { ResponseSink } from './adapted-response.ts';
import { ConnectionSocket } from './connection-socket.ts';
import type { SocketExchange } from './connection-socket.ts';
import { ForeignLife } from './foreign-life.ts';
import { sendInterim } from './interim.ts';
import { responseInternals } from './message-internals.ts';
import type { Callback } from './message-internals.ts';
import type { OutgoingHead } from './outgoing-head.ts';
import { OutgoingPieces } from './outgoing-pieces.ts';
import type { PiecesOwner } from './outgoing-pieces.ts';
import { parseTrailerLines } from './trailer-lines.ts';
import type { ReceivedRequest } from './received-request.ts';
import { isThenable } from '../../thenable.ts';

/** Bytes that may wait for the connection before `write` asks to wait. As the high-water mark of Node.js. */
const HIGH_WATER_BYTES = 65_536;

/** What takes connections over for another protocol; as the event `upgrade` of node:http. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Whoever calls the listener. */
export interface ExchangeRunner {
  readonly joinDuplicateHeaders: boolean;
  request(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): unknown;
  /** Hears of an error that no answer can tell of any more. */
  onError(error: unknown, request: Request): void;
}

/** See the head of the file. */
export class AdaptedExchange implements ResponseSink, SocketExchange, ExchangeWatcher, PiecesOwner {
  readonly request: AdaptedRequest;
  readonly response: AdaptedResponse;
  readonly #context: HandlerContext;
  readonly #life: ExchangeLife;
  readonly #socket: ConnectionSocket;
  readonly #runner: ExchangeRunner;
  readonly #original: Request;
  readonly #expectsContinue: boolean;
  #head: OutgoingHead | undefined;
  readonly #pieces: OutgoingPieces = new OutgoingPieces(this);
  /** What is returned to the server; the promise of it where the listener is not done when it returns. */
  #answer: Answer | undefined;
  #deliver: { resolve(answer: Answer): void; reject(error: unknown): void } | undefined;
  #flushing = false;
  #ended = false;
  /** The server is done with it. */
  #over = false;
  #failed = false;

  constructor(
    context: HandlerContext,
    life: ExchangeLife,
    received: ReceivedRequest,
    socket: ConnectionSocket,
    runner: ExchangeRunner,
    original: Request,
  ) {
    this.#context = context;
    this.#life = life;
    this.#socket = socket;
    this.#runner = runner;
    this.#original = original;
    this.#expectsContinue = received.expectsContinue;
    this.request = new AdaptedRequest(socket, received, runner.joinDuplicateHeaders);
    this.response = new AdaptedResponse(this.request, this, received.keepAlive);
    life.watch(this);
    ConnectionSocket.begin(socket, this);
    // First of its listeners, as in Node.js: those of the application find the response detached.
    this.response.on('finish', onFinish);
  }

  /** Calls the listener. What is returned is the answer, or becomes it. Throws what the listener throws before anything was sent. */
  run(): Answer | Promise<Answer> {
    let returned: unknown;
    try {
      returned = this.#runner.request(this.request, this.response, this.#expectsContinue);
    } catch (error) {
      this.#fail();
      throw error;
    }
    if (isThenable(returned)) returned.then(undefined, (error: unknown) => this.#listenerFailed(error));
    AdaptedRequest.listenerCalled(this.request);
    if (this.#answer !== undefined) return this.#answer;
    if (this.#pieces.begun) this.#flushSoon();
    return new Promise((resolve, reject) => {
      this.#deliver = { resolve, reject };
    });
  }

  /** Gives the connection away, so that there is no answer: what is returned never comes. Throws where it cannot be had. */
  takeOver(upgrade: UpgradeListener): Promise<Answer> {
    let upgraded: UpgradedConnection;
    try {
      upgraded = this.#context.upgrade();
    } catch (error) {
      this.#fail();
      throw error;
    }
    const { socket, head } = upgraded;
    Object.assign(this.request, { upgrade: true, socket, client: socket });
    upgrade(this.request, socket, head);
    return new Promise(() => {});
  }

  head(head: OutgoingHead): void {
    this.#head = head;
  }

  send(data: string | Uint8Array, encoding: string | null | undefined, callback: Callback | null | undefined): boolean {
    if (this.#over || this.#failed) return false;
    ConnectionSocket.touch(this.#socket);
    const ready = this.#pieces.push(data, encoding, callback) < HIGH_WATER_BYTES;
    responseInternals(this.response).outputSize = this.#pieces.waitingBytes;
    // While the listener runs, run() looks afterwards.
    if (this.#deliver !== undefined) this.#flushSoon();
    return ready;
  }

  interim(text: string, callback: Callback | null | undefined): void {
    // Once the answer is the server's, nothing can go before it: Node.js does not throw then, and a timer that did would end the process.
    if (this.#answer === undefined && !this.#over && !this.#failed) sendInterim(this.#context, text);
    if (typeof callback === 'function') process.nextTick(callback);
  }

  ended(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#answer === undefined) this.#give(this.#wholeBody());
    this.#pieces.end();
  }

  piecesTaken(): void {
    responseInternals(this.response).outputSize = this.#pieces.waitingBytes;
    AdaptedResponse.drain(this.response);
  }

  piecesRead(whole: boolean): void {
    if (!(this.#life instanceof ForeignLife)) return;
    if (whole) this.#life.answerTaken();
    else this.#life.breakOff();
  }

  assigned(): void {
    if (this.response.writableEnded) this.ended();
    else AdaptedResponse.drain(this.response);
  }

  breakOff(): void {
    this.#life.breakOff();
  }

  timedOut(socket: ConnectionSocket): boolean {
    const byRequest = !this.request.complete && this.request.emit('timeout', socket);
    const byResponse = this.response.emit('timeout', socket);
    return byRequest || byResponse;
  }

  onTrailers(fields: readonly string[]): void {
    AdaptedRequest.addTrailers(this.request, fields);
  }

  /** As node:http takes it: whoever ends its side before its answer is complete is gone. Long answers would not end otherwise. */
  onPeerEnded(): void {
    if (!this.#over && !this.response.writableEnded) this.#life.breakOff();
  }

  onEnd(error: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    if (error !== undefined) ConnectionSocket.lose(this.#socket, this);
    else if (this.#failed) process.nextTick(close, this);
    else process.nextTick(finish, this);
  }

  lost(): void {
    (this.#socket as { _hadError?: boolean })._hadError = true;
    AdaptedRequest.abort(this.request);
    AdaptedResponse.close(this.response);
    this.#pieces.fail(new Error('aborted'));
    // The server wants no answer any more, but the promise of one should not stay open for ever.
    this.#deliver?.reject(new Error('aborted'));
    ConnectionSocket.detach(this.#socket, this);
  }

  /** What was written so far goes out; more may follow. */
  static flush(exchange: AdaptedExchange): void {
    if (exchange.#answer === undefined && !exchange.#failed && exchange.#head !== undefined)
      exchange.#give(exchange.#pieces);
  }

  static finish(exchange: AdaptedExchange): void {
    exchange.#pieces.delivered();
  }

  /** The response has told that it is finished. */
  static finished(response: AdaptedResponse): void {
    const exchange = AdaptedResponse.sinkOf(response) as AdaptedExchange;
    AdaptedRequest.answered(exchange.request);
    ConnectionSocket.detach(exchange.#socket, exchange);
    // Ours is the only listener: nobody can tell whether the close comes in a turn of its own.
    const { request } = exchange;
    if (response.listenerCount('finish') === 1 && response.listenerCount('close') === 0)
      closeMessages(request, response);
    else process.nextTick(closeMessages, request, response);
  }

  /** What an async listener rejected with. */
  static listenerFailed(response: AdaptedResponse, error: unknown): void {
    (AdaptedResponse.sinkOf(response) as AdaptedExchange).#listenerFailed(error);
  }

  static close(exchange: AdaptedExchange): void {
    ConnectionSocket.detach(exchange.#socket, exchange);
    exchange.request.destroy();
    AdaptedResponse.close(exchange.response);
  }

  /** `end` may come within the turn, and then the answer is whole. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(flush, this);
  }

  #give(body: AnswerBody): void {
    const { status, reason, fields, length, wantsChunks } = this.#head!;
    const answer: { -readonly [Key in keyof Answer]: Answer[Key] } = {
      status,
      headers: Headers.fromList(fields),
      body,
    };
    if (reason !== reasonPhrase(status)) answer.statusText = reason;
    const { _trailer: trailer } = responseInternals(this.response);
    if (length === undefined && (wantsChunks || trailer !== '' || body === this.#pieces)) {
      answer.trailers = () => parseTrailerLines(responseInternals(this.response)._trailer);
    }
    this.#answer = answer;
    if (body !== this.#pieces) this.piecesRead(true);
    this.#deliver?.resolve(answer);
    this.#deliver = undefined;
  }

  #wholeBody(): AnswerBody {
    const whole = this.#pieces.takeWhole();
    responseInternals(this.response).outputSize = 0;
    // To a HEAD, only the application can say how long the body would be; without it nothing is said.
    if (this.request.method === 'HEAD' && this.#head!.length === undefined) return NOTHING;
    return whole;
  }

  /** Nothing was sent, so that the server can answer 500; from now on nobody hears what is written here. */
  #fail(): void {
    this.#failed = true;
    this.response.destroyed = true;
  }

  #listenerFailed(error: unknown): void {
    if (this.#over || this.#ended) {
      this.#runner.onError(error, this.#original);
      return;
    }
    if (this.#answer === undefined) {
      this.#fail();
      this.#deliver?.reject(error);
      this.#deliver = undefined;
    } else {
      this.#pieces.fail(error);
    }
  }
}

/** A body of which nobody may know anything. */
const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

function flush(exchange: AdaptedExchange): void {
  AdaptedExchange.flush(exchange);
}

function finish(exchange: AdaptedExchange): void {
  AdaptedExchange.finish(exchange);
}

function close(exchange: AdaptedExchange): void {
  AdaptedExchange.close(exchange);
}

function closeMessages(request: AdaptedRequest, response: AdaptedResponse): void {
  AdaptedRequest.close(request);
  AdaptedResponse.close(response);
}

function onFinish(this: AdaptedResponse): void {
  AdaptedExchange.finished(this);
}
