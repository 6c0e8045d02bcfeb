// How far the kernel has got with what was written to a stream of Node.js. A stream itself says so only when a whole write is done, and
// what waits becomes one write, which may be megabytes: to whoever asks now and then, a slow reader looks like none.

/** A stream of Node.js, as far as it is used here. */
export interface CountedStream {
  readonly writableLength: number;
  readonly bytesWritten?: number;
}

/** What Node.js keeps at the handle of a socket, and looks at itself for `socket.setTimeout`. */
interface SocketHandle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

/** Bytes that the kernel has taken, ciphertext over TLS: a number to be compared with an earlier one, of the same stream only. */
export function countTakenBytes(stream: CountedStream): number {
  const { bytesWritten, writeQueueSize } = lowestHandle(stream) ?? {};
  if (typeof bytesWritten === 'number' && typeof writeQueueSize === 'number') return bytesWritten - writeQueueSize;
  return (stream.bytesWritten ?? 0) - stream.writableLength;
}

/** Bytes of the write under way that the kernel has not taken; undefined where nobody knows. 0: what is written now is tried at once. */
export function countQueuedBytes(stream: object): number | undefined {
  const { writeQueueSize } = lowestHandle(stream) ?? {};
  return typeof writeQueueSize === 'number' ? writeQueueSize : undefined;
}

/** That of TCP, where TLS stands on it. */
function lowestHandle(stream: object): SocketHandle | undefined {
  let lowest: object | undefined;
  let next = Reflect.get(stream, '_handle') as object | null | undefined;
  while (typeof next === 'object' && next !== null) {
    lowest = next;
    next = Reflect.get(next, '_parent') as object | null | undefined;
  }
  return lowest;
}
