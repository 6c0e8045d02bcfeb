// The `req` of a listener: a real IncomingMessage whose body comes from an exchange of ours instead of a socket.
import { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { detachAbortSignal, requestInternals } from './message-internals.ts';
import type { BodySource, ReceivedRequest } from './received-request.ts';

/** A body that broke off; as Node.js calls it, because applications look for its code. */
class ConnectionResetError extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('aborted');
    this.name = 'Error';
  }
}

/**
 * What has to be ours is an own property and not a method of this class: frameworks put a prototype of their own in the place of this
 * one (`Object.setPrototypeOf(req, app.request)`). Private members stay where they are.
 */
export class AdaptedRequest extends IncomingMessage {
  readonly #body: BodySource | undefined;
  #reading = false;
  #begun = false;
  /** The stream was told of the end. */
  #ended = false;
  #trailers: readonly string[] | undefined;

  constructor(socket: Duplex, received: ReceivedRequest, joinDuplicateHeaders: boolean) {
    super(socket as ConstructorParameters<typeof IncomingMessage>[0]);
    this.#body = received.body;
    this.method = received.method;
    this.url = received.url;
    this.httpVersionMajor = received.versionMajor;
    this.httpVersionMinor = received.versionMinor;
    this.httpVersion = `${received.versionMajor}.${received.versionMinor}`;
    const internals = requestInternals(this);
    internals.joinDuplicateHeaders = joinDuplicateHeaders;
    internals._addHeaderLines(received.rawFields, received.rawFields.length);
    internals._read = readBody;
  }

  /** The listener has been called: a request without a body has ended, as the parser of Node.js tells it then. */
  static listenerCalled(request: AdaptedRequest): void {
    if (request.#body === undefined) request.complete = true;
  }

  /** The fields behind the body. They show when the body ends. */
  static addTrailers(request: AdaptedRequest, fields: readonly string[]): void {
    request.#trailers = fields;
  }

  /** The answer is out: who has not begun to read does not want to, and the rest goes nowhere. */
  static answered(request: AdaptedRequest): void {
    detachAbortSignal(request);
    if (request.#isUntouched && !request.#isObserved) return;
    request.#dump();
  }

  /** What has been answered is over. Where nobody looks, its end is noted instead of told: the events of most requests are for nobody. */
  static close(request: AdaptedRequest): void {
    if (!request.#isUntouched) return;
    if (request.#isObserved || request.#body !== undefined) request.#dump();
    else request.#noteEnd();
  }

  /** The client is gone, or its request was broken. */
  static abort(request: AdaptedRequest): void {
    request.destroy(new ConnectionResetError());
  }

  /** Called whenever the stream has room for more. */
  static read(request: AdaptedRequest): void {
    const internals = requestInternals(request);
    if (!internals._consuming) {
      internals._readableState.readingMore = false;
      internals._consuming = true;
    }
    request.#read();
  }

  /** Nobody has read, or will. */
  get #isUntouched(): boolean {
    const internals = requestInternals(this);
    return !internals._consuming && !internals._readableState.resumeScheduled && !this.destroyed;
  }

  get #isObserved(): boolean {
    return this.listenerCount('close') > 0 || this.listenerCount('end') > 0;
  }

  /** Ended and closed, as the `optimizeEmptyRequests` of Node.js notes it. One by one: they are accessors, which a loop makes slow. */
  #noteEnd(): void {
    const { _readableState: state } = requestInternals(this);
    state.ended = true;
    state.endEmitted = true;
    state.destroyed = true;
    state.closed = true;
    state.closeEmitted = true;
  }

  #dump(): void {
    if (!this.#isUntouched) return;
    if (!this.#ended) this.#finish();
    requestInternals(this)._dump();
  }

  #read(): void {
    const body = this.#body;
    if (this.#ended || this.#reading) return;
    if (body === undefined) {
      this.#finish();
      return;
    }
    if (!this.#begun) {
      this.#begun = true;
      const whole = body.takeWhole();
      if (whole !== undefined) {
        if (whole.length > 0) this.push(whole);
        this.#finish();
        return;
      }
    }
    this.#reading = true;
    body.read().then(
      // What listeners of the stream throw is theirs: it must not turn into a rejection here.
      (piece) => process.nextTick(deliver, this, piece),
      () => process.nextTick(abort, this),
    );
  }

  static deliver(request: AdaptedRequest, piece: Uint8Array | undefined): void {
    request.#reading = false;
    if (request.destroyed) return;
    if (piece === undefined) request.#finish();
    else request.push(piece);
  }

  #finish(): void {
    this.#ended = true;
    this.complete = true;
    // `complete` tells trailers from headers.
    if (this.#trailers !== undefined) requestInternals(this)._addHeaderLines(this.#trailers, this.#trailers.length);
    this.push(null);
  }
}

function readBody(this: AdaptedRequest): void {
  AdaptedRequest.read(this);
}

function deliver(request: AdaptedRequest, piece: Uint8Array | undefined): void {
  AdaptedRequest.deliver(request, piece);
}

function abort(request: AdaptedRequest): void {
  AdaptedRequest.abort(request);
}
