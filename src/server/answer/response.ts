// Our own Response: the interface of the Fetch standard over plain fields, so that an answer costs no stream and no guard.
import { Headers } from '../../http/headers.ts';
import type { HeadersInput } from '../../http/headers.ts';
import { statusForbidsBody } from '../../http/status.ts';
import { isFieldValue } from '../../http/tokens.ts';
import type { AnswerBody } from '../handler.ts';

/** What a body may be given as; beyond the standard's, an async iterable of bytes. */
export type ResponseBody = AnswerBody | ArrayBuffer | ArrayBufferView | Blob | FormData | URLSearchParams | undefined;

/** As in the Fetch standard. */
export interface ResponseOptions {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersInput;
}

/** The media type of a body that was given none, with its field line: most answers have no other field. */
interface DefaultType {
  readonly value: string;
  readonly line: string;
}

function defaultType(value: string): DefaultType {
  return { value, line: `content-type: ${value}\r\n` };
}

const TEXT = defaultType('text/plain;charset=UTF-8');
const JSON_TEXT = defaultType('application/json');
const FORM = defaultType('application/x-www-form-urlencoded;charset=UTF-8');

/**
 * A drop-in for `globalThis.Response` (whose instance it claims to be) that stays plain data until an unusual member is used;
 * then a real one is made and answers for it.
 */
export class Response implements globalThis.Response {
  static {
    Object.setPrototypeOf(Response.prototype, globalThis.Response.prototype);
    Object.defineProperty(Response.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Response) {
        return { status: this.status, statusText: this.statusText, headers: this.headers };
      },
    });
  }

  readonly #status: number;
  readonly #statusText: string;
  /** Made when somebody asks, or gives some: an answer with nothing but a default type needs none. */
  #headers: Headers | undefined;
  #defaultType: DefaultType | undefined;
  #body: AnswerBody;
  /** Stands in once somebody reads the body here instead of sending it. */
  #real: globalThis.Response | undefined;

  constructor(body?: ResponseBody, options?: ResponseOptions) {
    const status = options?.status ?? 200;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`Response: the status is ${status}, it must be a whole number from 200 to 599`);
    }
    const statusText = options?.statusText ?? '';
    if (!isFieldValue(statusText)) throw new TypeError('Response: statusText has a character that is not allowed');
    if (body !== undefined && body !== null && statusForbidsBody(status)) {
      throw new TypeError(`Response: a response with status ${status} has no body`);
    }
    this.#status = status;
    this.#statusText = statusText;
    this.#headers = options?.headers === undefined ? undefined : new Headers(options.headers);
    this.#defaultType = undefined;
    this.#body = null;
    if (typeof body === 'string') {
      this.#body = body;
      this.#defaultType = TEXT;
    } else if (body !== undefined && body !== null) {
      this.#adopt(body);
    }
  }

  /** JSON with its media type. */
  static json(data: unknown, options?: ResponseOptions): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('Response.json: the value cannot be written as JSON');
    const response = new Response(null, options);
    if (statusForbidsBody(response.#status))
      throw new TypeError(`Response: a response with status ${response.#status} has no body`);
    response.#body = text;
    response.#defaultType = JSON_TEXT;
    return response;
  }

  /** A redirect to an absolute URL. */
  static redirect(url: string | URL, status = 302): Response {
    if (![301, 302, 303, 307, 308].includes(status)) {
      throw new RangeError(`Response.redirect: ${status} is not a status of a redirect`);
    }
    return new Response(null, { status, headers: { location: new URL(url).href } });
  }

  /** The standard's network error; a server cannot send one and answers 500 instead. */
  static error(): globalThis.Response {
    return globalThis.Response.error();
  }

  /** For the server: what is to be sent, or undefined where the body was already used here. */
  static plainBody(response: Response): AnswerBody | undefined {
    if (response.#real === undefined) return response.#body;
    return response.#real.bodyUsed ? undefined : response.#real.body;
  }

  /** For the server: whether it was given no fields, so that a default media type is all it can have. */
  static isBare(response: Response): boolean {
    return response.#headers === undefined;
  }

  /** For the server: the field line of the default media type, empty where there is none. */
  static defaultLine(response: Response): string {
    return response.#defaultType?.line ?? '';
  }

  /** For the server: the default media type, where there is one. */
  static defaultType(response: Response): string | undefined {
    return response.#defaultType?.value;
  }

  /** Whether a value is of this class, whatever its prototype chain says. */
  static isPlain(value: unknown): value is Response {
    return typeof value === 'object' && value !== null && #status in value;
  }

  get status(): number {
    return this.#status;
  }

  get ok(): boolean {
    return this.#status >= 200 && this.#status < 300;
  }

  get statusText(): string {
    return this.#statusText;
  }

  get headers(): Headers {
    this.#headers ??= new Headers();
    if (this.#defaultType !== undefined) {
      if (!this.#headers.has('content-type')) this.#headers.append('content-type', this.#defaultType.value);
      this.#defaultType = undefined;
    }
    return this.#headers;
  }

  get type(): globalThis.Response['type'] {
    return 'default';
  }

  get url(): string {
    return '';
  }

  get redirected(): boolean {
    return false;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#body === null ? null : this.#asReal().body;
  }

  get bodyUsed(): boolean {
    return this.#real?.bodyUsed ?? false;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#asReal().arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#asReal().blob();
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#asReal().arrayBuffer());
  }

  formData(): Promise<FormData> {
    return this.#asReal().formData();
  }

  json(): Promise<unknown> {
    return this.#asReal().json();
  }

  text(): Promise<string> {
    return this.#asReal().text();
  }

  clone(): Response {
    const copy = this.#asReal().clone();
    const response = new Response(null, { status: this.#status, statusText: this.#statusText, headers: this.headers });
    response.#body = this.#body;
    response.#real = copy;
    return response;
  }

  #adopt(body: Exclude<ResponseBody, string | null | undefined>): void {
    if (body instanceof Uint8Array || body instanceof ReadableStream) {
      this.#body = body;
    } else if (body instanceof ArrayBuffer) {
      this.#body = new Uint8Array(body);
    } else if (ArrayBuffer.isView(body)) {
      this.#body = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    } else if (body instanceof URLSearchParams) {
      this.#body = body.toString();
      this.#defaultType = FORM;
    } else if (Symbol.asyncIterator in body) {
      this.#body = body;
    } else {
      // Blob and FormData: the real class knows how to make bytes and a media type of them.
      const real = new globalThis.Response(body);
      this.#body = real.body;
      const type = real.headers.get('content-type');
      if (type !== null) this.#defaultType = defaultType(type);
    }
  }

  #asReal(): globalThis.Response {
    this.#real ??= new globalThis.Response(toStandardBody(this.#body), {
      status: this.#status,
      statusText: this.#statusText,
      headers: this.headers,
    });
    return this.#real;
  }
}

function toStandardBody(body: AnswerBody): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null {
  if (body === null || typeof body === 'string' || body instanceof ReadableStream) return body;
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  return ReadableStream.from(body as AsyncIterable<Uint8Array>);
}
