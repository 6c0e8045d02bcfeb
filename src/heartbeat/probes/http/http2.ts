// Heartbeats of HTTP/2: PING frames on one session (RFC 9113 §6.7). The only place of the probes that imports node:http2.
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { Duplex } from 'node:stream';
import { MisuseError, PerduraError } from '../../../errors.ts';
import { ENHANCE_YOUR_CALM, NO_ERROR } from '../../../http/index.ts';
import { checkNames, checkObject } from '../../../option-checks.ts';
import type { Clock, OpenedConnection } from '../../../io/index.ts';
import type { Probe } from '../../engine/probe.ts';
import { CONNECT_OPTION_NAMES } from './http1-options.ts';
import type { HttpConnectOptions } from './http1-options.ts';
import { describeGoaway } from './http2-goaway.ts';
import { makeHttpTools } from './http-opener.ts';
import { parseHttpTarget } from './http-target.ts';
import { KeptConnection } from './kept-connection.ts';
import type { SignalConnection, SignalConnectionOwner } from './signal-connection.ts';

/** Options of {@link http2Probe}. */
export type Http2ProbeOptions = HttpConnectOptions;

/**
 * A probe that sends PING on one session of HTTP/2: over TLS (`https:` or `h2:`, chosen by ALPN), or by prior knowledge (`http:` or
 * `h2c:`, RFC 9113 §3.3). It proves that whoever is at the other end of the connection lives, which may be a balancer in front of the
 * server, and costs it next to nothing. Only the host of the URL counts.
 *
 * PINGs of the peer are acknowledged by node:http2 itself and count as signs of life: both sides can do this on one connection.
 *
 * @throws OptionError for what is no such URL, and for options that make no sense.
 */
export function http2Probe(url: string | URL, options: Http2ProbeOptions = {}): Probe {
  checkObject('options', options);
  checkNames('', options, CONNECT_OPTION_NAMES);
  const target = parseHttpTarget(url, options.socketPath, true);
  const tools = makeHttpTools(['h2'], options);
  return new KeptConnection(target, tools, (owner, opened) => beginHttp2(owner, opened, target.origin, tools.clock));
}

/** @throws Error where the peer chose another protocol. */
export function beginHttp2(
  owner: SignalConnectionOwner,
  opened: OpenedConnection,
  origin: string,
  clock: Clock,
): SignalConnection {
  const { transport, tls } = opened;
  if (tls !== undefined && tls.alpn !== 'h2') {
    const chosen = tls.alpn ?? 'no protocol';
    throw new PerduraError('ERR_PERDURA_PROTOCOL', `the server does not speak HTTP/2: by ALPN it chose ${chosen}`);
  }
  const stream = transport.release?.();
  if (stream === undefined)
    throw new MisuseError('HTTP/2 needs the socket of a connection, and this transport has none');
  return new Http2Connection(owner, stream, origin, clock);
}

/** One session. */
class Http2Connection implements SignalConnection {
  readonly #owner: SignalConnectionOwner;
  readonly #stream: Duplex;
  readonly #session: ClientHttp2Session;
  readonly #clock: Clock;
  #sentMs = 0;
  #isAwaiting = false;
  #isOver = false;
  /** Whether the peer has sent what every connection of HTTP/2 begins with (RFC 9113 §3.4). */
  #hasSpoken = false;

  constructor(owner: SignalConnectionOwner, stream: Duplex, origin: string, clock: Clock) {
    this.#owner = owner;
    this.#clock = clock;
    this.#stream = stream;
    const session = connect(origin, { createConnection: () => stream, settings: { enablePush: false } });
    this.#session = session;
    // It was given away paused, and node:http2 expects sockets that are being read.
    stream.resume();
    session.unref();
    session.once('remoteSettings', () => {
      this.#hasSpoken = true;
    });
    session.on('ping', () => this.#onPing());
    session.on('goaway', (code, _lastStream, text) => this.#onGoaway(code, text));
    session.on('error', (error) => this.#onError(error));
    session.on('close', () => this.#onEnd());
    // The session itself takes no notice of FIN.
    stream.on('end', () => this.#onEnd());
  }

  get isReady(): boolean {
    return !this.#isOver && !this.#isAwaiting && !this.#session.closed && !this.#session.destroyed;
  }

  signal(): void {
    this.#isAwaiting = true;
    this.#session.ref();
    this.#sentMs = this.#clock.nowMs();
    this.#session.ping((error, rttMs) => {
      // Why there is an error is told to the listeners above.
      if (error === null && !this.#isOver) this.#acknowledged(rttMs);
    });
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#session.destroy();
    // A session that was told to close waits for the peer's FIN, for ever where nobody is there any more.
    this.#stream.destroy();
  }

  #acknowledged(rttMs: number): void {
    this.#isAwaiting = false;
    this.#session.unref();
    this.#owner.onAcknowledged(rttMs, 'PING');
  }

  #onPing(): void {
    if (!this.#isOver) this.#owner.onReceived();
  }

  #onGoaway(code: number, text: Uint8Array | undefined): void {
    if (this.#isOver) return;
    const what = describeGoaway(code, text);
    const isAwaiting = this.#isAwaiting;
    if (code === ENHANCE_YOUR_CALM) {
      this.#owner.onCalm(what, undefined);
      // Whoever was told may have stopped the heartbeat.
      if (this.#isOver) return;
      // Who is tired of signals lives; to ask again at once would be the contrary of calm.
      if (isAwaiting) this.#owner.onAcknowledged(this.#clock.nowMs() - this.#sentMs, what);
      return this.#leave();
    }
    if (isAwaiting) this.#fail(`the peer ended the session with ${what}`, undefined, code === NO_ERROR);
    else if (code === NO_ERROR) this.#leave();
    else this.#lost(`the peer ended the session with ${what}`);
  }

  #onError(error: Error): void {
    if (this.#isOver) return;
    const isReset = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
    const broke = isReset ? 'the connection was reset' : `the session broke: ${error.message}`;
    const what = isReset || this.#hasSpoken ? broke : `the peer does not speak HTTP/2: ${error.message}`;
    if (this.#isAwaiting) this.#fail(what, error, isReset);
    else this.#lost(what);
  }

  #onEnd(): void {
    if (this.#isOver) return;
    if (this.#isAwaiting) this.#fail('the peer ended the connection and did not acknowledge', undefined, true);
    else this.#leave();
  }

  #fail(message: string, cause: Error | undefined, mayRepeat: boolean): void {
    const options = cause === undefined ? {} : { cause };
    this.destroy();
    this.#owner.onUnanswered(new PerduraError('ERR_PERDURA_CONNECTION_LOST', message, options), mayRepeat);
  }

  #leave(): void {
    this.destroy();
    this.#owner.onEnded();
  }

  #lost(reason: string): void {
    this.destroy();
    this.#owner.onLost(reason);
  }
}
