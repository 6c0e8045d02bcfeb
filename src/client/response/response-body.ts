// The body of a response on its way to the caller: the ways to consume it. The queue behind it is that of both sides of a connection.
import { BodyQueue } from '../../http/body-queue.ts';
import type { BodyQueueOwner } from '../../http/body-queue.ts';
import type { Headers } from '../../http/headers.ts';
import { decodeUtf8 } from './decode-utf8.ts';

/**
 * What a body asks of its connection. A pause ends with `resumeBody`, at the latest when the body ends; after `finish` or `fail`
 * nothing is asked any more.
 */
export interface BodyOwner extends BodyQueueOwner {
  /**
   * The rest is not wanted: read it and throw it away, or close the connection. Either way the body has to be told of its end,
   * by `finish` or `fail`, because `dump()` waits for that. What is pushed meanwhile is dropped. Called once at most.
   */
  abandonBody(): void;
}

/** The bytes of one response body, consumed once and in one of these ways. A truncated body rejects all of them. */
export class ResponseBody extends BodyQueue implements AsyncIterable<Uint8Array> {
  /** Whether `finish` or `fail` was called, so that the connection may serve somebody else by now. */
  #ended = false;
  /** Resolves what `dump()` returned. */
  #onEnd: (() => void) | undefined;
  /** Field lines behind a chunked body; undefined until its end has arrived, and where there are none. */
  trailers: Headers | undefined;

  constructor(owner: BodyOwner) {
    super(owner, 'response');
  }

  /** Decoded as UTF-8, whatever the media type says: as the Fetch standard has it. */
  text(): Promise<string> {
    return this.#consume(decodeUtf8);
  }

  /** Rejects with SyntaxError where it is no JSON. */
  json(): Promise<unknown> {
    return this.#consume(parseJson);
  }

  /** A copy that shares no memory with the connection. */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#consume(copyBytes);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#consume(copyToArrayBuffer);
  }

  /** `type` is the media type that the Blob is to have; the body knows none. */
  async blob(type = ''): Promise<Blob> {
    return new Blob([await this.bytes()], { type });
  }

  /**
   * Gives up what was not read, so that the connection is free for the next request, or closed where that is cheaper. Resolves
   * when that is done; whatever the peer does meanwhile, it does not reject. TypeError while somebody else is reading.
   */
  dump(): Promise<void> {
    if (this.used && this.state === 'open') {
      return Promise.reject(new TypeError('the body of this response is being read'));
    }
    if (!this.used) {
      this.markUsed();
      this.takeWhole();
    }
    this.discard();
    if (this.#ended) return Promise.resolve();
    const earlier = this.#onEnd;
    return new Promise((resolve) => {
      this.#onEnd = () => {
        earlier?.();
        resolve();
      };
    });
  }

  /** Piece by piece as they arrive. Whoever leaves the loop early gives up the rest, as `dump()`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, undefined, undefined> {
    this.claim();
    try {
      for (let piece = await this.read(); piece !== undefined; piece = await this.read()) yield piece;
    } finally {
      this.discard();
    }
    return undefined;
  }

  /** The connection has the end. */
  override finish(trailers?: Headers): void {
    if (this.#ended) return;
    this.trailers = trailers;
    super.finish();
    this.endPause();
    this.#end();
  }

  /** The connection has lost the rest. */
  override fail(error: Error): void {
    if (this.#ended) return;
    this.#end();
    super.fail(error);
  }

  protected override endPause(): void {
    if (!this.#ended) super.endPause();
  }

  #end(): void {
    this.#ended = true;
    this.#onEnd?.();
    this.#onEnd = undefined;
  }

  /** Where the whole body is at hand this costs one promise, the one that is returned. */
  #consume<Value>(convert: (whole: Buffer) => Value): Promise<Value> {
    try {
      this.claim();
      const whole = this.takeWhole();
      return whole === undefined ? this.readWhole().then(convert) : Promise.resolve(convert(whole));
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function parseJson(whole: Buffer): unknown {
  return JSON.parse(decodeUtf8(whole)) as unknown;
}

function copyBytes(whole: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(whole);
}

function copyToArrayBuffer(whole: Buffer): ArrayBuffer {
  return new Uint8Array(whole).buffer;
}
