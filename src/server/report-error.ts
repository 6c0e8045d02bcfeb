// The default for errors of handlers: they must never be lost in silence, and the peer must never see them.

/** Prints what a handler threw. Fields of the request are left out: they may hold secrets. */
export function reportError(error: unknown, request: Request): void {
  console.error(`perdura: the handler failed for ${request.method} ${new URL(request.url).pathname}:`, error);
}
