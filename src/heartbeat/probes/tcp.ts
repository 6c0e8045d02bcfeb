// What TCP alone can tell, without a protocol on it: whether connections are accepted, or whether one that is held has ended.
// RFC 9293 §3.5 (three-way handshake), §3.8.4 (keepalive).
import { OptionError } from '../../errors.ts';
import type { KernelKeepAlive, KernelKeepAliveOptions } from '../../io/kernel-keep-alive.ts';
import type { OpenedConnection } from '../../io/connection-opener.ts';
import { checkBoolean, checkNames, checkNumber, checkObject } from '../../option-checks.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../engine/probe.ts';
import { CONNECTION_OPTION_NAMES, makeProbeTools, ProbeConnection } from './connection/probe-connection.ts';
import type { ProbeConnectionOptions, ProbePeer, ProbeTools } from './connection/probe-connection.ts';
import { parseRawTarget } from './connection/probe-target.ts';
import type { HostAndPort } from './connection/probe-target.ts';
import { SignalWait } from './connection/signal-wait.ts';

export type { KernelKeepAlive, KernelKeepAliveOptions };

/** Options of {@link tcpProbe}. */
export interface TcpProbeOptions extends ProbeConnectionOptions {
  /** Holds one connection instead of opening one for each signal. Default false. */
  readonly hold?: boolean;
  /**
   * With `hold`: what is asked of the kernel. Default `{ idleMs: 15_000 }`, so that a peer that is gone is noticed after 25 s: Node.js of
   * today adds ten segments a second apart, see `kernelKeepAlive` of the probe for what was taken.
   */
  readonly keepAlive?: KernelKeepAliveOptions;
}

/** A probe of TCP. */
export interface TcpProbe extends Probe {
  /** What the kernel was told for the connection that is held; undefined where none is. */
  readonly kernelKeepAlive: KernelKeepAlive | undefined;
}

const KEEP_ALIVE: KernelKeepAliveOptions = { idleMs: 15_000 };

/**
 * What TCP alone can tell of `host:port`, `tcp://host:port` or `{ host, port }`; with `tls://` or `tls: true` a TLS handshake belongs to it.
 *
 * By default each signal is a new connection: it proves that the machine can be reached and that something listens there. It does not
 * prove that the program lives: its kernel accepts for it, also while it is stopped, until its backlog is full. With TLS the program
 * itself has to answer.
 *
 * With `hold` one connection is held, and its end is told at once: a FIN when the program ends or closes it, an error when the kernel's
 * keepalive stays without an answer. The signals then send nothing, they only look whether it has ended: they prove no more than that.
 *
 * @throws OptionError
 */
export function tcpProbe(target: string | HostAndPort, options: TcpProbeOptions = {}): TcpProbe {
  checkObject('options', options);
  checkNames('', options, [...CONNECTION_OPTION_NAMES, 'hold', 'keepAlive']);
  const { hold = false, keepAlive } = options;
  checkBoolean('hold', hold);
  if (keepAlive !== undefined && !hold) throw new OptionError('keepAlive', 'makes no sense without hold: true');
  const peer = parseRawTarget(target);
  const tls = typeof target === 'object' && typeof target.tls === 'object' ? target.tls : options.tls;
  const tools = makeProbeTools(tls === undefined ? options : { ...options, tls });
  return hold ? new HoldingProbe(tools, peer, checkKeepAlive(keepAlive ?? KEEP_ALIVE)) : new KnockingProbe(tools, peer);
}

function checkKeepAlive(options: KernelKeepAliveOptions): KernelKeepAliveOptions {
  checkObject('keepAlive', options);
  checkNames('keepAlive', options, ['keepAlive.idleMs', 'keepAlive.intervalMs', 'keepAlive.count']);
  const { idleMs, intervalMs = 1, count = 1 } = options;
  checkNumber('keepAlive.idleMs', idleMs, 1);
  checkNumber('keepAlive.intervalMs', intervalMs, 1);
  checkNumber('keepAlive.count', count, 1);
  return options;
}

/** From the first segment to a connection that can be used; a name that is looked up is no part of it. */
function roundTripMs({ totalMs, lookupMs }: OpenedConnection): number {
  return totalMs - lookupMs;
}

/** A new connection for each signal. */
class KnockingProbe implements TcpProbe {
  readonly target: string;
  readonly keepsConnection = false;
  readonly kernelKeepAlive: undefined;
  readonly #tools: ProbeTools;
  readonly #peer: ProbePeer;
  #connection: ProbeConnection | undefined;
  #wait: SignalWait | undefined;

  constructor(tools: ProbeTools, peer: ProbePeer) {
    this.target = peer.target;
    this.#tools = tools;
    this.#peer = peer;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    const wait = new SignalWait(signal, () => connection.destroy());
    this.#wait = wait;
    if (wait.isSettled) return wait.promise;
    const connection = new ProbeConnection(this.#tools, this.#peer, {
      onOpened: (opened) => {
        connection.end();
        wait.resolve({ rttMs: roundTripMs(opened), connection: 'new', detail: 'accepted' });
      },
      onBytes: () => {},
      onEnded: (error) => wait.reject(error),
    });
    this.#connection = connection;
    return wait.promise;
  }

  close(): void {
    this.#connection?.destroy();
    this.#wait?.close(this.target);
  }
}

/** One connection that is held. */
class HoldingProbe implements TcpProbe {
  readonly target: string;
  readonly #tools: ProbeTools;
  readonly #peer: ProbePeer;
  readonly #asked: KernelKeepAliveOptions;
  #sink: ProbeSink | undefined;
  #connection: ProbeConnection | undefined;
  #wait: SignalWait | undefined;
  #taken: KernelKeepAlive | undefined;
  /** Whether a signal has found it as it was. */
  #isProven = false;

  constructor(tools: ProbeTools, peer: ProbePeer, asked: KernelKeepAliveOptions) {
    this.target = peer.target;
    this.#tools = tools;
    this.#peer = peer;
    this.#asked = asked;
  }

  get kernelKeepAlive(): KernelKeepAlive | undefined {
    return this.#connection === undefined ? undefined : this.#taken;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    const wait = new SignalWait(signal, () => this.#giveUp());
    this.#wait = wait;
    if (wait.isSettled) return wait.promise;
    if (this.#connection === undefined) this.#open();
    else this.#look(wait);
    return wait.promise;
  }

  close(): void {
    this.#connection?.end();
    this.#connection = undefined;
    this.#wait?.close(this.target);
  }

  #open(): void {
    const connection = new ProbeConnection(this.#tools, this.#peer, {
      onOpened: (opened) => this.#opened(connection, opened),
      onBytes: () => this.#sink?.onReceived(),
      onEnded: (error) => this.#ended(error),
    });
    this.#connection = connection;
  }

  #opened(connection: ProbeConnection, opened: OpenedConnection): void {
    this.#taken = connection.keepAlive(this.#asked);
    this.#isProven = false;
    connection.setIdle(true);
    const detail = this.#taken === undefined ? 'held, without keepalive' : `held, ${describe(this.#taken)}`;
    this.#wait?.resolve({ rttMs: roundTripMs(opened), connection: 'new', detail });
  }

  /** What the kernel knows by now is seen before it is said that nothing has happened. */
  #look(wait: SignalWait): void {
    this.#tools.clock.afterPoll(() => {
      if (wait.isSettled) return;
      if (this.#connection?.isOpen !== true) this.#replace();
      else {
        this.#isProven = true;
        wait.resolve({ connection: 'kept', detail: 'held', isUnmeasured: true });
      }
    });
  }

  #replace(): void {
    this.#giveUp();
    this.#open();
  }

  #ended(error: Error): void {
    const wasHeld = this.#connection?.hasOpened === true;
    this.#connection = undefined;
    if (!wasHeld) this.#wait?.reject(error);
    // Some proxies accept and end at once when nobody is behind them: to ask at once would be to ask without a pause. And the signal
    // that looks finds it gone by itself.
    else if (this.#isProven && this.#wait?.isSettled !== false) this.#sink?.onLost(this.#explain(error));
  }

  #giveUp(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  #explain({ message, cause }: Error): string {
    const isTimeout = cause instanceof Error && 'code' in cause && cause.code === 'ETIMEDOUT';
    if (!isTimeout || this.#taken === undefined) return message;
    return `the peer's machine has acknowledged nothing for ${this.#taken.lostAfterMs / 1000} s (ETIMEDOUT)`;
  }
}

function describe({ idleMs, intervalMs, count }: KernelKeepAlive): string {
  return `keepalive after ${idleMs / 1000} s, ${count} times every ${intervalMs / 1000} s`;
}
