// Keepalive of the kernel (RFC 9293 §3.8.4): after so much silence it sends empty segments that the peer's kernel acknowledges, and
// breaks the connection where none comes back. How much of it a program may choose depends on the version of Node.js.
import { Socket } from 'node:net';

/** What is asked of the kernel. It counts in whole seconds: what is given is rounded up. */
export interface KernelKeepAliveOptions {
  /** Silence after which the first segment goes out (TCP_KEEPIDLE). At most 32,767 s, which is what Linux takes. */
  readonly idleMs: number;
  /** Time between segments that are not acknowledged (TCP_KEEPINTVL). At most 32,767 s. Default 1,000, as libuv has it. */
  readonly intervalMs?: number;
  /** Segments without an acknowledgement that end the connection (TCP_KEEPCNT). At most 127. Default 10, as libuv has it. */
  readonly count?: number;
}

/** What the kernel was told, which may be less than was asked for: compare. */
export interface KernelKeepAlive {
  readonly idleMs: number;
  readonly intervalMs: number;
  readonly count: number;
  /** Silence of the peer's kernel after which the connection is broken (ETIMEDOUT). */
  readonly lostAfterMs: number;
}

/** What libuv tells the kernel since its version 1.35, where nobody says otherwise: it has no regard for the system's own values. */
const LIBUV_INTERVAL_SECONDS = 1;
const LIBUV_COUNT = 10;

/** `MAX_TCP_KEEPIDLE`, `MAX_TCP_KEEPINTVL` and `MAX_TCP_KEEPCNT` of Linux: with more it refuses, and Node.js does not tell. */
const HIGHEST_SECONDS = 32_767;
const HIGHEST_COUNT = 127;

/**
 * Whether this Node.js takes interval and count: its `setKeepAlive` has two parameters more then. Others would be ignored without a
 * word, and whoever wraps the function hides them, which errs on the side of what is always there.
 */
const TAKES_ALL = Socket.prototype.setKeepAlive.length >= 4;

/** What the kernel is told of what is asked for; `takesAll`: whether interval and count can be chosen. Pure. */
export function planKeepAlive(options: KernelKeepAliveOptions, takesAll: boolean): KernelKeepAlive {
  const { idleMs, intervalMs = LIBUV_INTERVAL_SECONDS * 1000, count = LIBUV_COUNT } = options;
  const idleSeconds = wholeSeconds(idleMs);
  const intervalSeconds = takesAll ? wholeSeconds(intervalMs) : LIBUV_INTERVAL_SECONDS;
  const taken = takesAll ? within(Math.round(count), HIGHEST_COUNT) : LIBUV_COUNT;
  return {
    idleMs: idleSeconds * 1000,
    intervalMs: intervalSeconds * 1000,
    count: taken,
    lostAfterMs: (idleSeconds + intervalSeconds * taken) * 1000,
  };
}

/** Begins keepalive on a socket. Undefined where there is none: on sockets that are not of TCP, and on those that are gone. */
export function keepSocketAlive(socket: Socket, options: KernelKeepAliveOptions): KernelKeepAlive | undefined {
  // Unix sockets have no address; and one whose handle is gone would wait for its next connect.
  if (socket.destroyed || socket.remoteAddress === undefined) return undefined;
  const taken = planKeepAlive(options, TAKES_ALL);
  if (TAKES_ALL) (socket as FullSocket).setKeepAlive(true, taken.idleMs, taken.intervalMs, taken.count);
  else socket.setKeepAlive(true, taken.idleMs);
  return taken;
}

/** A socket of a Node.js whose types are not known yet to this version of them. */
interface FullSocket {
  setKeepAlive(enable: boolean, idleMs: number, intervalMs: number, count: number): void;
}

/** Up: Node.js cuts fractions off, and no seconds at all would leave what the system has, two hours. */
function wholeSeconds(ms: number): number {
  return within(Math.ceil(ms / 1000), HIGHEST_SECONDS);
}

function within(value: number, highest: number): number {
  return Math.min(Math.max(value, 1), highest);
}
