// How the stream of a request ended, as far as it says something about the client (RFC 9113 §5.4.2, §8.1). Pure.

/**
 * `answered`: all of the answer has left. `takenBack`: the client has reset it before that. `broken`: it had to be reset because the
 * client broke a rule on it, or the client says that we did. `brokenOff`: by us.
 */
export type StreamEnd = 'answered' | 'takenBack' | 'broken' | 'brokenOff';

/** What is known of a stream that is over. */
export interface StreamEndFacts {
  /** All of the answer has left. */
  readonly sent: boolean;
  /** We have reset it ourselves. */
  readonly brokenOff: boolean;
  /** The code that it ended with (RFC 9113 §7); nobody says whose it was. */
  readonly code: number;
}

/** PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR, COMPRESSION_ERROR. */
const RULE_CODES: readonly number[] = [1, 3, 5, 6, 9];

/** See the head of the file. */
export function decideStreamEnd({ sent, brokenOff, code }: StreamEndFacts): StreamEnd {
  if (sent) return 'answered';
  if (brokenOff) return 'brokenOff';
  return RULE_CODES.includes(code) ? 'broken' : 'takenBack';
}
