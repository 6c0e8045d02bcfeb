// The client of the behaviour suite over HTTP/1.1, made of node:http, plain or over TLS.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
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
export class Http1Client implements BehaviourClient {
  readonly #url: string;
  readonly #agent: http.Agent;
  readonly #ca: string | undefined;

  constructor(url: string, ca?: string) {
    this.#url = url;
    this.#ca = ca;
    this.#agent =
      ca === undefined
        ? new http.Agent({ keepAlive: true })
        : new https.Agent({ keepAlive: true, ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] });
  }

  send({ method = 'GET', path = '/', headers = [], body, open = false }: BehaviourRequest = {}): BehaviourExchange {
    const { request } = this.#ca === undefined ? http : https;
    const outgoing = request(new URL(path === '*' ? '/' : path, this.#url), {
      agent: this.#agent,
      method,
      path,
      ...(this.#ca === undefined ? {} : { rejectUnauthorized: true }),
    });
    for (const name of new Set(headers.map(([known]) => known))) {
      const values = headers.filter(([known]) => known === name).map(([, value]) => value);
      outgoing.setHeader(name, values.length === 1 ? values[0]! : values);
    }
    const exchange = new Http1Exchange(outgoing);
    // Node.js holds the head back until there is a body.
    if (open) outgoing.flushHeaders();
    else outgoing.end(body);
    return exchange;
  }

  close(): void {
    this.#agent.destroy();
  }
}

class Http1Exchange implements BehaviourExchange {
  readonly #request: http.ClientRequest;
  readonly #response: Promise<http.IncomingMessage>;
  readonly head: Promise<ReceivedHead>;
  readonly interim: ReceivedHead[] = [];

  constructor(request: http.ClientRequest) {
    this.#request = request;
    this.#response = once(request, 'response').then(([response]) => response as http.IncomingMessage);
    this.head = this.#response.then(({ statusCode, rawHeaders }) => ({
      status: statusCode!,
      headers: pairsOf(rawHeaders),
    }));
    this.head.catch(() => {});
    // What breaks after the head is told to whoever reads the body.
    request.on('error', () => {});
    request.on('information', ({ statusCode, rawHeaders }) =>
      this.interim.push({ status: statusCode, headers: pairsOf(rawHeaders) }),
    );
  }

  get upload(): Writable {
    return this.#request;
  }

  download(): Promise<Readable> {
    return this.#response;
  }

  async answer(): Promise<ReceivedAnswer> {
    const response = await this.#response;
    const body = await readAll(response);
    return { ...(await this.head), body, trailers: response.trailers };
  }

  /** With RST where that can be done: a FIN alone says only that nothing more is asked. */
  abort(): void {
    const { socket } = this.#request;
    if (socket !== null && this.#request.protocol === 'http:') socket.resetAndDestroy();
    this.#request.destroy();
  }
}

function pairsOf(list: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < list.length; at += 2) pairs.push([list[at]!.toLowerCase(), list[at + 1]!]);
  return pairs;
}
