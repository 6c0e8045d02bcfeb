// Apache's three knobs as typed, what they come to, and the sentence that says so. One object feeds both the server and the
// sentence, so that what is printed is what happens.
import { DEFAULT_SERVE_OPTIONS, advertisedSeconds, defaultGraceMs, realIdleTimeoutMs } from '../../server/index.ts';
import { formatDuration } from '../../text/index.ts';

/** The options of serve() that decide how long a connection lives. */
export interface ConnectionPolicy {
  readonly keepAlive: boolean;
  readonly maxKeepAliveRequests: number;
  readonly keepAliveTimeoutMs: number;
  readonly keepAliveGraceMs: number;
}

/**
 * A timeout of 0 means that keep-alive is off, as in Apache and nginx.
 * The grace is spelled out with serve()'s own rule, because the start message tells it.
 */
export function resolveConnectionPolicy(typed: {
  readonly keepAlive: boolean;
  readonly maxKeepAliveRequests: number;
  readonly keepAliveTimeoutMs: number;
}): ConnectionPolicy {
  const isOff = !typed.keepAlive || typed.keepAliveTimeoutMs === 0;
  const keepAliveTimeoutMs = isOff ? DEFAULT_SERVE_OPTIONS.keepAliveTimeoutMs : typed.keepAliveTimeoutMs;
  return {
    keepAlive: !isOff,
    maxKeepAliveRequests: typed.maxKeepAliveRequests,
    keepAliveTimeoutMs,
    keepAliveGraceMs: defaultGraceMs(keepAliveTimeoutMs),
  };
}

/** One sentence for the person who started the server. */
export function describeConnectionPolicy(policy: ConnectionPolicy): string {
  if (!policy.keepAlive) {
    return 'Keep-alive is off: every answer says Connection: close, and every request costs a new connection.';
  }
  const limit = describeRequestLimit(policy.maxKeepAliveRequests);
  return (
    `Connections stay open for ${formatDuration(policy.keepAliveTimeoutMs)} after each answer ` +
    `(advertised as Keep-Alive: timeout=${advertisedSeconds(policy)}; ` +
    `the server waits ${formatDuration(realIdleTimeoutMs(policy))}), ${limit}`
  );
}

function describeRequestLimit(limit: number): string {
  if (limit === Infinity) return 'any number of requests each.';
  if (limit === 1) return 'but get one answer each, which says Connection: close.';
  return `at most ${limit} answers each; the last one says Connection: close.`;
}
