// The decision of persistent connections: does this one stay open after this exchange? (RFC 9112 §9.3)
// Pure. It is asked once for each exchange, when the head of the response is written or has been read.
import type { CloseReason } from '../http/close-reason.ts';

/** What the decision rests on. Tokens are those of all Connection lines of a message together. */
export interface PersistenceFacts {
  /** A reason that some layer already has for ending the connection: doubt, draining, limits, age. The first one stays. */
  readonly closeReason: CloseReason | undefined;
  readonly responseUntilClose: boolean;
  readonly requestMinorVersion: number;
  readonly responseMinorVersion: number;
  readonly requestClose: boolean;
  readonly requestKeepAlive: boolean;
  readonly responseClose: boolean;
  readonly responseKeepAlive: boolean;
  /** Whose decision this is: tells `peerSentClose` from `weSentClose`. */
  readonly role: 'server' | 'client';
}

/** Undefined: the connection persists. Otherwise the reason why it ends. */
export function decidePersistence(facts: PersistenceFacts): CloseReason | undefined {
  // Doubt about the framing and the limits of our own layers come first: no token can talk them away.
  if (facts.closeReason !== undefined) return facts.closeReason;
  if (facts.responseUntilClose) return 'bodyUntilClose';
  // RFC 9112 §9.6: `close` from either side ends it, whatever stands beside it.
  const isServer = facts.role === 'server';
  if (facts.requestClose) return isServer ? 'peerSentClose' : 'weSentClose';
  if (facts.responseClose) return isServer ? 'weSentClose' : 'peerSentClose';
  // RFC 9112 §9.3: a 1.0 peer persists only by `keep-alive`, a 1.1 peer by default.
  const peerMinorVersion = isServer ? facts.requestMinorVersion : facts.responseMinorVersion;
  const peerKeepAlive = isServer ? facts.requestKeepAlive : facts.responseKeepAlive;
  if (peerMinorVersion === 0 && !peerKeepAlive) return 'http10WithoutKeepAlive';
  return undefined;
}
