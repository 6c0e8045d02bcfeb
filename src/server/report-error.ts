// The defaults for errors of handlers, which must never be lost in silence and which the peer must never see, and for warnings at start.
import { formatWarning } from './warning.ts';
import type { ServerWarning } from './warning.ts';

/** Prints what a handler threw. Fields of the request are left out: they may hold secrets. */
export function reportError(error: unknown, request: Request): void {
  console.error(`perdura: the handler failed for ${request.method} ${pathOf(request.url)}:`, error);
}

/** A reporter that may throw: it runs where an exception would end the process, at the will of whoever sent the request. */
export function guardReporter(report: typeof reportError): typeof reportError {
  return (error, request) => {
    try {
      report(error, request);
    } catch (failure) {
      console.error('perdura: onError failed itself:', failure);
      reportError(error, request);
    }
  };
}

/** Without the parser of URLs: what a peer may send in Host or as an absolute target is not always one. */
function pathOf(url: string): string {
  return /^[a-z]+:\/\/[^/?]*([^?]*)/i.exec(url)?.[1] ?? '';
}

/** Prints what somebody should look at before this server meets its clients. */
export function reportWarning(warning: ServerWarning): void {
  console.warn(`perdura: warning: ${formatWarning(warning)}`);
}
