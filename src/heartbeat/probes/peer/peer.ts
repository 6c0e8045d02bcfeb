// Signals between two peers that both speak this: on one connection, in both directions. ENQ asks and ACK answers, the control
// characters that ASCII has for it (RFC 20 §5.2); a signal carries nothing. Over anything that carries bytes in order.
import type { Duplex } from 'node:stream';
import { AbortedError, OptionError, PerduraError } from '../../../errors.ts';
import type { Transport, TransportSink } from '../../../io/transport.ts';
import { checkNames, describe } from '../../../option-checks.ts';
import type { Probe, ProbeSink } from '../../engine/probe.ts';
import { carrierOf } from './stream-carrier.ts';
import type { SignalCarrier } from './stream-carrier.ts';

const ENQ = 0x05;
const ACK = 0x06;

/** Options of {@link peerSignals} and {@link peerProbe}. */
export interface PeerOptions {
  /** What the other side is called in events. Default `peer` and its address, where it is known. */
  readonly target?: string;
}

/** A signal of ours that is awaited still. */
interface Waiter {
  readonly settle: (error?: Error) => void;
}

/**
 * One end of a connection that carries nothing but signals. It answers those of the other side from the beginning to the end, whether or
 * not a heartbeat runs here, and it is a Probe itself.
 *
 * Signals that cross are no matter: who is asked answers, also while it waits for an answer. Answers come in the order of the signals, so
 * one that comes too late is known for what it is, and the connection is kept. Any other byte, and an answer to nothing, ends it.
 */
export class PeerSignals implements Probe, TransportSink {
  readonly target: string;
  /** Resolves at the end of the connection: to what ended it, or to undefined where one of the two sides closed it. */
  readonly ended: Promise<Error | undefined>;
  readonly #carrier: SignalCarrier;
  /** By the number of the signal. Those whose deadline has passed are no longer here. */
  readonly #waiters = new Map<number, Waiter>();
  #sent = 0;
  #answered = 0;
  #sink: ProbeSink | undefined;
  /** Why nothing goes out any more. */
  #reason: Error | undefined;
  #tellEnded: (error: Error | undefined) => void = () => {};

  constructor(carrier: SignalCarrier, target: string) {
    this.target = target;
    this.#carrier = carrier;
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    carrier.attach(this);
  }

  get isEnded(): boolean {
    return this.#reason !== undefined;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  /** Asks for a sign of life. Rejects with AbortedError where `signal` is aborted, with PerduraError where the connection ends. */
  send(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) return reject(this.#reason);
      if (signal.aborted) return reject(new AbortedError('the signal was given up', { cause: signal.reason }));
      this.#sent += 1;
      const number = this.#sent;
      const settle = (error?: Error): void => {
        this.#waiters.delete(number);
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onAbort = (): void => settle(new AbortedError('the signal was given up', { cause: signal.reason }));
      signal.addEventListener('abort', onAbort);
      this.#waiters.set(number, { settle });
      this.#write(Uint8Array.of(ENQ));
    });
  }

  /** Ends the connection: with FIN where the peer has answered everything, so that it will answer this, too. */
  close(): void {
    if (this.#reason !== undefined) return;
    const owesNothing = this.#answered === this.#sent;
    this.#end(new AbortedError(`the connection to ${this.target} was closed`), undefined);
    if (!owesNothing) return this.#carrier.destroy();
    this.#carrier.setIdle(true);
    this.#carrier.end();
    // It may have been held back, and the peer's FIN stands behind what it asked.
    this.#carrier.resume();
  }

  onTransportData(bytes: Uint8Array): void {
    if (this.#reason !== undefined) return;
    let asked = 0;
    let isLate = false;
    for (const byte of bytes) {
      if (byte === ENQ) asked += 1;
      else if (byte === ACK && this.#answered < this.#sent) isLate = !this.#acknowledge() || isLate;
      else return this.#breach(byte);
    }
    if (asked > 0) this.#answer(asked);
    if (asked > 0 || isLate) this.#sink?.onReceived();
  }

  /** Nothing can be answered any more, so both directions end. */
  onTransportEnd(): void {
    this.#lose(new PerduraError('ERR_PERDURA_CONNECTION_LOST', `${this.target} has closed the connection`), undefined);
    this.#carrier.destroy();
  }

  onTransportDrain(): void {
    this.#carrier.resume();
  }

  onTransportClosed(error: Error | undefined): void {
    const story = error === undefined ? 'has ended' : `broke: ${error.message}`;
    const reason = new PerduraError('ERR_PERDURA_CONNECTION_LOST', `the connection to ${this.target} ${story}`, {
      cause: error,
    });
    this.#lose(reason, error === undefined ? undefined : reason);
  }

  /** Whether the signal that is answered was awaited still. */
  #acknowledge(): boolean {
    this.#answered += 1;
    const waiter = this.#waiters.get(this.#answered);
    waiter?.settle();
    return waiter !== undefined;
  }

  #answer(asked: number): void {
    this.#write(Buffer.alloc(asked, ACK));
    this.#sink?.onSent();
  }

  /** Whoever asks without reading the answers is read no further, so that they do not pile up. */
  #write(bytes: Uint8Array): void {
    if (!this.#carrier.write(bytes)) this.#carrier.pause();
  }

  #breach(byte: number): void {
    const shown = `0x${byte.toString(16).padStart(2, '0')}`;
    const what = byte === ACK ? 'answered a signal that was never sent' : `sent the byte ${shown}, which is no signal`;
    const error = new PerduraError(
      'ERR_PERDURA_PROTOCOL',
      `${this.target} ${what}: it must speak the protocol of peerSignals`,
    );
    this.#lose(error, error);
    this.#carrier.destroy();
  }

  #lose(reason: Error, error: Error | undefined): void {
    if (this.#reason !== undefined) return;
    this.#end(reason, error);
    this.#sink?.onLost(reason.message);
  }

  #end(reason: Error, error: Error | undefined): void {
    this.#reason = reason;
    for (const waiter of this.#waiters.values()) waiter.settle(reason);
    this.#tellEnded(error);
  }
}

/**
 * Begins to speak signals on a connection that nobody else reads or writes: a Transport, or a stream of Node.js such as what is left of
 * an HTTP connection after an upgrade. Both sides do so, and each may run a Heartbeat over it: what the other side asks postpones the
 * own signals, so that two heartbeats send little more than one.
 *
 * `const signals = peerSignals(socket); new Heartbeat({ probe: peerProbe(signals) }).on('down', …).start();`
 *
 * @throws OptionError where it is neither.
 */
export function peerSignals(connection: Transport | Duplex, options: PeerOptions = {}): PeerSignals {
  checkNames('', options, ['target']);
  const carrier = toCarrier(connection);
  const target = options.target ?? (carrier.remote === '' ? 'peer' : `peer ${carrier.remote}`);
  return new PeerSignals(carrier, target);
}

/**
 * A probe of the other side. Of a connection it is the owner: when the heartbeat stops, the connection ends. Of signals that were begun
 * with `peerSignals` it is not: those of the other side are answered on.
 *
 * @throws OptionError where it is neither.
 */
export function peerProbe(peer: PeerSignals | Transport | Duplex, options: PeerOptions = {}): Probe {
  if (!(peer instanceof PeerSignals)) return peerSignals(peer, options);
  checkNames('', options, ['target']);
  return {
    target: options.target ?? peer.target,
    attach: (sink) => peer.attach(sink),
    send: (signal) => peer.send(signal),
  };
}

function toCarrier(connection: Transport | Duplex): SignalCarrier {
  if (hasMethods(connection, ['attach', 'write', 'end', 'destroy', 'pause', 'resume', 'setIdle']))
    return connection as Transport;
  if (hasMethods(connection, ['on', 'write', 'end', 'destroy', 'pause', 'resume']))
    return carrierOf(connection as Duplex);
  throw new OptionError(
    'connection',
    `is ${describe(connection)}, it must be a Transport or a duplex stream of Node.js`,
  );
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function');
}
