// How much a client of HTTP/2 may send of what costs it little and us much: each limit with its default and where that comes from.
import { checkNumber, checkWholeNumber, fillIn } from '../../option-checks.ts';

/**
 * What one connection of HTTP/2 may send at once, and again within each `windowMs`. Above it the connection ends with
 * GOAWAY(ENHANCE_YOUR_CALM) and the name of the limit. `Infinity` means no limit.
 */
export interface Http2FloodLimits {
  /** The time within which a limit fills up again. Default 30,000, as Netty's window for RST_STREAM. */
  readonly windowMs?: number;
  /**
   * Requests that the client takes back before their answer begins, less those that it sees answered (rapid reset, CVE-2023-44487).
   * Default 200, as Netty.
   */
  readonly resets?: number;
  /** PING frames to acknowledge (CVE-2019-9512). Default 1,500: Jetty's 50 of all control frames a second. */
  readonly pings?: number;
  /** SETTINGS frames to acknowledge after the first one (CVE-2019-9515). Default 100: nobody changes its mind three times a second. */
  readonly settings?: number;
  /** Requests that must be reset because the client broke a rule on them (CVE-2025-8671, MadeYouReset). Default 100: half as many as it may reset by itself. */
  readonly streamErrors?: number;
  /**
   * Frames that nothing can be done with, over the whole life of a connection: empty DATA (CVE-2019-9518), heads that are no request,
   * streams above `http2.maxConcurrentStreams`. Node.js counts these itself and then ends the connection with INTERNAL_ERROR.
   * Default 1,000, as Node.js.
   */
  readonly invalidFrames?: number;
}

/** Http2FloodLimits with every default filled in. */
export type ResolvedHttp2FloodLimits = Required<Http2FloodLimits>;

/** The defaults, each with its precedent at the option. */
export const DEFAULT_HTTP2_FLOODS: ResolvedHttp2FloodLimits = {
  windowMs: 30_000,
  resets: 200,
  pings: 1_500,
  settings: 100,
  streamErrors: 100,
  invalidFrames: 1_000,
};

/** Fills in the defaults. @throws OptionError with the name of the limit and what is allowed. */
export function resolveHttp2Floods(given: Http2FloodLimits | undefined): ResolvedHttp2FloodLimits {
  const floods = fillIn('http2.floods', given, DEFAULT_HTTP2_FLOODS);
  for (const [name, value] of Object.entries(floods)) {
    if (name === 'windowMs') checkNumber('http2.floods.windowMs', value, 1);
    else checkWholeNumber(`http2.floods.${name}`, value, 0);
  }
  return floods;
}
