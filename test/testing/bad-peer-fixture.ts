// A bad peer in memory with a client of raw bytes: what arrives at the client, and the log of the peer as lines.
import type { BadPeerEvent, BadPeerOptions } from '#src/testing/bad-peer/index.js';
import { BadPeer } from '#src/testing/bad-peer/index.js';
import { ManualClock, transportPair, type TransportPair } from '#src/testing/index.js';
import type { Transport } from '#src/io/transport.js';
import { RecordingSink } from '../support/recording-sink.ts';

/** One event as a line; without the time and, for the only connection of a test, without its number. */
export function formatEvent(event: BadPeerEvent): string {
  switch (event.type) {
    case 'request': {
      const body = event.bodyBytes === 0 ? '' : ` ${event.bodyBytes} bytes`;
      return `request ${event.method} ${event.target}${body}${event.complete ? '' : ' (incomplete)'}`;
    }
    case 'executed':
      return `executed ${event.id} ${event.count}`;
    case 'answered':
      return `answered ${event.target} ${event.status}`;
    case 'fault':
      return `fault ${event.kind}`;
    case 'malformed':
      return `malformed ${event.what}`;
    case 'ignored':
      return `ignored ${event.bytes}`;
    case 'fin':
      return `fin by ${event.by}`;
    case 'closed':
      return event.error === undefined ? 'closed' : `closed: ${event.error}`;
    default:
      return event.type;
  }
}

/** The lines of a log without `accepted`, which is always the first. */
export function formatLog(log: readonly BadPeerEvent[]): string[] {
  return log.filter(({ type }) => type !== 'accepted').map(formatEvent);
}

/** One connection of a client. */
export class MemoryClient {
  readonly sink: RecordingSink = new RecordingSink();
  readonly transport: Transport;
  readonly #pair: TransportPair;

  constructor(peer: BadPeer) {
    this.#pair = transportPair({ readBytes: 1_000_000 });
    this.transport = this.#pair[0];
    this.transport.attach(this.sink);
    peer.accept(this.#pair[1]);
    this.deliver();
  }

  deliver(): void {
    this.#pair.deliverAll();
  }

  /** Sends bytes and lets everything arrive. */
  send(bytes: string | Uint8Array): void {
    this.transport.write(bytes);
    this.deliver();
  }

  /** Sends FIN and lets everything arrive. */
  end(): void {
    this.transport.end();
    this.deliver();
  }

  /** What arrived since the last time, and how it ended: `(FIN)`, `(closed)`, `(RST)`. */
  take(): string {
    const lines = this.sink.log.splice(0);
    return lines
      .map((line) => (line.startsWith('data:') ? line.slice(5) : (ENDS[line] ?? '(RST)')))
      .filter((line) => line !== '(drain)')
      .join('');
  }
}

const ENDS: Readonly<Record<string, string>> = { end: '(FIN)', closed: '(closed)', drain: '(drain)' };

/** A peer on a clock of its own, which answers `ok` unless it is told otherwise, and a first client. */
export interface Joined {
  readonly peer: BadPeer;
  readonly clock: ManualClock;
  readonly client: MemoryClient;
  /** Lets time pass and everything arrive. */
  readonly pass: (ms: number) => void;
}

export function join(options: BadPeerOptions = {}): Joined {
  const clock = new ManualClock();
  const peer = new BadPeer({ clock, handler: () => ({ body: 'ok' }), ...options });
  const client = new MemoryClient(peer);
  return {
    peer,
    clock,
    client,
    pass: (ms) => {
      clock.advance(ms);
      client.deliver();
    },
  };
}

export const GET = (target = '/'): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;

export const POST = (target: string, body: string, announced: number = body.length): string =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${announced}\r\n\r\n${body}`;

/** What `join` answers to everything. */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
