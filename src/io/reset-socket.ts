// Ends a socket with RST, where that can be done.
import type { Socket } from 'node:net';

/** What is pending is lost; `close` follows. TLS and unix sockets have no RST and are destroyed. */
export function resetSocket(socket: Socket): void {
  // While our FIN is being handed over, libuv refuses to reset (EINVAL), and Node.js 20 never closes the handle then: at its end the
  // process waits for it for ever, and does so busily. It takes less than a turn of the loop.
  const isShuttingDown = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (isShuttingDown && !socket.destroyed) socket.once('finish', resetNow);
  else resetNow.call(socket);
}

function resetNow(this: Socket): void {
  try {
    this.resetAndDestroy();
  } catch {
    this.destroy();
  }
}
