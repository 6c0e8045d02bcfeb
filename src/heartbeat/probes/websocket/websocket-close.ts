// What the end of a WebSocket means: the codes of RFC 6455 §7.4.1 and of IANA's WebSocket Close Code Number Registry, in words. Pure.
import { formatText } from '../../../http/visible-bytes.ts';

const WORDS: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1007: 'invalid payload',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'an extension is missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  3000: 'unauthorized',
  3003: 'forbidden',
  3008: 'timeout',
};

/** Never sent: a side notes it itself where a close frame had no code, where none came, where TLS failed (RFC 6455 §7.4.1). */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const TLS_FAILED = 1015;

const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

/** How a WebSocket ended. */
export interface WebSocketEnd {
  /** In words, without a full stop. */
  readonly text: string;
  /** Whether it ended without a close frame, as RFC 6455 does not provide for. */
  readonly isLost: boolean;
  /** Whether the peer asks for fewer signals by it. */
  readonly isCalming: boolean;
}

/** What is known of a WebSocket that ended. */
export interface EndedWebSocket {
  /** Whether the peer had acknowledged any signal on it. */
  readonly isProven: boolean;
  /** What broke it. */
  readonly failure?: Error | undefined;
}

/** Tells the end of a WebSocket by the code and the reason of its close. */
export function describeWebSocketEnd(
  code: number,
  reason: string,
  { isProven, failure }: EndedWebSocket,
): WebSocketEnd {
  if (code === ABNORMAL || code === TLS_FAILED) {
    const what = code === ABNORMAL ? 'without a close frame' : 'because TLS failed';
    const why = failure === undefined ? '' : `: ${formatText(failure.message.trim())}`;
    return { text: `the WebSocket ended ${what} (${code})${why}`, isLost: true, isCalming: false };
  }
  const words = code === NO_STATUS ? 'without a code' : `with ${code}${nameOf(code)}`;
  const text = `the WebSocket was closed ${words}${quote(reason)}`;
  return { text, isLost: false, isCalming: isCalming(code, isProven) };
}

/**
 * Try Again Later says what it asks for. Policy Violation is what there is for everything without a code of its own: to whom signals were
 * acknowledged before it may have sent too many, and less of them is the cautious answer. Who got it before that was refused, most
 * often for who it is: fewer attempts would help nobody, and other heartbeats of the origin would be slowed down, too.
 */
function isCalming(code: number, isProven: boolean): boolean {
  return code === TRY_AGAIN_LATER || (code === POLICY_VIOLATION && isProven);
}

function nameOf(code: number): string {
  const words = WORDS[code];
  return words === undefined ? '' : `, ${words}`;
}

/** What a peer says is shown to people, perhaps on a terminal. A close frame has room for 123 bytes of it (RFC 6455 §5.5). */
function quote(reason: string): string {
  return reason === '' ? '' : `: '${formatText(reason)}'`;
}
