// A stream of events over a session: opened again when it ends, falls silent or is lost, behind the last event that was complete
// (HTML standard, §9.2). What to do is decided in reconnect-policy.ts, when a connection is dead in cadence.ts.
import { AbortedError, EventStreamError, TimeoutError } from '../../errors.ts';
import type { ClockTimer, LoopClock } from '../../io/index.ts';
import type { FetchInit } from '../request/fetch-call.ts';
import type { FetchResponse } from '../response/response.ts';
import { Cadence } from './cadence.ts';
import { EventBuffer } from './event-buffer.ts';
import { createEventsRequest } from './events-request.ts';
import type { ResolvedEventsOptions } from './options.ts';
import {
  acceptRetryMs,
  hasFailed,
  isNetworkFailure,
  judgeAnswer,
  readRetryAfterMs,
  reconnectDelayMs,
} from './reconnect-policy.ts';
import type { ServerSentEvent } from './server-sent-event.ts';
import type { EventsState, OverState } from './state.ts';
import { StreamReading } from './stream-reading.ts';

/** What a stream needs of its session. */
export interface EventsPort {
  readonly clock: LoopClock;
  readonly random: () => number;
  /** Whether requests can still be made. */
  isOpen(): boolean;
  fetch(url: string, init: FetchInit): Promise<FetchResponse>;
  onStarted(events: SessionEvents): void;
  onOver(events: SessionEvents): void;
}

/** What follows an attempt. */
type Next =
  | { readonly do: 'over'; readonly because: 'noContent' | 'ended' }
  | { readonly do: 'fail'; readonly error: unknown }
  | {
      readonly do: 'reconnect';
      readonly reason: string;
      readonly error: Error | undefined;
      readonly retryAfterMs: number;
    };

/**
 * The events of a stream, one after the other: `for await (const { type, data } of session.events('/news')) …`. Nothing is asked for
 * before the first one is, and nothing is read ahead but what came in one piece. Leaving the loop ends the stream.
 */
export class SessionEvents implements AsyncIterableIterator<ServerSentEvent, undefined> {
  readonly url: string;
  readonly #port: EventsPort;
  readonly #options: ResolvedEventsOptions;
  readonly #buffer = new EventBuffer();
  readonly #cadence = new Cadence();
  #state: 'new' | 'connecting' | 'open' | 'waiting' | 'over' = 'new';
  #lastEventId: string;
  #retryMs: number;
  /** Attempts in a row that came to nothing. */
  #failures = 0;
  /** The stream of this attempt, and since when it is open; undefined where there is none. */
  #reading: StreamReading | undefined;
  #openedAtMs = 0;
  /** How long was waited before this attempt. */
  #waitedMs = 0;
  #openings = 0;
  #controller: AbortController | undefined;
  #timer: ClockTimer | undefined;
  #wake: () => void = () => {};

  /** Use {@link Session.events}. */
  constructor(port: EventsPort, url: string, options: ResolvedEventsOptions) {
    this.url = url;
    this.#port = port;
    this.#options = options;
    this.#lastEventId = options.lastEventId;
    this.#retryMs = options.retryMs;
  }

  /** 'new' until the first event is asked for; 'waiting' before it is opened again. */
  get state(): 'new' | 'connecting' | 'open' | 'waiting' | 'over' {
    return this.#state;
  }

  /** What the stream goes on behind: the id of the last event that arrived as a whole, which may still wait to be taken. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** How long a connection may be silent, as far as known by now. */
  get livenessMs(): number {
    return this.#options.livenessMs ?? this.#cadence.livenessMs;
  }

  next(): Promise<IteratorResult<ServerSentEvent, undefined>> {
    if (this.#state === 'new') this.#start();
    return this.#buffer.next();
  }

  /** Ends the stream; what has arrived is thrown away. */
  return(): Promise<IteratorResult<ServerSentEvent, undefined>> {
    this.#buffer.discard();
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the stream. What has arrived can still be taken, then the iteration ends. */
  close(): void {
    this.#finish('closed', undefined);
  }

  /** Ends the stream at once, and the iteration with `error`. */
  destroy(error: unknown): void {
    this.#buffer.discard();
    this.#finish('failed', error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #start(): void {
    const { signal } = this.#options;
    this.#state = 'connecting';
    this.#port.onStarted(this);
    if (signal?.aborted === true) return this.#onAborted();
    signal?.addEventListener('abort', this.#onAborted, { once: true });
    void this.#run();
  }

  readonly #onAborted = (): void => {
    this.#buffer.discard();
    this.#finish('aborted', this.#options.signal?.reason);
  };

  async #run(): Promise<void> {
    for (;;) {
      this.#state = 'connecting';
      const next = await this.#attempt();
      if (this.#isOver) return;
      if (next.do === 'over') return this.#finish(next.because, undefined);
      if (next.do === 'fail') return this.#finish('failed', next.error);
      await this.#waitFor(next);
      if (this.#isOver) return;
    }
  }

  get #isOver(): boolean {
    return this.#state === 'over';
  }

  /** One connection, from the request to its end. Never rejects. */
  async #attempt(): Promise<Next> {
    const controller = new AbortController();
    this.#controller = controller;
    this.#reading = undefined;
    try {
      const init = createEventsRequest(this.#options, this.#lastEventId, controller.signal);
      const response = await this.#port.fetch(this.url, init);
      const verdict = judgeAnswer(response.status, response.headers.get('content-type'));
      if (this.#isOver || verdict.verdict !== 'open') void response.body?.cancel().catch(() => {});
      if (verdict.verdict === 'over') return { do: 'over', because: 'noContent' };
      if (verdict.verdict !== 'open') {
        const error = new EventStreamError(`${response.url}: ${verdict.reason}`, { status: response.status });
        if (verdict.verdict === 'refused') return { do: 'fail', error };
        const retryAfter = response.headers.get('retry-after');
        return this.#again(verdict.reason, error, readRetryAfterMs(retryAfter, this.#port.clock.wallMs()));
      }
      if (this.#isOver) return { do: 'over', because: 'ended' };
      await this.#open(response, controller).read(response.body!);
      if (!this.#options.reconnect) return { do: 'over', because: 'ended' };
      return this.#again('the server ended the stream', undefined, 0);
    } catch (error) {
      controller.abort(error);
      if (!isNetworkFailure(error) || !this.#port.isOpen()) return { do: 'fail', error };
      return this.#again((error as Error).message, error as Error, 0);
    }
  }

  #open(response: FetchResponse, controller: AbortController): StreamReading {
    const { livenessMs, maxEventBytes } = this.#options;
    this.#state = 'open';
    this.#openings += 1;
    this.#openedAtMs = this.#port.clock.nowMs();
    const reading = new StreamReading({
      clock: this.#port.clock,
      buffer: this.#buffer,
      cadence: this.#cadence,
      livenessMs,
      maxEventBytes,
      lastEventId: this.#lastEventId,
      onProgress: (lastEventId) => {
        this.#lastEventId = lastEventId;
      },
      onRetry: (retryMs) => {
        this.#retryMs = acceptRetryMs(retryMs, this.#options.retryMs);
      },
      onStale: (silentMs, allowedMs) => {
        this.#tell({ type: 'stale', lastEventId: this.#lastEventId, silentMs, livenessMs: allowedMs });
        controller.abort(
          new TimeoutError('body', allowedMs, `${this.url}: nothing came for ${allowedMs} ms (livenessMs)`),
        );
      },
    });
    this.#reading = reading;
    const { url, connection } = response;
    this.#tell({ type: 'open', lastEventId: this.#lastEventId, url, connection, openings: this.#openings });
    return reading;
  }

  #again(reason: string, error: Error | undefined, retryAfterMs: number): Next {
    const { reconnect, maxFailures } = this.#options;
    if (!reconnect) return { do: 'fail', error };
    this.#failures = this.#hasFailed(error === undefined) ? this.#failures + 1 : 0;
    if (this.#failures < maxFailures) return { do: 'reconnect', reason, error, retryAfterMs };
    const message = `${this.url}: ${this.#failures} attempts in a row failed (maxFailures); the last: ${reason}`;
    return { do: 'fail', error: new EventStreamError(message, { cause: error }) };
  }

  #hasFailed(hasEndedWell: boolean): boolean {
    if (this.#reading === undefined) return true;
    const { hasProgressed, hasBroughtEvents } = this.#reading;
    const lastedMs = this.#port.clock.nowMs() - this.#openedAtMs;
    const hasServed = hasEndedWell && hasBroughtEvents;
    return hasFailed({ hasProgressed, hasServed, lastedMs, waitedMs: this.#waitedMs });
  }

  async #waitFor({ reason, error, retryAfterMs }: Next & { readonly do: 'reconnect' }): Promise<void> {
    const { maxRetryMs, jitter } = this.#options;
    const failures = this.#failures;
    const random = this.#port.random();
    const delayMs = reconnectDelayMs({ retryMs: this.#retryMs, maxRetryMs, retryAfterMs, failures, jitter, random });
    this.#state = 'waiting';
    this.#waitedMs = delayMs;
    this.#tell({ type: 'reconnecting', lastEventId: this.#lastEventId, delayMs, failures, reason, error });
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // Nothing else may keep the process alive until then, and the caller waits for events.
      this.#timer = this.#port.clock.startTimer(delayMs, resolve, true);
    });
  }

  #finish(because: OverState['because'], error: unknown): void {
    if (this.#isOver) return;
    const wasNew = this.#state === 'new';
    this.#state = 'over';
    if (because === 'failed' || because === 'aborted') this.#buffer.fail(error);
    else this.#buffer.finish();
    this.#options.signal?.removeEventListener('abort', this.#onAborted);
    this.#timer?.stop();
    this.#wake();
    this.#controller?.abort(new AbortedError('the stream of events is over'));
    if (wasNew) return;
    this.#port.onOver(this);
    this.#tell({ type: 'over', lastEventId: this.#lastEventId, because, error });
  }

  #tell(state: EventsState): void {
    this.#options.onState?.(state);
  }
}
