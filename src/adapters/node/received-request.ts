// A request of the handler contract as the facts that a message of node:http is made of.
import type { BodyQueue } from '../../http/body-queue.ts';
import type { HandlerContext } from '../../server/handler.ts';
import type { RequestFacts } from '../../server/request/request-facts.ts';
import { LazyRequest } from '../../server/request/request.ts';
import { asksUpgrade } from '../../server/exchange/upgrade-refusal.ts';
import { RequestHead } from '../../wire/index.ts';

/** Takes the pieces of a body, one call at a time. */
export interface BodySource {
  /** The next piece; undefined at the end. Rejects where the body ended early. */
  read(): Promise<Uint8Array | undefined>;
  /** All of it, where it has arrived and nothing was read yet. */
  takeWhole(): Uint8Array | undefined;
}

/** See the head of the file. */
export interface ReceivedRequest {
  readonly method: string;
  /** The target as it was sent. */
  readonly url: string;
  readonly versionMajor: number;
  readonly versionMinor: number;
  /** Names as they were sent, where that is known, and values in turn. */
  readonly rawFields: string[];
  /** What the client asked for: the connection persists unless somebody else has a reason to end it. */
  readonly keepAlive: boolean;
  /** It holds its body back until it is told to go on. */
  readonly expectsContinue: boolean;
  /** It offers another protocol (RFC 9110 §7.8), and its connection can be taken over for it. */
  readonly asksUpgrade: boolean;
  /** Undefined where there is none. */
  readonly body: BodySource | undefined;
}

/** Reads the facts. The body is not touched. */
export function readReceivedRequest(request: Request, context: HandlerContext): ReceivedRequest {
  const parts = LazyRequest.parts(request);
  if (parts === undefined) return readStandardRequest(request, context);
  const { head } = parts;
  const body = parts.body === undefined ? undefined : new QueuedBody(parts.body);
  if (!(head instanceof RequestHead)) return readHttp2Head(head, body);
  const { method, target, minorVersion, lines, fields } = head;
  return {
    method,
    url: target,
    versionMajor: 1,
    versionMinor: minorVersion,
    rawFields: lines.loadRawFields(),
    keepAlive: minorVersion === 0 ? fields.keepAlive && !fields.close : !fields.close,
    expectsContinue: fields.expect !== undefined && minorVersion > 0,
    asksUpgrade: asksUpgrade(head),
    body,
  };
}

function readHttp2Head(head: RequestFacts, body: BodySource | undefined): ReceivedRequest {
  const rawFields = head.lines.loadFields();
  // HTTP/2 has the authority in a field of its own, and frameworks look for Host.
  if (head.host !== undefined && head.lines.get('host') === undefined) rawFields.unshift('host', head.host);
  // As a gateway to HTTP/1.1 says it: body parsers take a request without either field of framing for one without a body.
  if (body !== undefined && head.lines.get('content-length') === undefined)
    rawFields.push('transfer-encoding', 'chunked');
  return {
    method: head.method,
    url: head.target,
    versionMajor: 2,
    versionMinor: 0,
    rawFields,
    keepAlive: true,
    expectsContinue: head.fields.expect !== undefined,
    asksUpgrade: false,
    body,
  };
}

/** A Request of another maker: what its interface tells. */
function readStandardRequest(request: Request, context: HandlerContext): ReceivedRequest {
  const url = /^[a-z]+:\/\/([^/?]*)(.*)$/i.exec(request.url);
  const rawFields = [...request.headers].flat();
  if (!request.headers.has('host') && url?.[1] !== undefined) rawFields.unshift('host', url[1]);
  const isHttp2 = context.connection.protocol === 'h2';
  const target = url?.[2] ?? request.url;
  return {
    method: request.method,
    url: target.startsWith('/') ? target : `/${target}`,
    versionMajor: isHttp2 ? 2 : 1,
    versionMinor: isHttp2 || context.connection.protocol === 'http/1.0' ? 0 : 1,
    rawFields,
    keepAlive: true,
    expectsContinue: request.headers.get('expect') !== null,
    asksUpgrade: false,
    body: request.body === null ? undefined : new StreamedBody(request.body),
  };
}

class QueuedBody implements BodySource {
  readonly #queue: BodyQueue;

  constructor(queue: BodyQueue) {
    this.#queue = queue;
  }

  read(): Promise<Uint8Array | undefined> {
    if (!this.#queue.used) this.#queue.claim();
    return this.#queue.read();
  }

  takeWhole(): Uint8Array | undefined {
    if (this.#queue.used) return undefined;
    const whole = this.#queue.takeWhole();
    if (whole !== undefined) this.#queue.claim();
    return whole;
  }
}

class StreamedBody implements BodySource {
  readonly #stream: ReadableStream<Uint8Array>;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#stream = stream;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#reader ??= this.#stream.getReader();
    return (await this.#reader.read()).value;
  }

  takeWhole(): undefined {
    return undefined;
  }
}
