// Servers that write without an end, or a byte at a time.
import type { Socket } from 'node:net';

/** Writes on and on, as fast as it is read or with a pause, until the connection ends. */
export function writeForEver(socket: Socket, text: string, pauseMs = 0): void {
  if (socket.destroyed || !socket.writable) return;
  const isRoom = socket.write(text);
  const again = (): void => writeForEver(socket, text, pauseMs);
  if (!isRoom) socket.once('drain', again);
  else if (pauseMs === 0) setImmediate(again);
  else setTimeout(again, pauseMs);
}

/** Writes all of it, a byte at a time. */
export function drip(socket: Socket, text: string, pauseMs: number): void {
  if (text === '' || socket.destroyed) return;
  socket.write(text.slice(0, 1));
  setTimeout(() => drip(socket, text.slice(1), pauseMs), pauseMs);
}
