// What came of the requests of all clients, by protocol, and the first words about everything that went wrong.
import { PROTOCOLS } from './shares.ts';
import type { Protocol } from './shares.ts';

/** Of one protocol. */
export interface ProtocolCounts {
  /** Connections that are open now, and that were opened ever. */
  readonly open: number;
  readonly opened: number;
  /** Handshakes that took up an earlier session. */
  readonly resumed: number;
  readonly requests: number;
  /** Requests that the client gave up on purpose. */
  readonly takenBack: number;
  readonly failed: number;
}

/** So many are kept in full; of the others it is known how many there were of each kind. */
const MESSAGES = 20;

/** One for the whole process. */
export class Tally {
  readonly #counts = new Map<Protocol, { -readonly [Name in keyof ProtocolCounts]: number }>(
    PROTOCOLS.map((protocol) => [protocol, { open: 0, opened: 0, resumed: 0, requests: 0, takenBack: 0, failed: 0 }]),
  );
  /** What went wrong, how often. */
  readonly failures: Record<string, number> = {};
  readonly messages: string[] = [];
  #ended = false;

  /** From now on nothing is a failure: the clients leave. */
  end(): void {
    this.#ended = true;
  }

  add(protocol: Protocol, name: keyof ProtocolCounts, by = 1): void {
    this.#counts.get(protocol)![name] += by;
  }

  /** `what` without figures, so that it can be counted; `detail` is for whoever looks for the reason. */
  fail(protocol: Protocol, what: string, detail: string): void {
    if (this.#ended) return;
    this.add(protocol, 'failed');
    const kind = `${protocol}, ${what}`;
    this.failures[kind] = (this.failures[kind] ?? 0) + 1;
    if (this.messages.length < MESSAGES)
      this.messages.push(`${(performance.now() / 1_000).toFixed(1)} s: ${kind}; ${detail}`);
  }

  byProtocol(): Readonly<Record<Protocol, ProtocolCounts>> {
    return Object.fromEntries(this.#counts) as Record<Protocol, ProtocolCounts>;
  }
}
