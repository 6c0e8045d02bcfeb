// One request over HTTP/2 and its answer: the stream's events on one side, the handler on the other (RFC 9113 §8.1).
// It knows its stream and nothing of the others; how the answer goes out stands in send-answer.ts.
import { AbortedError } from '../../errors.ts';
import { ProtocolError } from '../../wire/index.ts';
import { answerCheck } from '../health/answer-check.ts';
import { decideBuiltinAnswer, statusAnswer } from '../exchange/builtin-answers.ts';
import type { ChunkSource } from '../answer/chunk-source.ts';
import type { Answer, AnswerHeaders } from '../handler.ts';
import { planInformational } from '../exchange/informational.ts';
import type { ConnectionHandle, ExchangeWatcher } from '../exchange/exchange-life.ts';
import { RequestBody } from '../request/request-body.ts';
import type { RequestBodyOwner } from '../request/request-body.ts';
import { RequestClient } from '../request/client-view.ts';
import { ForwardedRequest } from '../request/forwarded-request.ts';
import { LazyRequest } from '../request/request.ts';
import { discardAnswer } from '../answer/send-answer.ts';
import { Http2ExchangeContext } from './exchange-context.ts';
import type { Http2ContextLane } from './exchange-context.ts';
import type { Http2ExchangeOwner } from './exchange-owner.ts';
import { readHttp2RequestHead } from './request-head.ts';
import type { Http2RequestHead } from './request-head.ts';
import { encodeInterimFields } from './response-fields.ts';
import { sendHttp2Answer } from './send-answer.ts';
import type { Http2AnswerLane } from './send-answer.ts';
import { NO_ERROR } from './session.ts';
import type { ServerHttp2Stream } from './session.ts';
import { StreamDeadline } from './stream-deadlines.ts';
import type { DeadlinedStream } from './stream-deadlines.ts';
import { decideStreamEnd } from './stream-end.ts';
import { isThenable } from '../../thenable.ts';

/** See the head of the file. */
export class Http2Exchange implements RequestBodyOwner, DeadlinedStream, Http2AnswerLane, Http2ContextLane {
  readonly owner: Http2ExchangeOwner;
  readonly stream: ServerHttp2Stream;
  /** 1 for the first request on the connection. */
  readonly number: number;
  /** Undefined where it broke a rule. */
  head: Http2RequestHead | undefined = undefined;
  request: LazyRequest | undefined = undefined;
  #body: RequestBody | undefined = undefined;
  /** What the client is told for having broken the request, unless an answer was begun before. */
  refusal: Answer | undefined = undefined;
  /** Whether the answer is the server's own, not a handler's. */
  isBuiltin = false;
  /** Whether nobody is told of it: a health check. */
  untold = false;
  /** `waiting` → `sending` → `done`. */
  progress: 'waiting' | 'sending' | 'done' = 'waiting';
  status = 0;
  bodyBytes = 0;
  source: ChunkSource | undefined = undefined;
  /** Who asks; made where proxies are trusted, or when a handler asks for it. */
  #client: RequestClient | undefined = undefined;
  /** Wall clock; 0 where nobody traces. */
  startedAtMs = 0;
  startedMonotonicMs = 0;
  /** Whoever asked to be told of its end. */
  watcher: ExchangeWatcher | undefined = undefined;
  #continued = false;
  receivedBytes = 0;
  /** All of the request has arrived. */
  #received: boolean;
  /** The client is awaited to take what was written. */
  #blocked = false;
  readonly #deadline: StreamDeadline;
  #wake: (() => void) | undefined = undefined;
  #finished = false;
  #brokenOff = false;

  constructor(owner: Http2ExchangeOwner, stream: ServerHttp2Stream, number: number, hasBody: boolean) {
    this.owner = owner;
    this.stream = stream;
    this.number = number;
    this.#received = !hasBody;
    this.#deadline = new StreamDeadline(this, owner.deadlines);
  }

  /** `list` has names and values in turn, as they arrived. */
  begin(list: readonly string[]): void {
    const { core } = this.owner;
    const { stream } = this;
    if (core.options.trace !== undefined) {
      this.startedAtMs = core.clock.wallMs();
      this.startedMonotonicMs = core.clock.nowMs();
    }
    // What breaks it is told by its end, too.
    stream.on('close', () => this.#onClosed());
    this.#answer(list);
    // Most handlers have answered by now, and then it is no news.
    if (this.progress !== 'done') stream.on('aborted', () => this.#takenBack());
  }

  #answer(list: readonly string[]): void {
    const { core } = this.owner;
    const { limits } = core.options;
    const head = readHttp2RequestHead(list, limits);
    if (typeof head === 'string') {
      this.#refuse(new ProtocolError(head));
      return;
    }
    this.head = head;
    if (!this.#received) this.#expectBody();
    this.request =
      core.options.trust === undefined
        ? new LazyRequest(head, core.base, this.#body)
        : new ForwardedRequest(head, core.base, this.#body, this.client);
    if (head.contentLength !== undefined && head.contentLength > limits.bodyBytes) {
      this.#refuse(new ProtocolError('bodyTooLarge', `${limits.bodyBytes} bytes are the limit`));
      return;
    }
    const builtin =
      decideBuiltinAnswer(head) ?? (core.health && answerCheck(core, this.owner, this, head, this.request));
    if (builtin === undefined) this.#ask(this.request);
    else this.#answerItself(builtin);
    // A connection that was let in for a check has no further use.
    if (core.healthLane?.has(this.owner) === true) this.owner.closeGracefully('shed');
  }

  get client(): RequestClient {
    this.#client ??= new RequestClient(this.owner.core.options.trust, this.owner, this.head!);
    return this.#client;
  }

  #expectBody(): void {
    const { stream } = this;
    this.#body = new RequestBody(this);
    stream.on('data', (piece: Buffer) => this.#onData(piece));
    stream.on('end', () => this.#onEnd());
    stream.on('trailers', (...[, , list]: [unknown, unknown, string[]]) => this.watcher?.onTrailers(list));
    this.updateDeadline();
  }

  #ask(request: LazyRequest): void {
    let returned: unknown;
    let later = false;
    try {
      returned = this.owner.core.options.answer.call(request, new Http2ExchangeContext(this));
      later = isThenable(returned);
    } catch (error) {
      this.#handlerFailed(error);
      return;
    }
    if (!later) {
      this.#settle(returned);
      return;
    }
    // A promise of another library may call back at once: resolve() puts order into it.
    Promise.resolve(returned).then(
      (answer: unknown) => this.#settle(answer),
      (error: unknown) => this.#handlerFailed(error),
    );
  }

  #settle(answer: unknown): void {
    if (this.progress === 'waiting' && !this.stream.closed && !this.stream.destroyed) sendHttp2Answer(this, answer);
    else discardAnswer(answer);
  }

  #handlerFailed(error: unknown): void {
    // Where the client gave up or broke the request, the handler's failure is a consequence.
    if (this.progress !== 'waiting') return;
    this.owner.core.options.onError(error, this.request!);
    this.#settle(statusAnswer(500));
  }

  #answerItself(answer: Answer): void {
    this.isBuiltin = true;
    this.#settle(answer);
  }

  /** A request that cannot be read to its end is answered at once, whatever its handler still does. */
  #refuse(error: Error, status: number = error instanceof ProtocolError ? error.status : 400): void {
    this.refusal = statusAnswer(status, error.message);
    if (this.progress === 'waiting') this.watcher?.onEnd(error);
    this.#body?.fail(error);
    if (this.request !== undefined) LazyRequest.abort(this.request, error);
    if (this.progress === 'waiting') this.#answerItself(this.refusal);
  }

  #onData(piece: Buffer): void {
    this.receivedBytes += piece.length;
    if (this.#finished) {
      this.#stopRequest();
      return;
    }
    const { bodyBytes } = this.owner.core.options.limits;
    if (this.receivedBytes > bodyBytes) {
      if (this.#body!.state === 'open')
        this.#refuse(new ProtocolError('bodyTooLarge', `${bodyBytes} bytes are the limit`));
      return;
    }
    this.#body!.push(piece);
  }

  #onEnd(): void {
    this.#received = true;
    this.#body!.finish();
    this.updateDeadline();
  }

  /** RFC 9110 §10.1.1: the client holds its body back until it is told to continue. */
  get #awaitsContinue(): boolean {
    return !this.#continued && this.receivedBytes === 0 && this.head?.fields.expect !== undefined;
  }

  bodyWanted(): void {
    if (!this.#awaitsContinue || this.progress === 'done') return;
    this.#continued = true;
    // An answer that is made of the body asks for it when it is about to be sent.
    const { closed, destroyed, headersSent } = this.stream;
    if (!closed && !destroyed && !headersSent) this.stream.additionalHeaders({ ':status': 100 });
    this.updateDeadline();
  }

  sendInformational(status: number, headers: AnswerHeaders | undefined): boolean {
    const { stream } = this;
    const plan = planInformational({
      answered: this.progress !== 'waiting',
      givenUp: this.refusal !== undefined || stream.closed || stream.destroyed,
      minorVersion: 1,
      isFirst: true,
      blocked: false,
    });
    if (plan === 'drop') return false;
    if (status === 100) this.#continued = true;
    stream.additionalHeaders(encodeInterimFields(status, headers));
    this.updateDeadline();
    return true;
  }

  pauseBody(): void {
    this.stream.pause();
    this.updateDeadline();
  }

  resumeBody(): void {
    this.stream.resume();
    this.updateDeadline();
  }

  finish(): void {
    this.progress = 'done';
    this.#finished = true;
    this.#trace();
    this.watcher?.onEnd(undefined);
    this.#body?.discard();
    this.source = undefined;
    // RFC 9113 §8.1: whoever still sends is asked to stop, once the answer is out.
    if (!this.#received) this.stream.once('finish', () => this.#stopRequest());
  }

  /** Of {@link Http2ContextLane}, as what follows. */
  get handle(): ConnectionHandle {
    return this.owner;
  }

  giveUp(): void {
    if (this.progress !== 'done') this.#breakOff('the handler gave the exchange up');
  }

  /**
   * For node:http2 an answer is finished when it is queued; a reset would overtake it. Where the window keeps it, what still arrives of
   * the body asks again.
   */
  #stopRequest(): void {
    const { stream } = this;
    if (!this.#received && !stream.destroyed && stream.state.localClose === 1) stream.close(NO_ERROR);
  }

  fail(error: unknown): void {
    // A source that is made of the request's body fails with it: that is the client's doing, and has its own answer.
    const { refusal, stream } = this;
    if (this.request !== undefined && refusal === undefined) this.owner.core.options.onError(error, this.request);
    this.source?.cancel();
    this.source = undefined;
    if (stream.headersSent) {
      this.#breakOff('the answer broke off');
      return;
    }
    this.progress = 'waiting';
    this.#answerItself(refusal ?? statusAnswer(500));
  }

  /** A stream that is reset with NO_ERROR is kept by Node.js until all that waits for its window has left, which it never will. */
  #takenBack(): void {
    this.#giveUp('the client gave up the request');
    this.owner.core.clock.endOfTurn(() => this.stream.destroy());
  }

  /** The client is gone, or gets no answer, or no whole one. */
  #giveUp(message: string): void {
    if (this.progress === 'done') return;
    const error = new AbortedError(message);
    const begun = this.progress === 'sending';
    this.progress = 'done';
    // What broke off in the middle is told too: an access log without it would hide just the failures.
    if (begun) this.#trace();
    this.watcher?.onEnd(error);
    this.#body?.fail(error);
    if (this.request !== undefined) LazyRequest.abort(this.request, error);
    this.source?.cancel();
    this.source = undefined;
    this.#wake?.();
    // What nobody reads would keep the stream open.
    this.stream.resume();
  }

  #onClosed(): void {
    this.#deadline.clear();
    this.#giveUp('the client closed the connection');
    this.#wake?.();
    this.owner.exchangeEnded(
      decideStreamEnd({ finished: this.#finished, brokenOff: this.#brokenOff, code: this.stream.rstCode ?? NO_ERROR }),
    );
  }

  #trace(): void {
    const { core } = this.owner;
    if (core.options.trace === undefined || this.untold) return;
    const { head } = this;
    core.options.trace({
      type: 'exchange',
      exchange: {
        connection: this.owner.info(),
        requestNumber: this.number,
        request: head === undefined ? undefined : { method: head.method, target: head.target, version: '2.0' },
        requestField: (name) => head?.lines.get(name),
        status: this.status,
        bodyBytes: this.bodyBytes,
        startedAtMs: this.startedAtMs,
        durationMs: core.clock.nowMs() - this.startedMonotonicMs,
        persistent: this.owner.persistent,
        ...(this.#client === undefined ? {} : { client: this.#client.info }),
      },
    });
  }

  awaitTaken(): void {
    this.#blocked = true;
    this.updateDeadline();
  }

  async whenTaken(): Promise<void> {
    if (!this.stream.writableNeedDrain || this.progress === 'done') return;
    this.awaitTaken();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.stream.once('drain', resolve);
    });
    this.#wake = undefined;
    this.#blocked = false;
    this.updateDeadline();
  }

  /** The client is held to one thing at a time, as in HTTP/1. */
  updateDeadline(): void {
    this.#deadline.enter(this.#blocked ? 'write' : this.#awaitsBody ? 'body' : undefined);
  }

  /** The rest of the request is to come, and nobody but the client keeps it waiting. */
  get #awaitsBody(): boolean {
    if (this.#received || this.#body?.state !== 'open' || this.#body.paused) return false;
    // Who waits for `100 Continue` is kept waiting by the handler.
    return !this.#awaitsContinue || this.progress !== 'waiting';
  }

  get takenBytes(): number {
    return this.bodyBytes - this.stream.writableLength;
  }

  onBodyDue(): void {
    if (!this.#deadline.extend('body')) this.#refuse(new AbortedError('the request body did not arrive in time'), 408);
  }

  onWriteDue(): void {
    if (this.#deadline.extend('write')) return;
    this.#breakOff('the client did not take the answer in time');
    this.owner.exchangeStalled();
  }

  /**
   * The rest of the answer is not sent, and the client is told so with a reset (INTERNAL_ERROR). Not by `close()` of the stream, which
   * ends it before it resets it: what was sent so far would look whole.
   */
  #breakOff(message: string): void {
    this.#brokenOff = true;
    this.#giveUp(message);
    this.stream.destroy(new AbortedError(message));
  }
}
