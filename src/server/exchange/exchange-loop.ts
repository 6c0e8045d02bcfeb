// The loop of one connection: requests in, handlers called, answers out in order. Without sockets and without time of its own.
import { AbortedError, MisuseError } from '../../errors.ts';
import { isSafeMethod } from '../../http/methods.ts';
import type { ConnectionInfo } from '../../trace.ts';
import { WireConnection } from '../../wire/index.ts';
import type {
  Exchange,
  FieldLines,
  PartialHead,
  ProtocolError,
  RequestHead,
  ResponseHead,
  WireSink,
} from '../../wire/index.ts';
import { abandon } from './abandon.ts';
import { answerCheck } from '../health/answer-check.ts';
import { ignoreTrailers } from '../answer/answer-trailers.ts';
import { decideBuiltinAnswer, statusAnswer } from './builtin-answers.ts';
import { RequestClient } from '../request/client-view.ts';
import { ExchangeAccount } from './exchange-account.ts';
import { toExactRecord } from './exact-record.ts';
import { ExchangeContext } from './exchange-context.ts';
import type { ContextLane } from './exchange-context.ts';
import type { ExchangeLoopOwner } from './exchange-loop-owner.ts';
import { ForwardedRequest } from '../request/forwarded-request.ts';
import type { Answer, AnswerHeaders, UpgradedConnection } from '../handler.ts';
import { RequestBody } from '../request/request-body.ts';
import type { RequestBodyOwner } from '../request/request-body.ts';
import { LazyRequest } from '../request/request.ts';
import { ownCloseReason } from '../answer/own-close-reason.ts';
import type { ExactAnswer } from '../answer/exact-answer.ts';
import { isExact } from '../answer/send-exact.ts';
import { discardAnswer, sendAnswer } from '../answer/send-answer.ts';
import type { AnswerLane } from '../answer/answer-lane.ts';
import { refuse } from './refuse.ts';
import type { LateReading, RefusalCause } from './refusal.ts';
import { sendInformational, writeInformational } from './send-informational.ts';
import type { HeldInformational } from './informational.ts';
import type { ServerCore } from '../server-core.ts';
import { ServerExchange } from './server-exchange.ts';
import { asksUpgrade, decideUpgradeRefusal } from './upgrade-refusal.ts';
import { isThenable } from '../../thenable.ts';

const CONTINUE: HeldInformational = { status: 100, fieldLines: '' };

/** See the head of the file. It lives as long as its connection is busy: an idle connection has none. */
export class ExchangeLoop implements WireSink, RequestBodyOwner, AnswerLane, ContextLane {
  readonly core: ServerCore;
  readonly owner: ExchangeLoopOwner;
  readonly wire: WireConnection;
  #first: ServerExchange | undefined = undefined;
  #last: ServerExchange | undefined = undefined;
  /** Requests whose handlers run or wait, and how many of them are not free to run beside others. */
  #openCount = 0;
  #exclusiveCount = 0;
  /** A request that waits until those before it are answered. */
  #held: ServerExchange | undefined = undefined;
  /** Bytes of the current request's body that arrived, whoever took them. */
  bodyReceivedBytes = 0;
  /** Those that nobody took, because the answer was out. */
  #drainedBytes = 0;

  constructor(core: ServerCore, owner: ExchangeLoopOwner) {
    this.core = core;
    this.owner = owner;
    this.wire = new WireConnection('server', core.configuration, this, owner);
  }

  /** Whether no exchange is open: everything that was asked has been answered. */
  get empty(): boolean {
    return this.#first === undefined && this.wire.reading === undefined;
  }

  /** The body of a request is still to come, and it is the peer that keeps us waiting. */
  get awaitsBody(): boolean {
    const wireExchange = this.wire.reading;
    if (wireExchange === undefined || this.wire.paused) return false;
    // Who waits for `100 Continue` is kept waiting by the handler. Once the answer begins, the body is due or never comes.
    return wireExchange.responseState !== 'awaited' || this.#last?.awaitsContinue !== true;
  }

  /** Nothing is open and nothing has begun: nothing would be lost with the loop. */
  get idle(): boolean {
    return this.empty && !this.wire.headBegun && this.wire.unreadBytes === 0;
  }

  onHead(head: RequestHead | ResponseHead, wireExchange: Exchange): void {
    if (head.kind !== 'request') return;
    const body = head.body.kind === 'none' ? undefined : new RequestBody(this);
    const { base, options } = this.core;
    const client = options.trust === undefined ? undefined : new RequestClient(options.trust, this, head);
    const request =
      client === undefined ? new LazyRequest(head, base, body) : new ForwardedRequest(head, base, body, client);
    const exchange = this.#append(wireExchange, head, request, body);
    exchange.client = client;
    // The last one that will be answered: what is pipelined behind it must not even reach a handler.
    const closeReason = ownCloseReason(this, exchange, false);
    if (closeReason !== undefined) this.wire.stopAfter(wireExchange, closeReason);
    if (head.fields.upgrade && asksUpgrade(head)) this.#awaitUpgrade(exchange);
    if (this.#mayStart(exchange)) {
      this.#start(exchange);
    } else {
      this.#held = exchange;
      this.wire.pause();
      this.owner.pauseReading();
    }
  }

  onInterim(): void {}

  onTrailers(lines: FieldLines, wireExchange: Exchange): void {
    if (this.#last?.wire === wireExchange) this.#last.watcher?.onTrailers(lines.loadRawFields());
  }

  onBody(bytes: Buffer, wireExchange: Exchange): void {
    this.bodyReceivedBytes += bytes.length;
    const exchange = this.#last;
    if (exchange?.wire === wireExchange) {
      exchange.body?.push(bytes);
      return;
    }
    // Its answer is out already: what still comes is drained, so that the connection can persist, up to a cap.
    this.#drainedBytes += bytes.length;
    if (this.#drainedBytes > this.core.options.limits.drainBytes) this.wire.failReading('bodyNotConsumed');
  }

  onEnd(wireExchange: Exchange): void {
    if (this.#last?.wire === wireExchange) this.#last.body?.finish();
  }

  onError(error: ProtocolError, wireExchange: Exchange | undefined, partial?: PartialHead): void {
    this.#failReading(wireExchange, error, error.fault, partial);
  }

  /** The rest of a request did not come in time. */
  timeOut(reason: LateReading): void {
    const text = `the request ${reason === 'headTimeout' ? 'head' : 'body'} did not arrive in time`;
    const partial = this.wire.partialHead;
    this.#failReading(this.wire.failReading(reason), new AbortedError(text), reason, partial);
  }

  bodyWanted(): void {
    const exchange = this.#last;
    if (exchange?.awaitsContinue !== true || exchange.wire.responseState !== 'awaited') return;
    exchange.continued = true;
    // RFC 9110 §10.1.1: no need to ask for what is already coming.
    if (this.wire.unreadBytes > 0) return;
    writeInformational(this, exchange, CONTINUE);
    this.owner.settle();
  }

  pauseBody(): void {
    this.wire.pause();
    this.owner.pauseReading();
  }

  resumeBody(): void {
    if (this.#held === undefined) this.#resume();
  }

  /** The peer takes bytes again: what was held back may begin. */
  onReady(): void {
    this.#startHeld();
  }

  /** The peer has ended its side. */
  receiveEnd(): void {
    this.wire.receiveEnd();
    for (let exchange = this.#first; exchange !== undefined; exchange = exchange.next) exchange.watcher?.onPeerEnded();
  }

  /** Everything that is open is given up; handlers and sources are told. */
  abort(error: Error): void {
    const first = this.#first;
    this.#first = undefined;
    this.#last = undefined;
    this.#held = undefined;
    for (let exchange = first; exchange !== undefined; exchange = exchange.next) {
      // An answer that waits for its turn may have a source that is open.
      if (exchange.progress === 'answered') discardAnswer(exchange.answer);
      // What broke off in the middle is told too: an access log without it would hide just the failures.
      if (exchange.progress === 'sending' && this.core.options.trace !== undefined) this.owner.traceExchange(exchange);
      if (exchange.account?.exact !== undefined) this.#tellExact(exchange, exchange.account.exact, true);
      abandon(exchange, error);
    }
  }

  #append(
    wireExchange: Exchange,
    head: RequestHead | undefined,
    request: LazyRequest | undefined,
    body: RequestBody | undefined,
  ): ServerExchange {
    const tracing = this.core.options.trace !== undefined;
    const { clock } = this.core;
    const { headSinceMs } = this.owner;
    const exchange = new ServerExchange(
      wireExchange,
      this.owner.exchangeBegun(wireExchange.minorVersion),
      head,
      request,
      body,
      tracing ? clock.wallMs() : 0,
      tracing ? clock.nowMs() : 0,
    );
    if (this.core.readsByLines) exchange.account = new ExchangeAccount(clock, headSinceMs);
    if (this.#last === undefined) this.#first = exchange;
    else this.#last.next = exchange;
    this.#last = exchange;
    this.#openCount += 1;
    if (body !== undefined || !isSafeMethod(wireExchange.method)) this.#exclusiveCount += 1;
    this.bodyReceivedBytes = 0;
    this.#drainedBytes = 0;
    return exchange;
  }

  /**
   * Whether what comes behind it is HTTP is known when its handler has answered or taken the connection over: it runs alone, and
   * nothing is read meanwhile. The transport is left to read until bytes come, because its end tells that the client is gone.
   */
  #awaitUpgrade(exchange: ServerExchange): void {
    exchange.asksUpgrade = true;
    this.#exclusiveCount += 1;
    this.wire.pause();
  }

  /** Alone, or beside others where all of them are safe and without bodies (RFC 9112 §9.3.2). */
  #mayStart(exchange: ServerExchange): boolean {
    if (this.owner.blocked) return false;
    if (exchange === this.#first) return true;
    return this.#exclusiveCount === 0 && this.#openCount <= this.core.options.limits.pipelinedHandlers;
  }

  #start(exchange: ServerExchange): void {
    const request = exchange.request!;
    const { core } = this;
    const builtin =
      (core.options.builtinAnswers ? decideBuiltinAnswer(exchange.head!) : undefined) ??
      (core.health && answerCheck(core, this.owner, exchange, exchange.head!, request));
    if (builtin !== undefined) {
      this.#settle(exchange, builtin);
      return;
    }
    let returned: unknown;
    let later = false;
    try {
      returned = this.core.options.answer.call(request, new ExchangeContext(this, exchange));
      later = isThenable(returned);
    } catch (error) {
      this.#handlerFailed(exchange, error);
      return;
    }
    if (later) {
      // A promise of another library, or a query builder, may call back at once: resolve() puts order into it.
      Promise.resolve(returned).then(
        (answer: unknown) => this.#settleLate(exchange, () => this.#settle(exchange, answer)),
        (error: unknown) => this.#settleLate(exchange, () => this.#handlerFailed(exchange, error)),
      );
      return;
    }
    this.#settle(exchange, returned);
  }

  /** Others that run beside it are likely to be ready within this turn too, and one write is enough for all of them. */
  #settleLate(exchange: ServerExchange, settle: () => void): void {
    const alone = exchange === this.#first && exchange.next === undefined;
    settle();
    if (alone) this.owner.settle();
    else this.owner.settleSoon();
  }

  #handlerFailed(exchange: ServerExchange, error: unknown): void {
    if (exchange.upgraded) {
      // Nobody else would end a connection whose owner failed.
      this.core.options.onError(error, exchange.request!);
      this.owner.destroy('aborted');
      return;
    }
    // Where the peer broke the request off, the handler's failure is a consequence and the answer is already decided.
    if (exchange.progress !== 'waiting') return;
    this.core.options.onError(error, exchange.request!);
    this.#settle(exchange, statusAnswer(500));
  }

  /** A request that cannot be read to its end is answered at once, whatever its handler still does. */
  #failReading(
    wireExchange: Exchange | undefined,
    error: Error,
    cause: RefusalCause,
    partial: PartialHead | undefined,
  ): void {
    let exchange = this.#last;
    if (exchange === undefined || exchange.wire !== wireExchange) {
      // An exchange whose answer is out needs no second one.
      if (wireExchange === undefined || wireExchange.responseState !== 'awaited') return;
      exchange = this.#append(wireExchange, undefined, undefined, undefined);
      if (exchange.account !== undefined) exchange.account.partial = partial;
    }
    const answer = refuse(this, exchange, error, cause);
    exchange.refusal = answer;
    if (exchange.progress === 'waiting') exchange.watcher?.onEnd(error);
    exchange.body?.fail(error);
    if (exchange.request !== undefined) LazyRequest.abort(exchange.request, error);
    this.#settle(exchange, answer);
  }

  #settle(exchange: ServerExchange, answer: unknown): void {
    if (exchange.progress !== 'waiting') {
      // The client is gone. Where it broke its request, the refusal was the answer.
      if (isExact(answer) && exchange.refusal === undefined) this.#tellExact(exchange, answer.exact, true);
      discardAnswer(answer);
      return;
    }
    exchange.answer = answer;
    exchange.progress = 'answered';
    if (exchange === this.#first) this.#sendReady();
    // It waits for its turn, and a promise that fails meanwhile would end the process.
    else ignoreTrailers((answer as Answer | null | undefined)?.trailers);
  }

  #sendReady(): void {
    while (this.#first?.progress === 'answered') sendAnswer(this, this.#first);
  }

  /** Of {@link ContextLane}. */
  info(): ConnectionInfo {
    return this.owner.info();
  }

  /** Of {@link ContextLane}. */
  sendInformational(exchange: ServerExchange, status: number, headers: AnswerHeaders | undefined): boolean {
    return sendInformational(this, exchange, exchange === this.#first, status, headers);
  }

  /** Of {@link ContextLane}. */
  upgrade(exchange: ServerExchange): UpgradedConnection {
    const refusal = decideUpgradeRefusal(exchange);
    if (refusal !== undefined) throw new MisuseError(`upgrade: ${refusal}`);
    const socket = this.owner.handOver(exchange);
    if (socket === undefined) throw new AbortedError('upgrade: the client has ended the connection');
    exchange.progress = 'done';
    exchange.upgraded = true;
    exchange.status = 101;
    this.#first = undefined;
    this.#last = undefined;
    return { socket, head: this.wire.takeOver() };
  }

  /** Of {@link AnswerLane}: the answer to the first exchange is out. */
  finish(exchange: ServerExchange): void {
    exchange.progress = 'done';
    this.#first = exchange.next;
    if (this.#first === undefined) this.#last = undefined;
    this.#openCount -= 1;
    if (exchange.body !== undefined || !isSafeMethod(exchange.wire.method)) this.#exclusiveCount -= 1;
    if (exchange.asksUpgrade) this.#exclusiveCount -= 1;
    // Its request may have broken off after its head had said that the connection stays.
    if (this.wire.persistence === 'closed') exchange.persistent = false;
    if (this.core.options.trace !== undefined && !exchange.untold) this.owner.traceExchange(exchange);
    if (exchange.account?.exact !== undefined) this.#tellExact(exchange, exchange.account.exact, false);
    exchange.watcher?.onEnd(undefined);
    if (this.wire.persistence !== 'persistent' && !exchange.persistent) this.#dropRest(exchange);
    exchange.body?.discard();
    for (const informational of this.#first?.heldInformational ?? [])
      writeInformational(this, this.#first!, informational);
    this.#startHeld();
    // Nobody took the connection over: what came behind the request is HTTP.
    if (exchange.asksUpgrade) this.#resume();
    // Not from within #sendReady: that goes on by itself.
    if (exchange.source !== undefined || exchange.deferred) this.#sendReady();
  }

  #tellExact(exchange: ServerExchange, exact: ExactAnswer, aborted: boolean): void {
    exact.done?.(toExactRecord(exchange, this.core.clock, this.owner, this.wire.consumedBytes, aborted));
  }

  /** That was the last answer: what is still open behind it is never answered, and the rest of its own body is not awaited. */
  #dropRest(exchange: ServerExchange): void {
    if (exchange.wire.requestState === 'body') this.wire.failReading('bodyNotConsumed');
    this.abort(new AbortedError('the connection ended with the answer to an earlier request'));
  }

  #startHeld(): void {
    const held = this.#held;
    if (held === undefined || !this.#mayStart(held)) return;
    this.#held = undefined;
    held.account?.beginAnew(this.core.clock);
    if (held.progress === 'waiting') this.#start(held);
    if (this.#held !== undefined || held.body?.paused === true) return;
    if (held.asksUpgrade && held.progress !== 'done') this.owner.resumeReading();
    else this.#resume();
  }

  #resume(): void {
    this.owner.resumeReading();
    this.wire.resume();
    this.owner.settle();
  }
}
