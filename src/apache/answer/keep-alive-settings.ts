// What a host's configuration says of connections, defaults filled in.
import { KEEP_ALIVE_DEFAULTS, coreKeepAlive } from '../modules/core-keep-alive.ts';
import type { VirtualHost } from '../config/virtual-host.ts';

/** Of the host of a request. */
export interface HostKeepAlive {
  readonly keepAlive: boolean;
  readonly keepAliveTimeoutMs: number;
  /** 0: no limit. */
  readonly maxKeepAliveRequests: number;
  readonly timeoutMs: number;
}

export function keepAliveOf(host: VirtualHost): HostKeepAlive {
  const set = coreKeepAlive.ofServer(host.server);
  return {
    keepAlive: set.keepAlive ?? KEEP_ALIVE_DEFAULTS.keepAlive,
    keepAliveTimeoutMs: set.keepAliveTimeoutMs ?? KEEP_ALIVE_DEFAULTS.keepAliveTimeoutMs,
    maxKeepAliveRequests: set.maxKeepAliveRequests ?? KEEP_ALIVE_DEFAULTS.maxKeepAliveRequests,
    timeoutMs: set.timeoutMs ?? KEEP_ALIVE_DEFAULTS.timeoutMs,
  };
}
