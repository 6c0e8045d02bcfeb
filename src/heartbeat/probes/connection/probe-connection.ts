// One raw connection of a probe, in clear or over TLS: it is opened, carries bytes, and its end is told once. No protocol knowledge.
import { ConnectError, MisuseError, PerduraError } from '../../../errors.ts';
import { checkMethods, checkNumber, checkObject } from '../../../option-checks.ts';
import { systemClock } from '../../../io/clock.ts';
import type { LoopClock } from '../../../io/clock.ts';
import type { ConnectionOpener, ConnectTarget, OpenedConnection, Opening } from '../../../io/connection-opener.ts';
import { Connector } from '../../../io/connector.ts';
import type { KernelKeepAlive, KernelKeepAliveOptions } from '../../../io/kernel-keep-alive.ts';
import type { Transport, TransportSink } from '../../../io/transport.ts';

/** Options of every probe that opens connections of its own. */
export interface ProbeConnectionOptions {
  /**
   * Options of tls.connect() of node:tls, for targets over TLS. Default: those of Node.js, without ALPN, which protocols that have no
   * name for it (RFC 7301 §6) are asked without. Each probe reads certificates of its own, a millisecond and 20 KiB: for thousands that
   * trust the same, make one `secureContext` with tls.createSecureContext() and give it to all.
   */
  readonly tls?: Readonly<Record<string, unknown>> | undefined;
  /** Longest time to open a connection. Default Infinity: the heartbeat's `timeoutMs` is the deadline of a signal and all it needs. */
  readonly connectTimeoutMs?: number | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: LoopClock | undefined;
  /** For tests. Default: real sockets. */
  readonly opener?: ConnectionOpener | undefined;
}

/** The names of {@link ProbeConnectionOptions}, for checks of options that contain them. */
export const CONNECTION_OPTION_NAMES: readonly string[] = ['tls', 'connectTimeoutMs', 'clock', 'opener'];

/** Where to connect. */
export interface ProbePeer {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Path of a unix socket that is used instead of host and port. */
  readonly socketPath?: string | undefined;
  /** For people, in errors: `redis://127.0.0.1:6379`. */
  readonly target: string;
}

/** What all connections of a probe share. */
export interface ProbeTools {
  readonly clock: LoopClock;
  readonly opener: ConnectionOpener;
}

/** @throws OptionError where an option makes no sense. */
export function makeProbeTools(options: ProbeConnectionOptions): ProbeTools {
  const { tls, connectTimeoutMs = Infinity, clock = systemClock, opener } = options;
  checkNumber('connectTimeoutMs', connectTimeoutMs, 1);
  if (tls !== undefined) checkObject('tls', tls);
  checkMethods('clock', clock, 'LoopClock', ['nowMs', 'startTimer', 'afterPoll']);
  if (opener !== undefined) checkMethods('opener', opener, 'ConnectionOpener', ['open']);
  if (opener !== undefined) return { clock, opener };
  const tlsOptions = { ALPNProtocols: [], ...tls };
  return { clock, opener: new Connector({ clock, connectTimeoutMs, tls: tlsOptions, sharesTlsDefaults: true }) };
}

/** Is told what happens on a connection; of nothing after `end` or `destroy`. */
export interface ProbeConnectionSink {
  onOpened(opened: OpenedConnection): void;
  onBytes(bytes: Buffer): void;
  /** Once: it could not be opened, or it ended, which is told by a FIN or an error. Nothing is left of it. */
  onEnded(error: Error): void;
}

/** How long the peer may take to end its side of a connection that we have taken leave of. */
const LEAVE_MS = 1_000;

/** See the head of the file. */
export class ProbeConnection implements TransportSink {
  readonly #peer: ProbePeer;
  readonly #clock: LoopClock;
  readonly #opener: ConnectionOpener;
  readonly #sink: ProbeConnectionSink;
  #opening: Opening;
  #transport: Transport | undefined;
  #isOver = false;

  /** Begins to open it. The sink is told nothing before this returns. */
  constructor(tools: ProbeTools, peer: ProbePeer, sink: ProbeConnectionSink) {
    this.#peer = peer;
    this.#clock = tools.clock;
    this.#opener = tools.opener;
    this.#sink = sink;
    this.#opening = tools.opener.open(connectTarget(peer, peer.isTls), {
      onOpened: (opened) => this.#opened(opened),
      onOpenFailed: (error) => this.#end(this.#inOurWords(error)),
    });
  }

  /** Open, and not known to have ended: what has broken it is known some moments before its end is told. */
  get isOpen(): boolean {
    return this.#transport !== undefined && !this.#isOver && this.#transport.failure === undefined;
  }

  /** Whether it could be opened, also when it is over. */
  get hasOpened(): boolean {
    return this.#transport !== undefined;
  }

  /** @throws MisuseError before it is open. What is written after its end is lost. */
  write(data: Uint8Array | string): void {
    if (this.#isOver) return;
    if (this.#transport === undefined) throw new MisuseError('nothing can be written before the connection is open');
    this.#transport.write(data);
  }

  /**
   * Begins TLS on it, where the protocol has it begin in the middle. Nothing can be written until it has; what fails is an end. There is
   * no deadline but `destroy`.
   */
  secure(onSecured: () => void): void {
    const transport = this.#transport;
    if (transport === undefined || this.#isOver) return;
    if (this.#opener.secure === undefined) return this.#end(new MisuseError('the opener of this probe knows no TLS'));
    this.#transport = undefined;
    this.#opening = this.#opener.secure(transport, connectTarget(this.#peer, true), {
      onSecured: (secured) => {
        this.#transport = secured;
        secured.attach(this);
        onSecured();
      },
      onSecuringFailed: (error) => this.#end(this.#inOurWords(error)),
    });
  }

  /** While nothing is asked, it does not keep the process alive. */
  setIdle(isIdle: boolean): void {
    if (!this.#isOver) this.#transport?.setIdle(isIdle);
  }

  /** See `keepAlive` of Transport. */
  keepAlive(options: KernelKeepAliveOptions): KernelKeepAlive | undefined {
    return this.#isOver ? undefined : this.#transport?.keepAlive?.(options);
  }

  /** Takes leave: what is pending and the last words go out, then FIN. The peer has a second to end its side. */
  end(lastWords?: string): void {
    const transport = this.#transport;
    if (transport === undefined || this.#isOver) return this.destroy();
    this.#isOver = true;
    transport.setIdle(true);
    if (lastWords !== undefined) transport.write(lastWords);
    transport.end();
    this.#clock.startTimer(LEAVE_MS, () => transport.destroy());
  }

  /** Gives it up at once, also while it is being opened. */
  destroy(): void {
    this.#isOver = true;
    this.#opening.abort();
    this.#transport?.destroy();
  }

  onTransportData(bytes: Buffer): void {
    if (!this.#isOver) this.#sink.onBytes(bytes);
  }

  onTransportEnd(): void {
    if (this.#isOver) this.#transport?.destroy();
    else this.#end(lostError('the peer ended the connection'));
  }

  onTransportDrain(): void {}

  onTransportClosed(error: Error | undefined): void {
    const message = error === undefined ? 'the connection was closed' : `the connection broke: ${error.message}`;
    this.#end(lostError(message, error));
  }

  #opened(opened: OpenedConnection): void {
    this.#transport = opened.transport;
    opened.transport.attach(this);
    this.#sink.onOpened(opened);
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#transport?.destroy();
    this.#sink.onEnded(error);
  }

  /** An opener knows targets of HTTP only. */
  #inOurWords(error: Error): Error {
    if (!(error instanceof ConnectError)) return error;
    return new ConnectError(this.#peer.target, error.message, { cause: error.cause });
  }
}

function lostError(message: string, cause?: Error): PerduraError {
  return new PerduraError('ERR_PERDURA_CONNECTION_LOST', message, cause === undefined ? {} : { cause });
}

function connectTarget({ host, port, socketPath }: ProbePeer, isTls: boolean): ConnectTarget {
  return { scheme: isTls ? 'https' : 'http', host, port, socketPath };
}
