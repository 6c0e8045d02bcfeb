// The servers' side of a driven session: what came on each connection, and what the test makes the server do.
import type { Transport, TransportSink } from '#src/io/index.js';

/** A request that has arrived whole. */
export interface ReceivedRequest {
  /** Of all that arrived on any connection, from 1. */
  readonly number: number;
  readonly method: string;
  readonly target: string;
  readonly head: string;
  readonly body: string;
}

/** What a server does with a request; undefined: nothing yet. */
export type Answer = (request: ReceivedRequest, peer: MemoryPeer) => string | undefined;

/** A response with a body of known length. `fields` are whole lines. */
export function formatResponse(body: string, fields = '', status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The server's end of one connection. */
export class MemoryPeer implements TransportSink {
  readonly number: number;
  readonly transport: Transport;
  readonly requests: ReceivedRequest[] = [];
  /** Whether it answers our FIN with its own, as a server that is well does. */
  endsWithClient = true;
  /** The client sent FIN. */
  hasEnded = false;
  /** It sent FIN itself, or RST: nothing more can be sent. */
  isFinished = false;
  /** Set once the connection is over; the error says RST. */
  closed: { readonly error: Error | undefined } | undefined;
  /** Everything that came, as latin1. */
  received = '';
  readonly #origin: MemoryOrigin;
  #unread = '';

  constructor(origin: MemoryOrigin, transport: Transport, number: number) {
    this.#origin = origin;
    this.transport = transport;
    this.number = number;
    transport.attach(this);
  }

  /** Sends a response, by default with the number of the connection and of the request on it as its body. */
  answer(body = `${this.number}/${this.requests.length}`, fields = ''): void {
    this.send(formatResponse(body, fields));
  }

  send(bytes: string): void {
    this.transport.write(bytes);
  }

  fin(): void {
    this.isFinished = true;
    this.transport.end();
  }

  rst(): void {
    this.isFinished = true;
    this.transport.reset();
  }

  onTransportData(bytes: Buffer): void {
    this.received += bytes.toString('latin1');
    this.#unread += bytes.toString('latin1');
    for (let request = this.#readRequest(); request !== undefined; request = this.#readRequest()) {
      this.requests.push(request);
      this.#origin.requests.push(request);
      const answer = this.#origin.answer(request, this);
      if (answer !== undefined && !this.isFinished) this.transport.write(answer);
    }
  }

  onTransportEnd(): void {
    this.hasEnded = true;
    if (this.endsWithClient) this.fin();
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    this.closed = { error };
  }

  #readRequest(): ReceivedRequest | undefined {
    const headEnd = this.#unread.indexOf('\r\n\r\n') + 4;
    if (headEnd < 4) return undefined;
    const head = this.#unread.slice(0, headEnd);
    const isChunked = /^transfer-encoding: chunked\r$/im.test(head);
    const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
    const end = isChunked ? this.#unread.indexOf('0\r\n\r\n', headEnd) + 5 : headEnd + length;
    if (end < headEnd || this.#unread.length < end) return undefined;
    const body = this.#unread.slice(headEnd, end);
    this.#unread = this.#unread.slice(end);
    const [method = '', target = ''] = head.split(' ', 2);
    return { number: this.#origin.requests.length + 1, method, target, head, body };
  }
}

/** All servers of a driven session. */
export class MemoryOrigin {
  /** By the order in which they were opened. */
  readonly peers: MemoryPeer[] = [];
  /** Complete requests in the order in which they arrived, on whatever connection. */
  readonly requests: ReceivedRequest[] = [];
  /** What happens to requests: by default each is answered at once. */
  answer: Answer = (_request, peer) => formatResponse(`${peer.number}/${peer.requests.length}`, this.fields);
  /** Field lines of every response that is sent at once. */
  fields = '';
  /** Told of each connection before anything arrives on it. */
  onAccept: (peer: MemoryPeer) => void = () => {};

  readonly accept = (transport: Transport, number: number): void => {
    const peer = new MemoryPeer(this, transport, number);
    this.peers.push(peer);
    this.onAccept(peer);
  };

  /** Connection number `number`, from 1. */
  peer(number: number): MemoryPeer {
    const peer = this.peers[number - 1];
    if (peer === undefined) throw new Error(`${number} connections were not opened, only ${this.peers.length}`);
    return peer;
  }

  /** From now on requests get no answer by themselves. */
  hold(): void {
    this.answer = () => undefined;
  }

  /** Requests are answered again, and those that wait too. */
  release(): void {
    this.answer = (_request, peer) => formatResponse(`${peer.number}/${peer.requests.length}`, this.fields);
  }
}
