// Opens connections in memory: the session gets one end, the test the other. Nothing arrives before the test delivers it.
import type { ConnectionOpener, ConnectTarget, Opening, OpeningSink, Transport } from '#src/io/index.js';
import { transportPair } from '#src/testing/index.js';
import type { TransportPair } from '#src/testing/index.js';
import { RecordedTransport } from './recorded-transport.ts';

/** A connection that was opened. */
export interface MemoryConnection {
  readonly number: number;
  readonly target: ConnectTarget;
  readonly pair: TransportPair;
  /** The end of the session, with what it did. */
  readonly client: RecordedTransport;
}

/** See the head of the file. */
export class MemoryOpener implements ConnectionOpener {
  readonly connections: MemoryConnection[] = [];
  /** What the name server answers; an Error is a failure of it. */
  addresses: readonly string[] | Error = ['127.0.0.1'];
  /** What the handshake took, as it is told. */
  connectMs = 1;
  /** Whether openings wait for {@link admit}. */
  holds = false;
  /** What the next openings fail with, in this order. */
  readonly failures: Error[] = [];
  /** Wraps the client's end, e.g. with faults. */
  wrap: (transport: Transport, connection: number) => Transport = (transport) => transport;
  readonly #accept: (transport: Transport, connection: number) => void;
  #waiting: (() => void)[] = [];
  /** Openings that were asked for. */
  opened = 0;
  /** Openings under way. */
  opening = 0;
  aborted = 0;
  lookups = 0;

  constructor(accept: (transport: Transport, connection: number) => void) {
    this.#accept = accept;
  }

  open(target: ConnectTarget, sink: OpeningSink): Opening {
    this.opened += 1;
    this.opening += 1;
    let isOver = false;
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      this.opening -= 1;
      const failure = this.failures.shift();
      if (failure !== undefined) {
        sink.onOpenFailed(failure);
        return;
      }
      const number = this.connections.length + 1;
      const pair = transportPair();
      const client = new RecordedTransport(pair[0]);
      this.connections.push({ number, target, pair, client });
      this.#accept(pair[1], number);
      const [address = ''] = this.addresses instanceof Error ? [] : this.addresses;
      const transport = this.wrap(client, number);
      sink.onOpened({ transport, address, totalMs: 1, lookupMs: 0, connectMs: this.connectMs, tls: undefined });
    };
    if (this.holds) this.#waiting.push(finish);
    else queueMicrotask(finish);
    return {
      abort: () => {
        if (isOver) return;
        isOver = true;
        this.aborted += 1;
        this.opening -= 1;
      },
    };
  }

  resolve(): Promise<readonly string[]> {
    this.lookups += 1;
    return this.addresses instanceof Error ? Promise.reject(this.addresses) : Promise.resolve(this.addresses);
  }

  /** Lets the openings that wait go on, all of them or the first `count`. */
  admit(count = Infinity): void {
    for (const finish of this.#waiting.splice(0, count)) finish();
  }

  /** Delivers everything that is in flight on any connection. Returns how many events that were. */
  deliverAll(): number {
    let events = 0;
    for (const { pair } of this.connections) events += pair.deliverAll();
    return events;
  }
}
