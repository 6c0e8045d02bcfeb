// One request of a caller from the call to its response: where it waits, on which connections it is tried, how often, and how it ends.
import { ConnectError, TimeoutError } from '../errors.ts';
import { Headers } from '../http/headers.ts';
import { Deadline } from '../io/index.ts';
import type { RequestSummary, RetryCause, RetryRecord } from '../trace.ts';
import type { ResponseHead } from '../wire/index.ts';
import type { Abortable } from '../abort-watch.ts';
import type { ExchangeConnection, ExchangeOrigin, ExchangeRequest, Loss } from './exchange-parties.ts';
import { decideHedge } from './policy/hedge.ts';
import { decideHoldBack } from './policy/hold-back.ts';
import { createLossError, retryFacts } from './policy/loss.ts';
import type { LossContext, LossDeadline } from './policy/loss.ts';
import type { HoldBack, RequestOptions, SessionLimits } from './options.ts';
import type { OutgoingRequest } from './request/outgoing-request.ts';
import { cancelBody } from './request/request-body.ts';
import type { ResponseBody } from './response/response-body.ts';
import { decideRetry } from './policy/retry.ts';
import type { AcquireOwner, SessionCore } from './session-core.ts';

/** Makes of a response what the caller gets. */
export type Delivery = (
  request: PendingRequest,
  head: ResponseHead,
  body: ResponseBody,
  connection: ExchangeConnection,
) => unknown;

/** What the caller says beside the request itself. */
export interface RequestContext {
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: RequestOptions['timeouts'] | undefined;
  readonly onInterim?: RequestOptions['onInterim'] | undefined;
}

const NO_RETRIES: readonly RetryRecord[] = [];

/**
 * Whether a connection that could not be opened is not asked for again: a deadline is not to be waited for several times, and a
 * proxy that refused is not to be asked with the same password until it locks the account.
 */
function isFinal(error: Error): boolean {
  if (error instanceof TimeoutError) return true;
  return error instanceof ConnectError && error.status !== undefined && error.status < 500;
}

/** See the head of the file. */
export class PendingRequest implements Abortable, ExchangeRequest, LossContext, AcquireOwner {
  readonly outgoing: OutgoingRequest;
  readonly origin: ExchangeOrigin;
  readonly #context: RequestContext;
  /** Rejected once, resolved once, or neither yet. */
  readonly promise: Promise<unknown>;
  /** Only a connection that was never used will do. */
  needsNew = false;
  attempts = 0;
  freshLosses = 0;
  readonly #core: SessionCore;
  readonly #deliver: Delivery;
  readonly #stack: string | undefined;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #retries: RetryRecord[] | undefined;
  #acquireDeadline: Deadline<AcquireOwner> | undefined;
  /** Where it was sent and not lost yet: one connection, two while it is hedged. */
  #connection: ExchangeConnection | undefined;
  #rival: ExchangeConnection | undefined;
  /** `answered`: the head was delivered and the body still comes. */
  #state: 'waiting' | 'sent' | 'answered' | 'done' = 'waiting';
  #body: ResponseBody | undefined;

  constructor(
    core: SessionCore,
    origin: ExchangeOrigin,
    outgoing: OutgoingRequest,
    context: RequestContext,
    deliver: Delivery,
  ) {
    this.#core = core;
    this.origin = origin;
    this.outgoing = outgoing;
    this.#context = context;
    this.#deliver = deliver;
    this.#stack = core.options.recordStacks ? new Error('acquired here').stack : undefined;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether the caller has its answer or its error. */
  get settled(): boolean {
    return this.#state === 'done' || this.#state === 'answered';
  }

  get retries(): number {
    return this.#retries?.length ?? 0;
  }

  /** Every time that it was sent again. */
  get retryRecords(): readonly RetryRecord[] {
    return this.#retries ?? NO_RETRIES;
  }

  /** Whether a connection that ends under it costs a repetition and no more. */
  get repeatable(): boolean {
    const { body, idempotent } = this.outgoing;
    return idempotent && (body.kind !== 'pieces' || body.source.replayable);
  }

  get maxRetries(): number {
    return this.#core.options.maxRetries;
  }

  get limits(): Required<SessionLimits> {
    return this.#core.options.limits;
  }

  get headersTimeoutMs(): number {
    return this.#context.timeouts?.headersMs ?? this.#core.options.timeouts.headersMs;
  }

  get bodyTimeoutMs(): number {
    return this.#context.timeouts?.bodyMs ?? this.#core.options.timeouts.bodyMs;
  }

  get summary(): RequestSummary {
    return { method: this.outgoing.method, url: this.outgoing.url };
  }

  /** Begins, or begins again: looks for a connection. */
  start(): void {
    if (this.#state !== 'waiting') return;
    if (this.#core.destroyedBy !== undefined) return this.fail(this.#core.destroyedBy);
    const { signal } = this.#context;
    if (signal !== undefined && this.attempts === 0 && this.#retries === undefined) {
      if (signal.aborted) return this.fail(signal.reason);
      this.#core.aborts.add(signal, this);
    }
    this.origin.acquire(this);
  }

  /** The caller gave it up. */
  onAborted(reason: unknown): void {
    const connections = [this.#connection, this.#rival];
    this.fail(reason);
    for (const connection of connections) connection?.abandon(this);
  }

  /** It must wait for a connection. */
  onQueued(): void {
    const timeoutMs = this.#core.options.limits.acquireTimeoutMs;
    // A second attempt waits beside one that may still be answered.
    if (timeoutMs === Infinity || this.#state === 'sent' || this.#acquireDeadline?.list !== undefined) return;
    this.#acquireDeadline ??= new Deadline<AcquireOwner>(this);
    this.#core.acquireDeadlines.set(this.#acquireDeadline, this.#core.clock.nowMs() + timeoutMs);
  }

  onAcquireDue(): void {
    const { acquireTimeoutMs } = this.#core.options.limits;
    const holders = this.origin.describeHolders();
    this.fail(
      new TimeoutError(
        'acquire',
        acquireTimeoutMs,
        `${this.outgoing.url}: no connection became free within ${acquireTimeoutMs} ms (limits.acquireTimeoutMs); ${holders}`,
      ),
    );
  }

  /** It goes out on this connection now. */
  onSent(connection: ExchangeConnection): void {
    this.#acquireDeadline?.clear();
    this.attempts += 1;
    this.#state = 'sent';
    if (this.#connection === undefined) this.#connection = connection;
    else this.#rival = connection;
  }

  onInterim(head: ResponseHead): void {
    const { onInterim } = this.#context;
    if (onInterim === undefined) return;
    const { status } = head;
    const headers = Headers.fromList(head.lines.loadFields());
    // What the caller does with it must not happen within the reading of the bytes behind it.
    queueMicrotask(() => onInterim(status, headers));
  }

  /** Whether a 408 that answers it is no answer to it, so that it is sent again (RFC 9110 §15.5.9). */
  resendsAfter408(loss: Loss): boolean {
    return decideRetry(retryFacts(loss, this)).retry;
  }

  /** The response begins. The first connection to answer wins. */
  onHead(connection: ExchangeConnection, head: ResponseHead, body: ResponseBody): void {
    const loser = connection === this.#connection ? this.#rival : this.#connection;
    this.#connection = connection;
    this.#rival = undefined;
    this.origin.forget(this);
    loser?.destroy('aborted');
    const nowMs = this.#core.clock.nowMs();
    const waitMs = nowMs - connection.sentAtMs;
    if (connection.inFlight === 1 && this.outgoing.body.kind !== 'pieces') this.origin.responded(waitMs);
    if (connection.idledMs > 0) this.origin.learned.survivedIdle(connection.idledMs, nowMs);
    this.#core.trace?.({
      type: 'response',
      connection: connection.info(),
      request: this.summary,
      status: head.status,
      waitMs,
    });
    // Whoever is told of all this may have given it up.
    if (this.settled) return;
    this.#core.stats.responses += 1;
    this.#state = 'answered';
    this.#body = body;
    try {
      this.#resolve(this.#deliver(this, head, body, connection));
    } catch (error) {
      this.#reject(error);
    }
  }

  /** Its response is complete. */
  onComplete(): void {
    this.#finish();
  }

  /** A connection failed it before its response began. */
  onLost(loss: Loss): void {
    if (this.settled) return;
    if (loss.connection === this.#rival) this.#rival = undefined;
    else if (loss.connection === this.#connection) {
      this.#connection = this.#rival;
      this.#rival = undefined;
    }
    // The other attempt may still be answered, or still be sent: then it waits as any other does.
    if (this.#connection !== undefined) return;
    if (this.origin.isWaiting(this)) {
      this.#state = 'waiting';
      return this.onQueued();
    }
    const decision = decideRetry(retryFacts(loss, this));
    if (!loss.reused) this.freshLosses += 1;
    if (decision.retry) this.#again({ cause: decision.cause, connectionId: loss.connection.id, idleMs: loss.idleMs });
    else
      this.fail(
        createLossError(loss, this, decision.reason, this.#deadline(loss.requestComplete ? 'headers' : 'body')),
      );
  }

  /** Its connection ended within the body of its response. */
  onTruncated(loss: Loss, body: ResponseBody): void {
    this.#body = undefined;
    body.fail(createLossError(loss, this, 'responseBegan', this.#deadline('body')));
    this.#finish();
  }

  /** No connection could be opened for it. */
  onConnectFailed(error: Error): void {
    if (this.settled || this.#connection !== undefined) return;
    const decision = decideRetry({
      event: 'connectFailed',
      idempotent: this.outgoing.idempotent,
      reused: false,
      nothingAccepted: true,
      requestComplete: false,
      responseBytes: 0,
      bodyReplayable: true,
      retries: this.retries,
      maxRetries: isFinal(error) ? 0 : this.maxRetries,
      freshLosses: this.freshLosses,
      saysClose: false,
      beganBeforeComplete: false,
      pipelinedBehind: false,
    });
    if (decision.retry) this.#again({ cause: decision.cause, connectionId: undefined, idleMs: 0 });
    else this.fail(error);
  }

  /** What of it waits until the connection has shown that it is alive. */
  holdBackOn(connection: ExchangeConnection): Exclude<HoldBack, 'auto'> {
    const { holdBack, nonIdempotent } = this.#core.options;
    return decideHoldBack({
      option: holdBack,
      policy: nonIdempotent,
      idempotent: this.outgoing.idempotent,
      reused: this.#isReused(connection),
      roundTripMs: this.origin.roundTripMs,
    });
  }

  /** As in a loss: one that was opened ahead of need can be as stale as one that was used. */
  #isReused({ requests, idledMs }: ExchangeConnection): boolean {
    return requests > 1 || idledMs > 0;
  }

  /** For how long the connection may be silent before a second attempt starts beside it; Infinity: for ever. */
  hedgeDelayMs(connection: ExchangeConnection): number {
    if (this.#rival !== undefined || this.attempts > 1) return Infinity;
    const { learned } = this.origin;
    const delayMs = decideHedge({
      mode: this.#core.options.hedgeStale,
      idempotent: this.outgoing.idempotent,
      reused: this.#isReused(connection),
      idleMs: connection.idledMs,
      longestSurvivedMs: learned.longestSurvivedMs(connection.sentAtMs),
      bodyReplayable: this.outgoing.body.kind !== 'pieces',
      retries: this.retries,
      maxRetries: this.maxRetries,
      suspectAfterMs: learned.suspectAfterMs(this.origin.roundTripMs),
    });
    return delayMs ?? Infinity;
  }

  /** The connection has been silent for too long: a second attempt on a new one, beside the first. */
  hedge(connection: ExchangeConnection): void {
    if (this.settled || this.#rival !== undefined || this.maxRetries === 0) return;
    this.#core.stats.hedges += 1;
    this.#core.trace?.({
      type: 'hedged',
      request: this.summary,
      silentMs: this.#core.clock.nowMs() - connection.sentAtMs,
      connectionId: connection.id,
    });
    // Whoever is told may have given it up.
    if (this.settled) return;
    this.needsNew = true;
    this.origin.acquire(this);
  }

  /** Nobody has read its body for long. */
  onLeaked(connection: ExchangeConnection): void {
    this.#core.trace?.({
      type: 'leaked',
      connection: connection.info(),
      request: this.summary,
      heldMs: this.#core.clock.nowMs() - connection.sentAtMs,
      acquiredAt: this.#stack,
    });
  }

  /** The caller gets this error, unless it has its answer already. */
  fail(error: unknown): void {
    if (this.settled) {
      this.#body?.fail(error as Error);
      return this.#finish();
    }
    this.#core.stats.failures += 1;
    this.#finish();
    cancelBody(this.outgoing.body);
    this.#reject(error);
    this.origin.onFailed(this);
  }

  #again(retry: {
    readonly cause: RetryCause;
    readonly connectionId: number | undefined;
    readonly idleMs: number;
  }): void {
    this.#retries ??= [];
    this.#retries.push(retry);
    this.#core.stats.retries += 1;
    this.#state = 'waiting';
    this.needsNew = true;
    // Whoever is told may give it up, and then it does not start.
    this.#core.trace?.({ type: 'retried', request: this.summary, retry });
    this.start();
  }

  /** Until all of the request is sent it is its body that has to make progress. */
  #deadline(phase: 'headers' | 'body'): LossDeadline {
    return { phase, timeoutMs: phase === 'headers' ? this.headersTimeoutMs : this.bodyTimeoutMs };
  }

  #finish(): void {
    this.#state = 'done';
    this.#acquireDeadline?.clear();
    if (this.#context.signal !== undefined) this.#core.aborts.remove(this.#context.signal, this);
    this.#connection = undefined;
    this.#rival = undefined;
    this.#body = undefined;
  }
}
