// The client of the behaviour suite over HTTP/2, made of node:http2, by prior knowledge or over TLS. One connection for all requests.
import { once } from 'node:events';
import http2 from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import { readAll } from './behaviour-client.ts';
import type {
  BehaviourClient,
  BehaviourExchange,
  BehaviourRequest,
  ReceivedAnswer,
  ReceivedHead,
} from './behaviour-client.ts';

/** See the head of the file. */
export class Http2Client implements BehaviourClient {
  readonly session: http2.ClientHttp2Session;

  constructor(url: string, ca?: string) {
    this.session = http2.connect(url, ca === undefined ? {} : { ca, servername: 'localhost' });
    // A server that goes away is told to each request.
    this.session.on('error', () => {});
  }

  send({ method = 'GET', path = '/', headers = [], body, open = false }: BehaviourRequest = {}): BehaviourExchange {
    const fields: Record<string, string | string[]> = { ':method': method, ':path': path };
    for (const name of new Set(headers.map(([known]) => known))) {
      const values = headers.filter(([known]) => known === name).map(([, value]) => value);
      fields[name] = values.length === 1 ? values[0]! : values;
    }
    const stream = this.session.request(fields, { endStream: body === undefined && !open });
    if (body !== undefined) stream.end(body);
    return new Http2Exchange(stream);
  }

  close(): void {
    this.session.destroy();
  }
}

class Http2Exchange implements BehaviourExchange {
  readonly #stream: http2.ClientHttp2Stream;
  readonly head: Promise<ReceivedHead>;
  readonly interim: ReceivedHead[] = [];
  #trailers: Readonly<Record<string, string | string[] | undefined>> = {};

  constructor(stream: http2.ClientHttp2Stream) {
    this.#stream = stream;
    this.head = headOf(stream);
    this.head.catch(() => {});
    stream.on('error', () => {});
    stream.on('headers', (headers: Record<string, string>) => this.interim.push(toHead(headers)));
    // node:http2 tells of this one under a name of its own.
    stream.on('continue', () => this.interim.push({ status: 100, headers: [] }));
    stream.on('trailers', (trailers: Record<string, string>) => {
      // Without the symbols that node:http2 has there.
      this.#trailers = Object.fromEntries(Object.entries(trailers));
    });
  }

  get upload(): Writable {
    return this.#stream;
  }

  async download(): Promise<Readable> {
    await this.head;
    return this.#stream;
  }

  async answer(): Promise<ReceivedAnswer> {
    const body = await readAll(await this.download());
    // For node:http2 a reset with NO_ERROR or CANCEL is an end like others; a client must tell them apart (RFC 9113 §8.1).
    if (this.#stream.rstCode !== 0) throw new Error(`the stream was reset with ${this.#stream.rstCode}`);
    return { ...(await this.head), body, trailers: this.#trailers };
  }

  /** Not by `close()`, which ends the body before it resets the stream. */
  abort(): void {
    this.#stream.destroy(new Error('given up'));
  }
}

async function headOf(stream: http2.ClientHttp2Stream): Promise<ReceivedHead> {
  const closed = once(stream, 'close').then(() => Promise.reject(new Error(`the stream ended with ${stream.rstCode}`)));
  closed.catch(() => {});
  const [headers] = (await Promise.race([once(stream, 'response'), closed])) as [Record<string, string | string[]>];
  return toHead(headers);
}

function toHead(headers: Record<string, string | string[]>): ReceivedHead {
  const pairs = Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((line): [string, string] => [name, line]));
  return { status: Number(headers[':status']), headers: pairs };
}
