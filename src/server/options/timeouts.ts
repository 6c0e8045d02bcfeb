// How long a server waits for what: each deadline with its default and where that comes from.
import { OptionError } from '../../errors.ts';
import { checkNumber, fillIn } from '../../option-checks.ts';

/** Deadlines in milliseconds. `Infinity` switches one off. */
export interface ServerTimeouts {
  /** From the TCP connection to the end of the TLS handshake. Default 10,000: many round trips, and less than nginx's and Go's (60 s, none) leave to who says nothing. */
  readonly handshakeMs?: number;
  /**
   * From the first byte of a head to its end, on top of what `minRateBytesPerSecond` grants for bytes
   * received. Default 20,000, as Apache's RequestReadTimeout header=20-40.
   */
  readonly headerMs?: number;
  /** Longest that a head may take whatever arrives of it; not below `headerMs`. Default 40,000, as Apache's header=20-40. */
  readonly headerMaxMs?: number;
  /** How long a new connection may say nothing at all. Default: as `headerMs`; longer where `behind` names a proxy, which may open connections ahead of need. */
  readonly silentMs?: number;
  /** How long a body may take, on top of what `minRateBytesPerSecond` grants for bytes received. Default 60,000. */
  readonly bodyMs?: number;
  /** Longest that a body may take whatever arrives of it; not below `bodyMs`. Default Infinity, as Apache's body=20. */
  readonly bodyMaxMs?: number;
  /** Slowest tolerated sender of a body. Default: as `minRateBytesPerSecond`. */
  readonly bodyMinRateBytesPerSecond?: number;
  /** How long a head or a body may pause before its next byte, however much came before. Default Infinity: the deadlines above are enough. HTTP/1 only. Apache's Timeout. */
  readonly pauseMs?: number;
  /** Slowest tolerated sender: every so many bytes of a head or a body extend its deadline by a second. Default 500, as Apache's MinRate. */
  readonly minRateBytesPerSecond?: number;
  /** How long a peer may refuse to take any byte of a response. Default 60,000, as nginx's send_timeout. */
  readonly writeMs?: number;
  /** How long the peer's remaining bytes are read and thrown away after our FIN. Default 2,000, as Apache's lingering close. */
  readonly lingerMs?: number;
}

/** The defaults, each with its precedent at the option. */
export const DEFAULT_TIMEOUTS: Required<ServerTimeouts> = {
  handshakeMs: 10_000,
  headerMs: 20_000,
  headerMaxMs: 40_000,
  silentMs: 20_000,
  bodyMs: 60_000,
  bodyMaxMs: Infinity,
  minRateBytesPerSecond: 500,
  bodyMinRateBytesPerSecond: 500,
  pauseMs: Infinity,
  writeMs: 60_000,
  lingerMs: 2_000,
};

/** Fills in the defaults. @throws OptionError with the name of the deadline and what is allowed. */
export function resolveTimeouts(given: ServerTimeouts | undefined, derivedSilentMs?: number): Required<ServerTimeouts> {
  const silentMs = derivedSilentMs ?? given?.headerMs ?? DEFAULT_TIMEOUTS.silentMs;
  const bodyMinRateBytesPerSecond = given?.minRateBytesPerSecond ?? DEFAULT_TIMEOUTS.bodyMinRateBytesPerSecond;
  const timeouts = fillIn('timeouts', given, { ...DEFAULT_TIMEOUTS, silentMs, bodyMinRateBytesPerSecond });
  for (const [name, value] of Object.entries(timeouts)) checkNumber(`timeouts.${name}`, value, 1);
  if (timeouts.bodyMaxMs < timeouts.bodyMs) refuseMaximum('body', timeouts.bodyMaxMs, timeouts.bodyMs);
  // Whoever asks for a longer first deadline alone means it to hold; whoever sets both must have meant something else.
  if (timeouts.headerMaxMs >= timeouts.headerMs) return timeouts;
  if (given?.headerMaxMs === undefined) return { ...timeouts, headerMaxMs: timeouts.headerMs };
  return refuseMaximum('header', timeouts.headerMaxMs, timeouts.headerMs);
}

function refuseMaximum(part: 'header' | 'body', maximumMs: number, firstMs: number): never {
  throw new OptionError(
    `timeouts.${part}MaxMs`,
    `is ${maximumMs}, it must not be below timeouts.${part}Ms (${firstMs})`,
  );
}
