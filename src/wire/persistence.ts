// The decision of persistent connections: does this one stay open after this exchange? (RFC 9112 §9.3)
// Pure. It is asked once for each exchange, when the head of the response is written or has been read.
import type { CloseReason } from '../http/close-reason.ts';
import type { Exchange } from './exchange.ts';
import type { ResponseHead } from './message-head.ts';

/** What the decision rests on. Tokens are those of all Connection lines of a message together. */
export interface PersistenceFacts {
  /** A broken message, or any doubt about where one ends. */
  readonly doubt: CloseReason | undefined;
  readonly responseUntilClose: boolean;
  /** What another layer has against keeping it: draining, limits, age, another protocol. */
  readonly policyReason: CloseReason | undefined;
  readonly requestMinorVersion: number;
  readonly responseMinorVersion: number;
  readonly requestClose: boolean;
  readonly requestKeepAlive: boolean;
  readonly responseClose: boolean;
  readonly responseKeepAlive: boolean;
  /** A part of the request body will not be read. */
  readonly requestBodyUnread: boolean;
  /** Whose decision this is: tells `peerSentClose` from `weSentClose`. */
  readonly role: 'server' | 'client';
}

/** Undefined: the connection persists. Otherwise the first reason, in the order of the rules, why it ends. */
export function decidePersistence(facts: PersistenceFacts): CloseReason | undefined {
  // No token and no policy can talk a doubt away, and nothing comes after a body that ends with the connection.
  if (facts.doubt !== undefined) return facts.doubt;
  if (facts.responseUntilClose) return 'bodyUntilClose';
  if (facts.policyReason !== undefined) return facts.policyReason;
  // RFC 9112 §9.6: `close` from either side ends it, whatever stands beside it.
  const isServer = facts.role === 'server';
  if (facts.requestClose) return isServer ? 'peerSentClose' : 'weSentClose';
  if (facts.responseClose) return isServer ? 'weSentClose' : 'peerSentClose';
  // RFC 9112 §9.3: a 1.0 peer persists only by `keep-alive`, a 1.1 peer by default.
  const peerMinorVersion = isServer ? facts.requestMinorVersion : facts.responseMinorVersion;
  const peerKeepAlive = isServer ? facts.requestKeepAlive : facts.responseKeepAlive;
  if (peerMinorVersion === 0 && !peerKeepAlive) return 'http10WithoutKeepAlive';
  return facts.requestBodyUnread ? 'bodyNotConsumed' : undefined;
}

/**
 * Why a server's connection ends after the response to `exchange`, or undefined if it persists. `policyReason` is the server's own:
 * keep-alive off, limits, draining.
 */
export function decideServerPersistence(
  exchange: Exchange,
  policyReason: CloseReason | undefined,
  untilClose: boolean,
  responseClose: boolean,
): CloseReason | undefined {
  const requestBodyUnread = policyReason === 'bodyNotConsumed';
  return decidePersistence({
    role: 'server',
    doubt: exchange.closeReason,
    responseUntilClose: untilClose,
    policyReason: requestBodyUnread ? undefined : policyReason,
    requestMinorVersion: exchange.minorVersion,
    responseMinorVersion: 1,
    requestClose: exchange.requestClose,
    requestKeepAlive: exchange.requestKeepAlive,
    responseClose,
    responseKeepAlive: false,
    requestBodyUnread,
  });
}

/** The same at a client, for the response with `head` to `exchange`. */
export function decideClientPersistence(
  exchange: Exchange,
  head: ResponseHead,
  doubt: CloseReason | undefined,
  policyReason: CloseReason | undefined,
): CloseReason | undefined {
  return decidePersistence({
    role: 'client',
    doubt,
    responseUntilClose: head.body.kind === 'untilClose',
    policyReason,
    requestMinorVersion: exchange.minorVersion,
    responseMinorVersion: head.minorVersion,
    requestClose: exchange.requestClose,
    requestKeepAlive: exchange.requestKeepAlive,
    responseClose: head.fields.close,
    responseKeepAlive: head.fields.keepAlive,
    requestBodyUnread: false,
  });
}
