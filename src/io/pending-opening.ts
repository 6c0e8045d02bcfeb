// One connection on its way to be open: its addresses, a race among them, TLS, and one deadline over all of it.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AddressRace } from './address-race.ts';
import type { FailedAttempt, RaceSink } from './address-race.ts';
import type { Clock, ClockTimer } from './clock.ts';
import type { ConnectTarget, OpenedConnection, Opening, OpeningSink } from './connection-opener.ts';
import {
  attemptsError,
  connectTimeoutError,
  handshakeError,
  lookupError,
  noAddressError,
} from './explain-connect-error.ts';
import { interleaveFamilies } from './happy-eyeballs.ts';
import type { ResolvedAddress } from './happy-eyeballs.ts';
import { isAddress } from './name-lookup.ts';
import type { Lookup } from './name-lookup.ts';
import { formatRemote, SocketTransport } from './socket-transport.ts';
import type { Handshake, HandshakeSink, TlsClient } from './tls-handshake.ts';
import type { TlsUnderlay } from './tls-underlay.ts';
import type { Transport } from './transport.ts';
import { tlsTransport } from './watched-tls-transport.ts';
import { OptionError } from '../errors.ts';

/** What all openings of a connector share. */
export interface OpeningTools {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly attemptDelayMs: number;
  readonly lookup: Lookup;
  readonly tls: TlsClient;
}

/** See the head of the file. */
export class PendingOpening implements Opening, RaceSink, HandshakeSink {
  readonly #tools: OpeningTools;
  readonly #target: ConnectTarget;
  readonly #sink: OpeningSink;
  readonly #startedMs: number;
  #timer: ClockTimer | undefined;
  #over = false;
  #lookupMs = 0;
  #race: AddressRace | undefined;
  #address = '';
  #connectMs = 0;
  #handshake: Handshake | undefined;
  #handshakeStartedMs = 0;

  constructor(tools: OpeningTools, target: ConnectTarget, sink: OpeningSink) {
    this.#tools = tools;
    this.#target = target;
    this.#sink = sink;
    this.#startedMs = tools.clock.nowMs();
  }

  start(): void {
    const { clock, connectTimeoutMs } = this.#tools;
    if (connectTimeoutMs < Infinity) {
      // Timers run before sockets are looked at: what arrived in time is seen before the deadline is held against it.
      this.#timer = clock.startTimer(connectTimeoutMs, () => clock.endOfTurn(() => this.#timeOut()));
    }
    // The caller has the opening in hand before it is told anything.
    queueMicrotask(() => this.#begin());
  }

  abort(): void {
    if (this.#over) return;
    this.#close();
    this.#handshake?.stop('aborted');
  }

  onRaceWon(socket: Socket, address: string, connectMs: number): void {
    this.#address = address;
    this.#connectMs = connectMs;
    if (this.#target.scheme === 'http') {
      this.#succeed(new SocketTransport(socket, this.#remote), undefined);
      return;
    }
    this.#handshakeStartedMs = this.#tools.clock.nowMs();
    this.#handshake = this.#tools.tls.start(socket, this.#target, this);
  }

  onRaceLost(failed: readonly FailedAttempt[]): void {
    this.#fail(attemptsError(this.#target, failed));
  }

  onSecured(socket: TLSSocket, underlay: TlsUnderlay | undefined): void {
    this.#succeed(tlsTransport(socket, underlay, this.#remote), {
      protocol: socket.getProtocol() ?? '',
      resumed: socket.isSessionReused(),
      alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
      handshakeMs: this.#tools.clock.nowMs() - this.#handshakeStartedMs,
    });
  }

  onHandshakeFailed(error: Error): void {
    const { offered } = this.#tools.tls;
    this.#fail(error instanceof OptionError ? error : handshakeError(this.#target, this.#address, error, offered));
  }

  #begin(): void {
    if (this.#over) return;
    const { host, socketPath } = this.#target;
    if (socketPath !== undefined) this.#connect(['']);
    else if (isAddress(host)) this.#connect([host]);
    else this.#lookUp(host);
  }

  #lookUp(host: string): void {
    this.#tools.lookup(host).then(
      (addresses) => this.#takeAddresses(addresses),
      (error: unknown) => this.#fail(lookupError(this.#target, error)),
    );
  }

  #takeAddresses(addresses: readonly ResolvedAddress[]): void {
    if (this.#over) return;
    this.#lookupMs = this.#tools.clock.nowMs() - this.#startedMs;
    if (addresses.length === 0) this.#fail(noAddressError(this.#target));
    else this.#connect(interleaveFamilies(addresses));
  }

  #connect(addresses: readonly string[]): void {
    const { clock, attemptDelayMs } = this.#tools;
    const { port, socketPath: path } = this.#target;
    // Half-open: an answer may follow our FIN, and the peer's FIN does not send ours.
    const open = (host: string): Socket =>
      path === undefined
        ? connect({ host, port, allowHalfOpen: true, noDelay: true, autoSelectFamily: false })
        : connect({ path, allowHalfOpen: true });
    this.#race = new AddressRace({ clock, attemptDelayMs, addresses, connect: open }, this);
    this.#race.start();
  }

  #timeOut(): void {
    if (this.#over) return;
    const race = this.#race;
    const securing = this.#handshake !== undefined;
    const error = connectTimeoutError(this.#target, {
      stage: securing ? 'tls' : race === undefined ? 'lookup' : 'tcp',
      timeoutMs: this.#tools.connectTimeoutMs,
      addresses: securing ? [this.#address] : (race?.silentAddresses ?? []),
      failed: race?.failed ?? [],
    });
    this.#handshake?.stop('timedOut');
    this.#fail(error);
  }

  /** Known for nothing, and also when the socket is gone. */
  get #remote(): string {
    return this.#address === '' ? '' : formatRemote(this.#address, this.#target.port);
  }

  #succeed(transport: Transport, tls: OpenedConnection['tls']): void {
    this.#close();
    this.#sink.onOpened({
      transport,
      address: this.#address,
      totalMs: this.#tools.clock.nowMs() - this.#startedMs,
      lookupMs: this.#lookupMs,
      connectMs: this.#connectMs,
      tls,
    });
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#close();
    this.#sink.onOpenFailed(error);
  }

  #close(): void {
    this.#over = true;
    this.#timer?.stop();
    this.#race?.abort();
  }
}
