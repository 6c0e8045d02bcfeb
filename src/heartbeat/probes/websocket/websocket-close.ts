// What the end of a WebSocket means: the codes of RFC 6455 §7.4.1 and of IANA's WebSocket Close Code Number Registry, in words. Pure.

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

/** Closes that ask for fewer signals, or for none just now. */
const CALMING: readonly number[] = [1008, 1013];

/** How a WebSocket ended. */
export interface WebSocketEnd {
  /** In words, without a full stop. */
  readonly text: string;
  /** Whether it ended without a close frame, as RFC 6455 does not provide for. */
  readonly isLost: boolean;
  /** Whether the peer asks for fewer signals by it. */
  readonly isCalming: boolean;
}

/** Tells the end of a WebSocket by the code and the reason of its close, and by what broke it, where that is known. */
export function describeWebSocketEnd(code: number, reason: string, failure?: Error): WebSocketEnd {
  if (code === ABNORMAL || code === TLS_FAILED) {
    const what = code === ABNORMAL ? 'without a close frame' : 'because TLS failed';
    const why = failure === undefined ? '' : `: ${failure.message}`;
    return { text: `the WebSocket ended ${what} (${code})${why}`, isLost: true, isCalming: false };
  }
  const words = code === NO_STATUS ? 'without a code' : `with ${code}${nameOf(code)}`;
  const text = `the WebSocket was closed ${words}${quote(reason)}`;
  return { text, isLost: false, isCalming: CALMING.includes(code) };
}

function nameOf(code: number): string {
  const words = WORDS[code];
  return words === undefined ? '' : `, ${words}`;
}

/** What a peer says is shown to people, perhaps on a terminal. A close frame has room for 123 bytes of it (RFC 6455 §5.5). */
function quote(reason: string): string {
  const printable = reason.replaceAll(/\p{C}/gu, '\u{FFFD}');
  return printable === '' ? '' : `: '${printable}'`;
}
