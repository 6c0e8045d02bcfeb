// What `session.fetch()` resolves to: the interface of the Fetch standard (https://fetch.spec.whatwg.org/#response-class) over a
// SessionResponse. Every part that costs something is made when it is asked for; docs/decisions/0004 says why it is our own class.
import { Readable } from 'node:stream';
import type { Headers } from '../../http/headers.ts';
import type { RetryRecord } from '../../trace.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';
import type { ResponseBody } from './response-body.ts';
import type { ResponseConnection, SessionResponse } from './session-response.ts';

type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * A Response whose prototype chain leads to the global class, so `instanceof Response` holds. `text()`, `json()`, `bytes()` and
 * `arrayBuffer()` read the body without a stream; what only a real Response can do goes through one.
 */
export class FetchResponse implements globalThis.Response {
  static {
    Object.setPrototypeOf(FetchResponse.prototype, globalThis.Response.prototype);
    // The inherited one would look for private parts of the global class, and throw when a response is logged.
    Object.defineProperty(FetchResponse.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: inspectResponse,
    });
  }

  readonly #response: SessionResponse;
  readonly #url: string;
  readonly #redirected: boolean;
  /** Fetch standard: a null body is not consumed by reading it, and there is no stream of it. */
  readonly #hasBody: boolean;
  #stream: ByteStream | undefined;
  /** Our branch of the body, once it was cloned. */
  #branch: globalThis.Response | undefined;

  /** `request` is the one that was answered, the last one where redirects were followed; `redirected` says whether they were. */
  constructor(response: SessionResponse, request: Pick<OutgoingRequest, 'url' | 'method'>, redirected: boolean) {
    const hasBody = !isNullBodyStatus(response.status) && request.method !== 'HEAD';
    this.#response = response;
    this.#url = request.url;
    this.#redirected = redirected;
    this.#hasBody = hasBody;
    // A 205 may come with bytes, because RFC 9112 §6.3 frames it as any other; here nobody can read them.
    if (response.status === 205) void response.body.dump();
  }

  get status(): number {
    return this.#response.status;
  }

  get ok(): boolean {
    const { status } = this.#response;
    return status >= 200 && status < 300;
  }

  get statusText(): string {
    return this.#response.statusText;
  }

  get headers(): Headers {
    return this.#response.headers;
  }

  /** As the runtime's own fetch, which has no origin of its own that anything could be foreign to. */
  get type(): globalThis.Response['type'] {
    return 'basic';
  }

  /** Without fragment. */
  get url(): string {
    return this.#url;
  }

  get redirected(): boolean {
    return this.#redirected;
  }

  /** The connection that it came on. */
  get connection(): ResponseConnection {
    return this.#response.connection;
  }

  /** Why the request was sent again, one record for each time. */
  get retries(): readonly RetryRecord[] {
    return this.#response.retries;
  }

  /** Field lines behind a chunked body; undefined until its end has arrived, and where there are none. */
  get trailers(): Headers | undefined {
    return this.#response.body.trailers;
  }

  get body(): ByteStream | null {
    if (!this.#hasBody) return null;
    if (this.#branch !== undefined) return this.#branch.body;
    this.#stream ??= openStream(this.#response.body);
    return this.#stream;
  }

  get bodyUsed(): boolean {
    if (!this.#hasBody) return false;
    if (this.#branch !== undefined) return this.#branch.bodyUsed;
    return this.#response.body.used || (this.#stream !== undefined && isDisturbed(this.#stream));
  }

  text(): Promise<string> {
    if (!this.#hasBody) return Promise.resolve('');
    if (this.#branch !== undefined) return this.#branch.text();
    return this.#lockStream() ?? this.#response.body.text();
  }

  json(): Promise<unknown> {
    if (this.#branch !== undefined) return this.#branch.json();
    if (!this.#hasBody) return new globalThis.Response(null).json();
    return this.#lockStream() ?? this.#response.body.json();
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (!this.#hasBody) return Promise.resolve(new Uint8Array(0));
    // Not every supported runtime has bytes() on its own class.
    if (this.#branch !== undefined) return this.#branch.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    return this.#lockStream() ?? this.#response.body.bytes();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    if (!this.#hasBody) return Promise.resolve(new ArrayBuffer(0));
    if (this.#branch !== undefined) return this.#branch.arrayBuffer();
    return this.#lockStream() ?? this.#response.body.arrayBuffer();
  }

  /** With the media type of the response. */
  async blob(): Promise<Blob> {
    return await (await this.#asReal()).blob();
  }

  /** Of a multipart or urlencoded body. */
  async formData(): Promise<FormData> {
    return await (await this.#asReal()).formData();
  }

  /** Both bodies can be read; what one has read before the other waits in memory. */
  clone(): FetchResponse {
    const request = { url: this.#url, method: this.#hasBody ? 'GET' : 'HEAD' };
    const clone = new FetchResponse(this.#response, request, this.#redirected);
    if (!this.#hasBody) return clone;
    if (this.#branch === undefined) {
      if (this.bodyUsed || this.#stream?.locked === true) throw unusable();
      this.#branch = new globalThis.Response(this.body, this.#contentType());
    }
    clone.#branch = this.#branch.clone();
    return clone;
  }

  /** A real one with the rest of the body, for what needs the media type. */
  async #asReal(): Promise<globalThis.Response> {
    if (this.#branch !== undefined) return this.#branch;
    const bytes = this.#hasBody ? await this.bytes() : null;
    return new globalThis.Response(bytes, this.#contentType());
  }

  #contentType(): ResponseInit {
    const type = this.headers.get('content-type');
    return type === null ? {} : { headers: { 'content-type': type } };
  }

  /**
   * The body is read without its stream; one that was handed out is locked, as it would be by reading through it. Undefined where
   * the way is free.
   */
  #lockStream(): Promise<never> | undefined {
    const stream = this.#stream;
    if (stream === undefined) return undefined;
    if (stream.locked || isDisturbed(stream)) {
      return Promise.reject(unusable());
    }
    stream.getReader();
    return undefined;
  }
}

/** Fetch standard: a body that is "unusable", disturbed or locked, is neither consumed nor cloned. */
function unusable(): TypeError {
  return new TypeError('the body of this response was already read, or is being read');
}

/** Fetch standard, "null body status". */
function isNullBodyStatus(status: number): boolean {
  return status === 204 || status === 205 || status === 304 || status === 101 || status === 103;
}

function openStream(body: ResponseBody): ByteStream {
  const stream = body.stream() as ByteStream;
  // Read before anybody asked for the stream: it looks as if the reading had been done through it.
  if (body.used) stream.getReader();
  return stream;
}

function isDisturbed(stream: ByteStream): boolean {
  return Readable.isDisturbed(stream as unknown as Readable);
}

function inspectResponse(
  this: FetchResponse,
  _depth: number,
  options: object,
  inspect: (value: object, options: object) => string,
): string {
  const { status, statusText, headers, bodyUsed, ok, redirected, type, url, connection } = this;
  const shown = { status, statusText, headers, bodyUsed, ok, redirected, type, url, connection };
  return `Response ${inspect(shown, options)}`;
}
