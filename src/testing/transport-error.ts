// Errors that look like those of a Node.js socket, for test doubles that have no kernel to ask.

/** How a connection breaks: RST from the peer, a write after the peer was gone, the kernel's own retransmission limit. */
export type TransportErrorCode = 'ECONNRESET' | 'EPIPE' | 'ETIMEDOUT';

/** What a `TransportError` carries beyond its message, with the names that Node.js uses. */
export interface TransportError extends Error {
  readonly code: TransportErrorCode;
  /** The system call that failed: `write` says that the kernel took nothing of what was written. */
  readonly syscall: 'read' | 'write';
}

/** Makes the error that a socket reports, e.g. `read ECONNRESET`. */
export function transportError(code: TransportErrorCode, syscall: 'read' | 'write'): TransportError {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}
