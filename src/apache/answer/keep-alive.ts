// Whether the connection persists after an answer, and what is said of it, decided as Apache decides (apache.md §3.2 to §3.5).
// Pure. Other than RFC 9112 §9.3 it counts answers, and joins its token to whatever Connection field the configuration has set.

/** What the decision rests on. */
export interface KeepAliveFacts {
  /** KeepAlive, KeepAliveTimeout, MaxKeepAliveRequests of the host of this request. 0 requests: no limit. */
  readonly keepAlive: boolean;
  readonly timeoutMs: number;
  readonly maxRequests: number;
  /** Answers so far that kept this connection. */
  readonly keepAlives: number;
  /** It is certain already that the connection ends: status, broken request, the server drains. */
  readonly mustClose: boolean;
  /** The client waits for `100 Continue`, and was not told to go on. */
  readonly expectsContinue: boolean;
  /** The end of the answer can be told: length, chunks, no body. */
  readonly delimited: boolean;
  /** `Connection` of the answer as far as it is known; undefined: none. */
  readonly answerConnection: string | undefined;
  /** All `Connection` fields of the request. */
  readonly requestConnection: string | undefined;
  /** HTTP/1.1, not 1.0. */
  readonly isVersion11: boolean;
  /** `nokeepalive` is set, and no proxy is between (Via). */
  readonly forbidden: boolean;
}

/** What becomes of the connection. `field`: value of Keep-Alive. `token`: to be joined to Connection. `counts`: answers to add. */
export interface KeepAliveDecision {
  readonly persistent: boolean;
  readonly field: string | undefined;
  readonly token: 'Keep-Alive' | 'close' | undefined;
  readonly counts: 0 | 1;
  readonly reason: string;
}

export function decideKeepAlive(facts: KeepAliveFacts): KeepAliveDecision {
  const reason = decideClose(facts);
  const left = facts.maxRequests - facts.keepAlives;
  if (reason === undefined) {
    if (!hasToken(facts.requestConnection, 'keep-alive')) {
      return { persistent: true, field: undefined, token: undefined, counts: 1, reason: 'persistent' };
    }
    // Whole seconds, cut: what is advertised may be shorter than what is waited, never longer.
    const seconds = `timeout=${Math.floor(facts.timeoutMs / 1_000)}`;
    const field = facts.maxRequests === 0 ? seconds : `${seconds}, max=${left}`;
    return { persistent: true, field, token: 'Keep-Alive', counts: 1, reason: 'persistent' };
  }
  const says = hasToken(facts.answerConnection, 'close');
  const last = !facts.mustClose && facts.maxRequests !== 0 && left === 0;
  return { persistent: false, field: undefined, token: says ? undefined : 'close', counts: last ? 1 : 0, reason };
}

/** Undefined: it persists. */
function decideClose(facts: KeepAliveFacts): string | undefined {
  if (facts.mustClose) return 'the connection is in doubt or the server ends it';
  if (facts.expectsContinue) return 'the client waits for 100 Continue';
  if (!facts.delimited) return 'the body ends with the connection';
  if (!facts.keepAlive) return 'KeepAlive Off';
  if (facts.timeoutMs <= 0) return 'KeepAliveTimeout 0';
  // A negative limit is never reached from below: Apache closes at once.
  if (facts.maxRequests !== 0 && facts.maxRequests - facts.keepAlives <= 0) return 'MaxKeepAliveRequests';
  if (hasToken(facts.answerConnection, 'close')) return 'the answer says close';
  if (hasToken(facts.requestConnection, 'close')) return 'the request says close';
  if (facts.forbidden) return 'nokeepalive';
  if (!facts.isVersion11 && !hasToken(facts.requestConnection, 'keep-alive')) return 'HTTP/1.0 without keep-alive';
  return undefined;
}

/** What cannot be part of a token (RFC 9110 §5.6.2): all of it parts tokens here. */
const SEPARATORS = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]+/;

/** Whether a token stands in a list, without regard to case. */
export function hasToken(list: string | undefined, token: string): boolean {
  if (list === undefined) return false;
  return list.split(SEPARATORS).some((element) => element.toLowerCase() === token);
}
