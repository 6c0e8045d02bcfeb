// The only place of the server that imports node:http2: the frames, the compression and the flow control of HTTP/2 (RFC 9113) are
// those of Node.js. What is asked, what is answered and when a connection ends is decided elsewhere.
import { performServerHandshake } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { ServerLimits } from '../options/limits.ts';
import type { ResolvedHttp2Options } from '../options/http2.ts';

export type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

/** Error codes of RFC 9113 §7, as far as they are sent here. */
export const NO_ERROR = 0;
export const REFUSED_STREAM = 7;

/** The flag of a HEADERS frame that ends its stream (RFC 9113 §6.2): no body follows. */
export const END_STREAM = 1;

/** Each field counts for so much more than its text (RFC 9113 §6.5.2). */
const FIELD_OVERHEAD_BYTES = 32;

/** Pseudo-fields of a request (RFC 9113 §8.3.1), with the one of RFC 8441. */
const PSEUDO_FIELDS = 5;

const MEGABYTE = 1_000_000;

/** What Node.js takes for the number of frames: 32 bits. */
const MOST_FRAMES = 2 ** 32 - 1;

/** Speaks HTTP/2 on a socket. What it has read already must have been put back into it (`unshift`). */
export function openSession(
  socket: Duplex,
  options: ResolvedHttp2Options,
  limits: Required<ServerLimits>,
): ServerHttp2Session {
  const { maxConcurrentStreams, streamWindowBytes, connectionWindowBytes, floods } = options;
  // Node.js resets a stream whose head is larger than what was announced. Twice of what is allowed is announced, so that heads which
  // are a little too large are answered with 431 (RFC 9113 §10.5.1) and not with a reset, which explains nothing.
  const headListBytes = 2 * (limits.headerBytes + limits.headerFields * FIELD_OVERHEAD_BYTES);
  const session = performServerHandshake(socket, {
    settings: {
      maxConcurrentStreams,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: headListBytes,
      enableConnectProtocol: false,
    },
    // Cookies may come in one field for each of their pairs (RFC 9113 §8.2.3), so the bound is that of the bytes.
    maxHeaderListPairs: PSEUDO_FIELDS + Math.ceil(headListBytes / FIELD_OVERHEAD_BYTES),
    // Above this Node.js refuses streams. All that our own limits allow to be on its way must fit in: for each stream a window, and as
    // much in each direction as is held before its source is paused.
    maxSessionMemory: 10 + Math.ceil((maxConcurrentStreams * (streamWindowBytes + 131_072)) / MEGABYTE),
    maxSessionInvalidFrames: Math.min(floods.invalidFrames, MOST_FRAMES),
  });
  session.setLocalWindowSize(connectionWindowBytes);
  return session;
}
