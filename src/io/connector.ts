// Opens connections over TCP, TLS and unix sockets, for whoever has a target and a sink.
import type { Clock } from './clock.ts';
import type { ConnectionOpener, ConnectTarget, Opening, OpeningSink, SecuringSink } from './connection-opener.ts';
import { resolveError } from './explain-connect-error.ts';
import { interleaveFamilies } from './happy-eyeballs.ts';
import { isAddress, systemLookup } from './name-lookup.ts';
import type { Lookup } from './name-lookup.ts';
import { PendingOpening } from './pending-opening.ts';
import type { OpeningTools } from './pending-opening.ts';
import { PendingSecuring } from './pending-securing.ts';
import type { Transport } from './transport.ts';
import { TlsClient } from './tls-handshake.ts';

/** Options of {@link Connector}. */
export interface ConnectorOptions {
  readonly clock: Clock;
  /** Longest time from the decision to connect to a connection that can be used: lookup, TCP and TLS. Infinity: no limit. */
  readonly connectTimeoutMs: number;
  /**
   * Options of tls.connect() of node:tls as the user gave them. Default: those of Node.js, and ALPN `http/1.1`. Where to
   * connect is never taken from them, except for `servername`.
   */
  readonly tls?: Readonly<Record<string, unknown>> | undefined;
  /** How long one address is tried alone before the next is tried beside it. Default 250, as RFC 8305 §5 recommends. */
  readonly attemptDelayMs?: number;
  /**
   * Transports over TLS know whether the peer ended with close_notify: see `closeNotified` of {@link Transport}. Each byte then takes a
   * detour through JavaScript, so it is for those who measure. Default false.
   */
  readonly watchTlsClose?: boolean;
  /**
   * Where `tls` says nothing of what is trusted, the certificates of Node.js are not read for this connector alone, but once for all of
   * whom this is true. For whoever makes thousands. Default false.
   */
  readonly sharesTlsDefaults?: boolean;
  /** For tests. Default: the resolver of the machine. */
  readonly lookup?: Lookup;
}

/** RFC 8305 §5, "Connection Attempt Delay". */
const ATTEMPT_DELAY_MS = 250;

/**
 * Opens real connections. Names with several addresses are raced (Happy Eyeballs, RFC 8305); TLS sessions are remembered for
 * each peer and resumed. The transports are half-open: the peer's FIN does not send ours.
 *
 * Fails with ConnectError where no connection could be opened, with TimeoutError of the phase `connect` where it took too
 * long, with OptionError where node:tls cannot use an option; the messages say where to, what happened and what to do.
 */
export class Connector implements ConnectionOpener {
  readonly #tools: OpeningTools;

  /** @throws OptionError where node:tls cannot use the options of TLS. */
  constructor(options: ConnectorOptions) {
    const { clock, connectTimeoutMs, tls, attemptDelayMs = ATTEMPT_DELAY_MS, lookup = systemLookup } = options;
    const { watchTlsClose = false, sharesTlsDefaults = false } = options;
    const client = new TlsClient(tls, watchTlsClose, sharesTlsDefaults);
    this.#tools = { clock, connectTimeoutMs, attemptDelayMs, lookup, tls: client };
  }

  open(target: ConnectTarget, sink: OpeningSink): Opening {
    const opening = new PendingOpening(this.#tools, target, sink);
    opening.start();
    return opening;
  }

  /** @throws MisuseError where the transport is not one of a socket. */
  secure(transport: Transport, target: ConnectTarget, sink: SecuringSink): Opening {
    const securing = new PendingSecuring(this.#tools, target, sink);
    securing.start(transport);
    return securing;
  }

  async resolve(host: string): Promise<readonly string[]> {
    if (isAddress(host)) return [host];
    try {
      return interleaveFamilies(await this.#tools.lookup(host));
    } catch (error) {
      throw resolveError(host, error);
    }
  }
}
