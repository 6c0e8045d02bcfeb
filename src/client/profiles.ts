// Limits and times of well-known clients, so that a session can load a page, or a server, as they do. Only what is known of a
// client is here: the rest keeps the session's defaults. Pure data.
import type { SessionLimits } from './limits.ts';

/** Named sets of limits, as well-known clients have them. */
export type ProfileName = 'chrome' | 'firefox' | 'ie7' | 'ie8' | 'requests' | 'node';

/** What a profile sets. */
export interface Profile {
  readonly limits: Readonly<Pick<SessionLimits, 'perOrigin' | 'total'>>;
  readonly idleTimeoutMs?: number;
}

/** See the head of the file. `docs/session-profiles.md` shows the same numbers. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  // Source code: net/socket/client_socket_pool_manager.cc (6 to a group, 256 in a pool) and client_socket_pool.cc (300 s for a
  // used socket), Chromium 154. High confidence. A socket that was never used expires sooner there, which has no option here.
  chrome: { limits: { perOrigin: 6, total: 256 }, idleTimeoutMs: 300_000 },
  // Source code: modules/libpref/init/all.js, network.http.max-persistent-connections-per-server, max-connections and
  // keep-alive.timeout, Firefox 157. High confidence.
  firefox: { limits: { perOrigin: 6, total: 900 }, idleTimeoutMs: 115_000 },
  // Documentation: Microsoft KB 183110, two connections to a server of HTTP/1.1 as RFC 2616 §8.1.4 wants; KB 813827, WinInet's
  // KeepAliveTimeout of a minute. High confidence in the first, medium in the second. No documented total.
  ie7: { limits: { perOrigin: 2 }, idleTimeoutMs: 60_000 },
  // Documentation: MSDN, maxConnectionsPerServer is 6 without a dial-up line; the idle time as above. Confidence as above.
  ie8: { limits: { perOrigin: 6 }, idleTimeoutMs: 60_000 },
  // Source code: requests/adapters.py, DEFAULT_POOLSIZE 10 for pools and for connections of each; urllib3 never expires an idle
  // one. High confidence. Beyond ten it opens more and throws them away after use (pool_block=False); here the eleventh waits.
  requests: { limits: { perOrigin: 10, total: 100 }, idleTimeoutMs: Infinity },
  // Measured: http.globalAgent of Node.js 20. High confidence. It keeps 256 free sockets at most, which has no option here.
  node: { limits: { perOrigin: Infinity, total: Infinity }, idleTimeoutMs: 5_000 },
};
