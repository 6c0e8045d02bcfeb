// The user's client: requests over persistent connections that are kept for the next ones.
import { OptionError, PoolError } from '../errors.ts';
import type { OriginParts } from '../http/origin.ts';
import { Connector } from '../io/index.ts';
import { checkBoundedNumber, checkObject } from '../option-checks.ts';
import type { ClientConnectionInfo } from '../trace.ts';
import { ACCEPT_ENCODING } from './response/decompression.ts';
import { deliverResponse } from './response/deliver-response.ts';
import { RequestEncoder } from './request/encode-request.ts';
import { resolveEventsOptions } from './events/options.ts';
import type { EventsOptions } from './events/options.ts';
import { SessionEvents } from './events/session-events.ts';
import { FetchRun } from './fetch-run.ts';
import type { FetchSender } from './fetch-run.ts';
import type { FetchInit } from './request/fetch-call.ts';
import { resolveSessionOptions } from './options.ts';
import type { RequestOptions, SessionOptions } from './options.ts';
import type { OriginPool } from './pool/origin-pool.ts';
import type { OutgoingRequest } from './request/outgoing-request.ts';
import { PendingRequest } from './pending-request.ts';
import type { Delivery, RequestContext } from './pending-request.ts';
import { SessionHeartbeat } from './heartbeat/session-heartbeat.ts';
import { Pool } from './pool/pool.ts';
import { Proxies } from './proxy/proxies.ts';
import { cancelBody } from './request/request-body.ts';
import type { FetchResponse } from './response/response.ts';
import { SessionCookies } from './cookies/session-cookies.ts';
import { SessionCore } from './session-core.ts';
import type { SessionStats } from './session-core.ts';
import type { SessionResponse } from './response/session-response.ts';

/** A request as one object. */
export interface SessionRequest extends RequestOptions {
  readonly url: string | URL;
}

const NO_OPTIONS: RequestOptions = {};

/** Ports of one address to another: more connections cannot be. */
const MOST_PRECONNECTED = 65_535;

/**
 * Keeps connections to the servers that it is used for, and uses them again, as a browser does and `requests.Session` of Python.
 *
 * ```ts
 * await using session = new Session({ baseUrl: 'https://api.example.com' });
 * const { status, body } = await session.request('/items', { method: 'POST', body: '{}', idempotent: true });
 * const items = await (await session.fetch('/items')).json();
 * ```
 */
export class Session {
  readonly #core: SessionCore;
  readonly #pool: Pool;
  readonly #encoder: RequestEncoder;
  readonly #cookies: SessionCookies | undefined;
  readonly #proxies: Proxies | undefined;
  readonly #fetchSender: FetchSender = {
    send: (outgoing, context, deliver) => this.#send(outgoing, context, deliver),
    beginRedirect: () => {
      this.#core.following += 1;
    },
    endRedirect: () => {
      this.#core.following -= 1;
      this.#pool.checkEmpty();
    },
  };
  #state: 'open' | 'closed' = 'open';
  /** Streams of events that have begun: they end with the session, as they would not by themselves. */
  #streams: Set<SessionEvents> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws OptionError where an option is unknown, or has a value that it cannot have. */
  constructor(options: SessionOptions = {}) {
    const resolved = resolveSessionOptions(options);
    const { clock, timeouts, tls, cookies, proxy } = resolved;
    const opener = resolved.opener ?? new Connector({ clock, connectTimeoutMs: timeouts.connectMs, tls });
    this.#core = new SessionCore(resolved, opener);
    const { configuration } = this.#core;
    const tools = { opener, clock, configuration, connectTimeoutMs: timeouts.connectMs };
    this.#proxies = proxy === false ? undefined : new Proxies(proxy, tools);
    this.#cookies = cookies === false ? undefined : new SessionCookies(cookies, clock);
    this.#encoder = new RequestEncoder({
      baseUrl: resolved.baseUrl,
      headers: resolved.headers,
      acceptEncoding: ACCEPT_ENCODING,
    });
    const { heartbeat } = resolved;
    this.#pool = new Pool(
      this.#core,
      heartbeat === false ? undefined : new SessionHeartbeat(this.#core, heartbeat, this.#encoder),
    );
  }

  /**
   * Sends a request and resolves when the head of its response is there. Content codings are left as they are, and redirects are
   * responses as any other.
   *
   * Rejects with OptionError (the request cannot be sent as it is), ConnectError, ConnectionLostError, TimeoutError, PoolError,
   * or the reason of the signal.
   */
  request(url: string | URL | SessionRequest, options?: RequestOptions): Promise<SessionResponse> {
    try {
      const isTarget = typeof url === 'string' || url instanceof URL;
      const given = isTarget ? (options ?? NO_OPTIONS) : url;
      checkObject(isTarget ? 'options' : 'url', given);
      const outgoing = this.#encoder.encode(isTarget ? url : url.url, given);
      this.#assertOpen(outgoing.url);
      return this.#send(outgoing, given, deliverResponse) as Promise<SessionResponse>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * As the global `fetch`, over this session's connections: decodes content codings and follows redirects. Unlike it, what goes
   * wrong with a connection is one of perdura's errors and not a bare TypeError.
   */
  fetch(input: string | URL | Request, init?: FetchInit): Promise<FetchResponse> {
    try {
      const run = new FetchRun(this.#encoder, this.#fetchSender, input, init);
      this.#assertOpen(run.url);
      return run.start();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Listens to a stream of server-sent events (HTML standard, §9.2): an async iterable that comes back by itself where the stream ends, is
   * lost or falls silent, and goes on behind the last event. It begins when the first event is asked for, and holds one connection.
   *
   * @throws OptionError where an option is unknown, or has a value that it cannot have.
   */
  events(url: string | URL, options?: EventsOptions): SessionEvents {
    const resolved = resolveEventsOptions(options);
    this.#assertOpen(String(url));
    const target = this.#encoder.resolve(url);
    if (target.authorization !== undefined) {
      throw new OptionError('url', 'has a user or a password in it, which events() refuses: use headers.authorization');
    }
    const { clock, random } = this.#core.options;
    return new SessionEvents(
      {
        clock,
        random,
        isOpen: () => this.#state === 'open',
        fetch: (stream, init) => this.fetch(stream, init),
        onStarted: (events) => (this.#streams ??= new Set()).add(events),
        onOver: (events) => this.#streams?.delete(events),
      },
      target.url,
      resolved,
    );
  }

  /**
   * Opens connections ahead of need, until `count` of them are idle or being opened. Resolves once they are open; rejects where one
   * cannot be opened, or where the limits have no room for them.
   */
  async preconnect(url: string | URL, count = 1): Promise<void> {
    this.#assertOpen(String(url));
    checkBoundedNumber('count', count, 0, MOST_PRECONNECTED);
    const { origin } = this.#encoder.encode(url, NO_OPTIONS);
    await this.#originOf(origin).preconnect(count);
  }

  /** Every open connection. */
  connections(): ClientConnectionInfo[] {
    return [...this.#pool.origins].flatMap(({ connections }) =>
      [...connections].map((connection) => connection.info()),
    );
  }

  /** What happened since the session was made. */
  stats(): SessionStats {
    const { stats } = this.#core;
    return { ...stats, closed: { ...stats.closed } };
  }

  /**
   * Takes no further request, lets those under way and those that wait end, and closes the connections. Streams of events are ended,
   * as they would not end by themselves. Resolves when the last connection has ended. Called again, it returns the same promise.
   */
  close(): Promise<void> {
    this.#state = 'closed';
    for (const events of this.#streams ?? []) events.close();
    this.#closing ??= this.#drain().then(() => this.#core.retire());
    return this.#closing;
  }

  /** Ends everything at once: what waits and what is under way fails with `reason`. */
  destroy(reason: Error = new PoolError('the session was destroyed')): void {
    this.#state = 'closed';
    this.#core.destroyedBy ??= reason;
    for (const events of this.#streams ?? []) events.destroy(reason);
    this.#pool.destroy(reason);
    this.#core.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(outgoing: OutgoingRequest, context: RequestContext, deliver: Delivery): Promise<unknown> {
    const prepared = this.#proxies === undefined ? outgoing : this.#proxies.prepare(outgoing);
    this.#core.stats.requests += 1;
    if (this.#cookies === undefined) return this.#start(prepared, context, deliver);
    return this.#startWithCookies(this.#cookies, prepared, context, deliver);
  }

  #start(outgoing: OutgoingRequest, context: RequestContext, deliver: Delivery): Promise<unknown> {
    const request = new PendingRequest(this.#core, this.#originOf(outgoing.origin), outgoing, context, deliver);
    request.start();
    return request.promise;
  }

  #startWithCookies(
    cookies: SessionCookies,
    outgoing: OutgoingRequest,
    context: RequestContext,
    deliver: Delivery,
  ): Promise<unknown> {
    const keeping = cookies.keeping(deliver);
    const attached = cookies.attach(outgoing);
    if (!(attached instanceof Promise)) return this.#start(attached, context, keeping);
    return attached.then(
      (ready) => this.#start(ready, context, keeping),
      (error: unknown) => {
        this.#core.stats.failures += 1;
        cancelBody(outgoing.body);
        throw error;
      },
    );
  }

  #originOf(parts: OriginParts): OriginPool {
    return this.#pool.originOf(parts, this.#proxies?.routeTo(parts));
  }

  async #drain(): Promise<void> {
    // They were accepted before the session was closed.
    if (this.#cookies !== undefined) await this.#cookies.idle();
    await this.#pool.drain();
  }

  #assertOpen(url: string): void {
    if (this.#state === 'closed') throw new PoolError(`${url}: the session is closed`);
  }
}
