// How the stream of a request ended, as far as it says something about the client (RFC 9113 §5.4.2, §8.1). Pure.

/**
 * `answered`: all of the answer has left. `takenBack`: the client has reset it before that. `broken`: it had to be reset because the
 * client broke a rule on it, or the client says that we did. `brokenOff`: by us.
 */
export type StreamEnd = 'answered' | 'takenBack' | 'broken' | 'brokenOff';

/** What is known of a stream that is over. */
export interface StreamEndFacts {
  /** All of the answer was given to the stream; whether it has left, only the code says. */
  readonly finished: boolean;
  /** We have reset it ourselves. */
  readonly brokenOff: boolean;
  /** The code that it ended with (RFC 9113 §7), 0 where it was not reset; nobody says whose it was. */
  readonly code: number;
}

/** PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR, COMPRESSION_ERROR. */
const RULE_CODES: readonly number[] = [1, 3, 5, 6, 9];

/** A client that resets with code 0 what is answered already is not told from one that waits; nghttp2 counts its resets, too. */
export function decideStreamEnd({ finished, brokenOff, code }: StreamEndFacts): StreamEnd {
  if (brokenOff) return 'brokenOff';
  if (finished && code === 0) return 'answered';
  return RULE_CODES.includes(code) ? 'broken' : 'takenBack';
}
