// The Request that a handler gets: the interface of the Fetch standard, with every part made only when it is asked for.
import { Headers } from '../../http/headers.ts';
import type { RequestBody } from './request-body.ts';
import type { RequestFacts } from './request-facts.ts';

const EMPTY = Buffer.alloc(0);
const decoder = new TextDecoder();

/**
 * Why not the global class: building one costs ten times what the rest of the exchange costs. The prototype chain leads to the
 * global class, so `instanceof Request` holds. What only the real one can do (`new Request(request)`, `formData`, `blob`) goes
 * through a real one: `clone()` returns it.
 */
export class LazyRequest implements globalThis.Request {
  static {
    Object.setPrototypeOf(LazyRequest.prototype, globalThis.Request.prototype);
    Object.defineProperty(LazyRequest.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: LazyRequest) {
        return { method: this.method, url: this.url, headers: this.headers };
      },
    });
  }

  readonly #head: RequestFacts;
  readonly #base: string;
  readonly #body: RequestBody | undefined;
  #headers: Headers | undefined;
  #stream: ReadableStream<Uint8Array> | undefined;
  /** Our branch of the body, once it was cloned: a real Response keeps account of whether it was used. */
  #branch: globalThis.Response | undefined;
  #abort: AbortController | undefined;
  #abortReason: Error | undefined;

  /** `base` is scheme and authority of the server, for requests that do not say theirs. */
  constructor(head: RequestFacts, base: string, body: RequestBody | undefined) {
    this.#head = head;
    this.#base = base;
    this.#body = body;
  }

  get method(): string {
    return this.#head.method;
  }

  /** The absolute URL, its path as it was sent: dot segments and percent-encoding are not touched. */
  get url(): string {
    const { form, target, host } = this.#head;
    if (form === 'absolute') return target;
    const base = host === undefined || host === '' ? this.#base : schemeOf(this.#base) + host;
    return form === 'origin' ? base + target : `${base}/${target}`;
  }

  get headers(): Headers {
    this.#headers ??= Headers.lazy(this.#head.lines);
    return this.#headers;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#abortReason !== undefined) this.#abort.abort(this.#abortReason);
    }
    return this.#abort.signal;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#branch !== undefined) return this.#branch.body;
    if (this.#body === undefined) return null;
    this.#stream ??= this.#body.stream();
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#branch?.bodyUsed ?? this.#body?.used ?? false;
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#readAll());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(await this.#readAll()).buffer;
  }

  async text(): Promise<string> {
    return decoder.decode(await this.#readAll());
  }

  async json(): Promise<unknown> {
    return JSON.parse(decoder.decode(await this.#readAll())) as unknown;
  }

  async blob(): Promise<Blob> {
    return new Blob([new Uint8Array(await this.#readAll())], { type: this.headers.get('content-type') ?? '' });
  }

  async formData(): Promise<FormData> {
    if (this.bodyUsed) throw alreadyRead();
    return await new globalThis.Response(this.body, { headers: this.headers }).formData();
  }

  /** A real, independent `globalThis.Request`. With a body it takes a branch of it, as the standard asks. */
  clone(): globalThis.Request {
    let branch: ReadableStream<Uint8Array> | null = null;
    if (this.body !== null) {
      if (this.bodyUsed) throw new TypeError('a request whose body was read cannot be cloned');
      const [ours, theirs] = this.body.tee();
      this.#branch = new globalThis.Response(ours);
      branch = theirs;
    }
    return new globalThis.Request(this.url, {
      method: this.method,
      headers: this.headers,
      signal: this.signal,
      body: branch,
      ...(branch === null ? {} : { duplex: 'half' }),
    });
  }

  // A request that came over the network has none of what a browser's fetch would set: the standard's values for that.
  get cache(): globalThis.Request['cache'] {
    return 'default';
  }
  get credentials(): globalThis.Request['credentials'] {
    return 'same-origin';
  }
  get destination(): globalThis.Request['destination'] {
    return '';
  }
  get duplex(): 'half' {
    return 'half';
  }
  get integrity(): string {
    return '';
  }
  get keepalive(): boolean {
    return false;
  }
  get mode(): globalThis.Request['mode'] {
    return 'cors';
  }
  get redirect(): globalThis.Request['redirect'] {
    return 'follow';
  }
  get referrer(): string {
    return this.headers.get('referer') ?? '';
  }
  get referrerPolicy(): globalThis.Request['referrerPolicy'] {
    return '';
  }

  /** Fires `signal`: the client is gone, or its answer is already decided. */
  static abort(request: LazyRequest, reason: Error): void {
    request.#abortReason = reason;
    request.#abort?.abort(reason);
  }

  /** For who shows the request in another form: its head, and its body before anybody claimed it. Undefined for any other Request. */
  static parts(request: globalThis.Request): { head: RequestFacts; body: RequestBody | undefined } | undefined {
    return #head in request ? { head: request.#head, body: request.#body } : undefined;
  }

  async #readAll(): Promise<Buffer> {
    if (this.#branch !== undefined) return Buffer.from(await this.#branch.arrayBuffer());
    if (this.#stream !== undefined) {
      if (this.bodyUsed || this.#stream.locked) throw alreadyRead();
      return await readStream(this.#stream);
    }
    return this.#body === undefined ? EMPTY : await this.#body.bytes();
  }
}

/** A client says which scheme it asks for only in HTTP/2, and there it is not to be believed: the connection is secure or not. */
function schemeOf(base: string): string {
  return base.startsWith('https:') ? 'https://' : 'http://';
}

async function readStream(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Fetch standard: a body is consumed once, and a part of it is never taken for the whole. */
function alreadyRead(): TypeError {
  return new TypeError('the body of this request was already read, or is being read');
}
