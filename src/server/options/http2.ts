// What a connection of HTTP/2 is allowed: each option with its default and where that comes from.
import { checkBoundedNumber, fillIn } from '../../option-checks.ts';
import { DEFAULT_HTTP2_FLOODS, resolveHttp2Floods } from './http2-floods.ts';
import type { Http2FloodLimits, ResolvedHttp2FloodLimits } from './http2-floods.ts';

/** Options of HTTP/2 (RFC 9113). Field sizes and body sizes are those of `limits`, times those of `timeouts`. */
export interface Http2Options {
  /**
   * Requests that one connection may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). Above it they are refused, which tells the
   * client that they were not processed. Default 128, as nginx's http2_max_concurrent_streams.
   */
  readonly maxConcurrentStreams?: number;
  /**
   * Bytes of one request body that a client may send before somebody reads them (SETTINGS_INITIAL_WINDOW_SIZE), so also what a body that
   * nobody reads may cost. Default 262,144: with the 65,535 of RFC 9113 an upload over a path of 100 ms would not exceed 640 KiB/s;
   * Go grants 1 MiB.
   */
  readonly streamWindowBytes?: number;
  /** Bytes of all request bodies of one connection that may be on their way at once. Default 1,048,576, as Go. */
  readonly connectionWindowBytes?: number;
  /** How much a client may send of what costs it little and the server much. */
  readonly floods?: Http2FloodLimits;
}

/** Http2Options with every default filled in. */
export interface ResolvedHttp2Options extends Required<Http2Options> {
  readonly floods: ResolvedHttp2FloodLimits;
}

/** The defaults, each with its precedent at the option. */
export const DEFAULT_HTTP2: ResolvedHttp2Options = {
  maxConcurrentStreams: 128,
  streamWindowBytes: 262_144,
  connectionWindowBytes: 1_048_576,
  floods: DEFAULT_HTTP2_FLOODS,
};

/** RFC 9113 §6.5.2, §6.9.1: windows have 31 bits. */
const HIGHEST_WINDOW = 2 ** 31 - 1;

/** RFC 9113 §6.9.2: the window of a connection begins with this and cannot be made smaller. */
const FIRST_WINDOW = 65_535;

/** Fills in the defaults; undefined where HTTP/2 is not spoken. @throws OptionError with the name of the option and what is allowed. */
export function resolveHttp2(given: boolean | Http2Options | undefined): ResolvedHttp2Options | undefined {
  if (given === false) return undefined;
  const own = given === true ? undefined : given;
  const filled = fillIn<Http2Options>('http2', own, DEFAULT_HTTP2) as Required<Http2Options>;
  const options = { ...filled, floods: resolveHttp2Floods(own?.floods) };
  checkBoundedNumber('http2.maxConcurrentStreams', options.maxConcurrentStreams, 1, HIGHEST_WINDOW);
  checkBoundedNumber('http2.streamWindowBytes', options.streamWindowBytes, 1, HIGHEST_WINDOW);
  checkBoundedNumber('http2.connectionWindowBytes', options.connectionWindowBytes, FIRST_WINDOW, HIGHEST_WINDOW);
  return options;
}
