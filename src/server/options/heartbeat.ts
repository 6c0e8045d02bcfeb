// Whether and how clients are asked if they still live: each option with its default and where that comes from.
import type { KernelKeepAliveOptions } from '../../io/index.ts';
import { checkBoundedNumber, checkWholeNumber, fillIn } from '../../option-checks.ts';

/**
 * Keepalive signals to clients, for answers that take long: PING of HTTP/2 while requests are open, and keepalive of the kernel. Event
 * streams and WebSockets have heartbeats of their own.
 */
export interface ServerHeartbeatOptions {
  /**
   * How long requests of a connection of HTTP/2 are open before its client is asked by PING (RFC 9113 §6.7), and the time between two
   * PINGs. Default 20,000: less than half of the 55 to 60 s after which the commonest proxies cut what is silent.
   */
  readonly intervalMs?: number;
  /** How long the acknowledgement may take. Default 10,000: a telephone may have to wake its radio up. gRPC waits 20 s. */
  readonly timeoutMs?: number;
  /** Acknowledgements in a row that may be missing before the connection is destroyed (`heartbeatLost`). Default 2. */
  readonly tolerance?: number;
  /**
   * Keepalive of the kernel on every connection; `false`: none. It finds clients of HTTP/1 that are gone without a word while nothing
   * is sent to them. Default: as {@link DEFAULT_SERVER_HEARTBEAT} has it.
   */
  readonly tcpKeepAlive?: false | ServerTcpKeepAlive;
}

/** Keepalive of the kernel (RFC 9293 §3.8.4), in whole seconds. A Node.js that takes `idleMs` alone asks 10 times, 1 s apart. */
export interface ServerTcpKeepAlive {
  /**
   * Silence after which the kernel asks the client's. Default 60,000: nearly all idle connections are closed before that, so it is
   * long answers alone that are asked for.
   */
  readonly idleMs?: number;
  /** Time between questions that are not answered. Default 10,000. */
  readonly intervalMs?: number;
  /** Questions without an answer that end the connection. Default 6: a minute. */
  readonly count?: number;
}

/** ServerHeartbeatOptions with every default filled in. */
export interface ResolvedServerHeartbeat {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly tolerance: number;
  readonly tcpKeepAlive: false | Required<KernelKeepAliveOptions>;
}

/** The defaults of what is on where `heartbeat` is, each with its precedent at the option. */
export const DEFAULT_SERVER_HEARTBEAT: ResolvedServerHeartbeat & {
  readonly tcpKeepAlive: Required<KernelKeepAliveOptions>;
} = {
  intervalMs: 20_000,
  timeoutMs: 10_000,
  tolerance: 2,
  tcpKeepAlive: { idleMs: 60_000, intervalMs: 10_000, count: 6 },
};

/** What a timer of Node.js takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** What Linux takes (`MAX_TCP_KEEPIDLE`, `MAX_TCP_KEEPCNT`). */
const LONGEST_KERNEL_MS = 32_767_000;
const MOST_QUESTIONS = 127;

/** Fills in the defaults; undefined where clients are not asked. @throws OptionError with the option's name and what is allowed. */
export function resolveServerHeartbeat(
  given: boolean | ServerHeartbeatOptions | undefined,
): ResolvedServerHeartbeat | undefined {
  if (given === false || given === undefined) return undefined;
  const own = given === true ? undefined : given;
  const filled = fillIn<ServerHeartbeatOptions>('heartbeat', own, DEFAULT_SERVER_HEARTBEAT);
  const { intervalMs, timeoutMs, tolerance } = { ...DEFAULT_SERVER_HEARTBEAT, ...filled };
  checkBoundedNumber('heartbeat.intervalMs', intervalMs, 1, LONGEST_MS);
  checkBoundedNumber('heartbeat.timeoutMs', timeoutMs, 1, LONGEST_MS);
  checkWholeNumber('heartbeat.tolerance', tolerance, 1);
  return { intervalMs, timeoutMs, tolerance, tcpKeepAlive: resolveTcpKeepAlive(own?.tcpKeepAlive) };
}

function resolveTcpKeepAlive(given: false | ServerTcpKeepAlive | undefined): ResolvedServerHeartbeat['tcpKeepAlive'] {
  if (given === false) return false;
  const options = fillIn('heartbeat.tcpKeepAlive', given, DEFAULT_SERVER_HEARTBEAT.tcpKeepAlive);
  checkBoundedNumber('heartbeat.tcpKeepAlive.idleMs', options.idleMs, 1, LONGEST_KERNEL_MS);
  checkBoundedNumber('heartbeat.tcpKeepAlive.intervalMs', options.intervalMs, 1, LONGEST_KERNEL_MS);
  checkBoundedNumber('heartbeat.tcpKeepAlive.count', options.count, 1, MOST_QUESTIONS);
  return options;
}
