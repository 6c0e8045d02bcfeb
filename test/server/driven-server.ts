// A server without sockets and without time of its own: connections in memory, a clock that the test moves.
// What it does not do: decide anything. It is the product's ServerCore and ServerConnection, joined to a client that writes down.
import { resolveServeOptions } from '#src/server/options.js';
import type { ServeOptions } from '#src/server/options.js';
import { ServerConnection } from '#src/server/connection/server-connection.js';
import { ServerCore } from '#src/server/server-core.js';
import { ManualClock, transportPair } from '#src/testing/index.js';
import type { TransportPair, TransportPairOptions } from '#src/testing/index.js';
import type { Transport, TransportSink } from '#src/io/index.js';
import type { TraceEvent } from '#src/trace.js';

/** Of the manual clock's start, 1,000,000,000,000 ms: what every answer says unless time was moved. */
export const DATE = 'Date: Sun, 09 Sep 2001 01:46:40 GMT\r\n';
/** What a connection that persists is told with default options. */
export const KEEP = 'Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n';
export const CLOSE = 'Connection: close\r\n';

/** Rounds without any event after which everything that can happen without time has happened. */
const QUIET_ROUNDS = 10;

/** Options of one server, without those that the test doubles decide. */
export type DrivenOptions = Omit<ServeOptions, 'clock' | 'port' | 'hostname'>;

/** A transport that notes every call that the server makes, and every write. */
class NotingTransport implements Transport {
  readonly #inner: Transport;
  readonly writes: string[] = [];
  readonly calls: string[] = [];

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  get remote(): string {
    return this.#inner.remote;
  }

  get pendingBytes(): number {
    return this.#inner.pendingBytes;
  }

  get failure(): Error | undefined {
    return this.#inner.failure;
  }

  attach(sink: TransportSink): void {
    this.#inner.attach(sink);
  }

  write(data: Uint8Array | string): boolean {
    this.writes.push(typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
    return this.#inner.write(data);
  }

  end(): void {
    this.calls.push('end');
    this.#inner.end();
  }

  destroy(): void {
    this.calls.push('destroy');
    this.#inner.destroy();
  }

  reset(): void {
    this.calls.push('reset');
    this.#inner.reset();
  }

  setIdle(idle: boolean): void {
    this.#inner.setIdle(idle);
  }

  pause(): void {
    this.calls.push('pause');
    this.#inner.pause();
  }

  resume(): void {
    this.calls.push('resume');
    this.#inner.resume();
  }
}

/** Its connections share one clock. `events` and `errors` hold what the server told its owner. */
export class DrivenServer {
  readonly clock: ManualClock = new ManualClock();
  readonly core: ServerCore;
  readonly events: TraceEvent[] = [];
  readonly errors: unknown[] = [];
  /** `id reason` of every connection that ended. */
  readonly closed: string[] = [];
  readonly #clients: DrivenClient[] = [];

  constructor(options: DrivenOptions) {
    this.core = new ServerCore(
      resolveServeOptions({
        trace: (event) => void this.events.push(event),
        onError: (error) => void this.errors.push(error),
        ...options,
        clock: this.clock,
      }),
    );
    this.core.base = 'http://127.0.0.1:8080';
    this.core.onClosed = (connection, reason) => void this.closed.push(`${connection.id} ${reason}`);
  }

  /** A new connection. */
  connect(options: TransportPairOptions = {}): DrivenClient {
    const client = new DrivenClient(this, this.#clients.length + 1, options);
    this.#clients.push(client);
    this.core.connections.add(client.connection);
    return client;
  }

  /** Lets happen whatever can happen without time: deliveries, microtasks, ends of turns. */
  async run(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_ROUNDS; quiet += 1) {
      for (const client of this.#clients) if (client.deliver() > 0) quiet = 0;
      await new Promise(setImmediate);
      this.clock.turn();
    }
  }

  /** Lets time pass, and everything happen that follows from it. */
  async advance(ms: number): Promise<void> {
    await this.run();
    this.clock.advance(ms);
    await this.run();
  }
}

/** The peer of one connection. What it was told stands in `received`, `ended` and `over`. */
export class DrivenClient implements TransportSink {
  readonly server: DrivenServer;
  readonly connection: ServerConnection;
  readonly #pair: TransportPair;
  readonly #noting: NotingTransport;
  #holding = false;
  /** Everything that arrived, one character a byte. */
  received = '';
  /** The server's FIN arrived. */
  ended = false;
  /** How it ended: '' in an orderly way, else the error's message. */
  over: string | undefined = undefined;
  /** Called for each event, for tests that need their order. */
  onRead: (bytes: string) => void = () => {};
  onFin: () => void = () => {};
  onOver: (error: Error | undefined) => void = () => {};

  constructor(server: DrivenServer, id: number, options: TransportPairOptions) {
    this.server = server;
    this.#pair = transportPair(options);
    this.#noting = new NotingTransport(this.#pair[1]);
    this.#pair[0].attach(this);
    this.connection = new ServerConnection(server.core, this.#noting, id);
  }

  onTransportData(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    this.received += text;
    this.onRead(text);
  }

  onTransportEnd(): void {
    this.ended = true;
    this.onFin();
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    this.over = error?.message ?? '';
    this.onOver(error);
  }

  /** Every write of the server to its transport, in order. */
  get writes(): readonly string[] {
    return this.#noting.writes;
  }

  /** Every other call of the server to its transport, in order. */
  get calls(): readonly string[] {
    return this.#noting.calls;
  }

  /** Whether the server has stopped reading. */
  get paused(): boolean {
    return this.calls.findLast((call) => call === 'pause' || call === 'resume') === 'pause';
  }

  /** What arrived since the last call. */
  take(): string {
    const taken = this.received;
    this.received = '';
    return taken;
  }

  /** Puts bytes on their way without letting anything happen yet. */
  write(bytes: Uint8Array | string): void {
    this.#pair[0].write(bytes);
  }

  /** Sends bytes and lets happen what follows. */
  async send(bytes: Uint8Array | string): Promise<void> {
    this.write(bytes);
    await this.server.run();
  }

  /** Sends FIN. */
  async end(): Promise<void> {
    this.#pair[0].end();
    await this.server.run();
  }

  /** Breaks the connection with RST. */
  async reset(): Promise<void> {
    this.#pair[0].reset();
    await this.server.run();
  }

  /** Stops reading. */
  pause(): void {
    this.#pair[0].pause();
  }

  /** Reads again. */
  async resume(): Promise<void> {
    this.#pair[0].resume();
    await this.server.run();
  }

  /** Takes exactly one delivery of what the server wrote, then stops reading again. */
  async readOnce(): Promise<void> {
    this.#pair[0].resume();
    this.#pair.deliver(this.#pair[0]);
    this.#pair[0].pause();
    await this.server.run();
  }

  /** Keeps everything in flight until `release`. */
  hold(): void {
    this.#holding = true;
  }

  async release(): Promise<void> {
    this.#holding = false;
    await this.server.run();
  }

  /** Delivers one event to one side, for races. Returns whether there was one. */
  deliverTo(side: 'client' | 'server'): boolean {
    return this.#pair.deliver(this.#pair[side === 'client' ? 0 : 1]) === 1;
  }

  deliver(): number {
    return this.#holding ? 0 : this.#pair.deliverAll();
  }
}

/** A request without a body. `lines` are complete field lines. */
export function get(target = '/', lines = '', version = '1.1'): string {
  return `GET ${target} HTTP/${version}\r\nHost: a\r\n${lines}\r\n`;
}

/** A request with a body of known length. */
export function post(body: string, lines = '', target = '/'): string {
  return `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n${lines}\r\n${body}`;
}

/** A promise that the test settles, for handlers that answer when the test says so. */
export interface Gate<Value> {
  readonly promise: Promise<Value>;
  open(value: Value): void;
  fail(error: Error): void;
}

export function gate<Value = void>(): Gate<Value> {
  let open: (value: Value) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<Value>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}
