// Two transports in memory, joined as the two ends of one TCP connection, and the pump that delivers between them.
import { MisuseError, OptionError } from '../errors.ts';
import type { Transport } from '../io/transport.ts';
import { MemoryTransport } from './memory-transport.ts';

/** Options of {@link transportPair}. */
export interface TransportPairOptions {
  /**
   * `manual`: nothing arrives until `deliver()` or `deliverAll()` is called, so a test decides every interleaving.
   * `microtask`: one event after the other arrives in a microtask of its own, for tests that `await`. Default `manual`.
   */
  readonly delivery?: 'manual' | 'microtask';
  /** Pending bytes from which `write` returns false. Default 16,384, as a stream of Node.js 20. */
  readonly highWaterMarkBytes?: number;
  /** Longest piece that arrives in one call. Default 65,536, as libuv reads a socket. */
  readonly readBytes?: number;
  /** What the first and the second end see as `remote`. Default `127.0.0.1:8080` and `127.0.0.1:50000`: client and server. */
  readonly remotes?: readonly [string, string];
}

/** Moves what is in flight. */
export interface TransportPump {
  /**
   * Delivers one event: bytes, FIN, drain or the end. The two ends take turns; with `to` only that end is told.
   * Returns how many events were delivered: 0 or 1.
   */
  deliver(to?: Transport): 0 | 1;
  /** Delivers until nothing is left, to both ends or only to `to`. Returns how many events were delivered. */
  deliverAll(to?: Transport): number;
}

/** The two ends and their pump: `const pair = transportPair(); const [client, server] = pair; pair.deliverAll();`. */
export type TransportPair = readonly [Transport, Transport] & TransportPump;

/** Above this many events in one deliverAll() the two ends are taken to answer each other for ever. */
const MAX_EVENTS = 100_000;

function positive(option: string, value: number): number {
  if (value >= 1) return value;
  throw new OptionError(option, `${value} is not a positive number of bytes.`);
}

function otherEnd(end: 0 | 1): 0 | 1 {
  return end === 0 ? 1 : 0;
}

class Pump implements TransportPump {
  readonly ends: readonly [MemoryTransport, MemoryTransport];
  readonly #onMicrotask: boolean;
  #delivering = false;
  #scheduled = false;
  #turn: 0 | 1 = 0;

  constructor(options: TransportPairOptions) {
    const shared = {
      highWaterMarkBytes: positive('highWaterMarkBytes', options.highWaterMarkBytes ?? 16_384),
      readBytes: positive('readBytes', options.readBytes ?? 65_536),
      onReady: () => this.#schedule(),
    };
    const [remoteOfFirst, remoteOfSecond] = options.remotes ?? ['127.0.0.1:8080', '127.0.0.1:50000'];
    this.#onMicrotask = options.delivery === 'microtask';
    this.ends = [
      new MemoryTransport({ ...shared, remote: remoteOfFirst }),
      new MemoryTransport({ ...shared, remote: remoteOfSecond }),
    ];
    MemoryTransport.join(this.ends[0], this.ends[1]);
  }

  deliver(to?: Transport): 0 | 1 {
    if (this.#delivering) {
      throw new MisuseError('deliver: called while an event is being delivered; events never overlap.');
    }
    this.#delivering = true;
    try {
      const end = to === undefined ? this.#nextEnd() : this.ends.find((candidate) => candidate === to);
      if (end === undefined) throw new MisuseError('deliver: this transport is not an end of the pair.');
      return end.deliverNext() ? 1 : 0;
    } finally {
      this.#delivering = false;
    }
  }

  deliverAll(to?: Transport): number {
    let events = 0;
    while (this.deliver(to) === 1) {
      events++;
      if (events > MAX_EVENTS) throw new MisuseError(`deliverAll: no rest after ${MAX_EVENTS} events.`);
    }
    return events;
  }

  /** The ends take turns, but the one that has something to be told is not kept waiting by the other that has not. */
  #nextEnd(): MemoryTransport {
    const served = this.ends[this.#turn].ready ? this.#turn : otherEnd(this.#turn);
    this.#turn = otherEnd(served);
    return this.ends[served];
  }

  #schedule(): void {
    if (!this.#onMicrotask || this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      try {
        this.deliver();
      } finally {
        if (this.ends[0].ready || this.ends[1].ready) this.#schedule();
      }
    });
  }
}

/**
 * Makes the two ends of a connection in memory with what a TCP socket promises and what it does not:
 *
 * - bytes arrive whole and in order, each piece as a private copy;
 * - `end()` is a FIN behind what is pending; the other direction stays open; FIN in both directions closes both ends;
 * - `destroy()` loses what is pending and sends FIN, or RST where bytes of the peer were still unread;
 * - `reset()` sends RST: what was in flight in either direction is lost, and the peer hears `read ECONNRESET`;
 * - a write to an end that is gone is accepted, and answered by a reset;
 * - a paused end is told neither of bytes nor of FIN nor of RST until it resumes, or until a write of its own fails;
 * - a sink is never called from within a call of its own, and never after `onTransportClosed`.
 */
export function transportPair(options: TransportPairOptions = {}): TransportPair {
  const pump = new Pump(options);
  const ends: [Transport, Transport] = [pump.ends[0], pump.ends[1]];
  return Object.assign(ends, {
    deliver: (to?: Transport) => pump.deliver(to),
    deliverAll: (to?: Transport) => pump.deliverAll(to),
  });
}
