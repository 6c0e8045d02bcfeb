// A proxy of our own, over sockets: forwards requests with a whole URL, opens tunnels, and writes down what it was asked for.
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { identity } from '../io/opening.ts';

/** What the proxy does otherwise than it should. */
export interface ForwardProxyOptions {
  /** It speaks TLS itself. */
  readonly secure?: boolean;
  /** Bytes that it says to CONNECT instead of opening a tunnel; empty: it says nothing; undefined: it opens one. */
  readonly answer?: string;
  /** It ends the connection once it has said them. */
  readonly ends?: boolean;
}

/** A request that came, and on which connection. */
export interface ProxiedRequest {
  readonly connection: number;
  /** Method and target. */
  readonly line: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** See the head of the file. */
export class ForwardProxy {
  readonly requests: ProxiedRequest[] = [];
  /** Connections that were accepted, open ones, and the most that were open at once. */
  accepted = 0;
  open = 0;
  mostOpen = 0;
  readonly #server: http.Server | https.Server;
  readonly #options: ForwardProxyOptions;
  readonly #numbers = new WeakMap<Duplex, number>();
  readonly #sockets = new Set<Duplex>();

  private constructor(options: ForwardProxyOptions) {
    this.#options = options;
    const isSecure = options.secure === true;
    this.#server = isSecure ? https.createServer(identity('localhost')) : http.createServer();
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => this.#accept(socket));
    this.#server.on('request', (request, response) => this.#forward(request, response));
    this.#server.on('connect', (request, socket) => this.#connect(request, socket));
  }

  static async start(context: TestContext, options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    context.after(() => {
      proxy.#server.close();
      for (const socket of proxy.#sockets) socket.destroy();
    });
    return proxy;
  }

  /** `credentials` as `user:password`. */
  url(credentials?: string): string {
    const { port } = this.#server.address() as AddressInfo;
    const scheme = this.#options.secure === true ? 'https' : 'http';
    return `${scheme}://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${port}`;
  }

  get lines(): string[] {
    return this.requests.map(({ line }) => line);
  }

  /** On which connection each request came. */
  get connections(): number[] {
    return this.requests.map(({ connection }) => connection);
  }

  #accept(socket: Socket): void {
    this.accepted += 1;
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    this.#numbers.set(socket, this.accepted);
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.open -= 1;
      this.#sockets.delete(socket);
    });
  }

  #note(request: http.IncomingMessage): void {
    this.requests.push({
      connection: this.#numbers.get(request.socket) ?? 0,
      line: `${request.method} ${request.url}`,
      headers: request.headers,
    });
  }

  #forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.#note(request);
    const { connection: _, 'proxy-authorization': __, ...headers } = request.headers;
    const upstream = http.request(request.url ?? '', { method: request.method, headers, agent: false }, (answer) => {
      // RFC 9110 §7.6.1: it speaks of the connection to the origin.
      const { connection: ___, ...fields } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, fields);
      answer.pipe(response);
    });
    upstream.on('error', () => response.writeHead(502).end());
    request.pipe(upstream);
  }

  #connect(request: http.IncomingMessage, socket: Duplex): void {
    this.#note(request);
    const { answer, ends = false } = this.#options;
    if (answer !== undefined) {
      socket.write(answer);
      if (ends) socket.end();
      // Its end is seen by whoever reads.
      socket.on('end', () => socket.end()).resume();
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = net.connect(Number(port), hostname.replaceAll(/[[\]]/g, ''), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }
}
