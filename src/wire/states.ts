// The life of an exchange and of its connection as tables of plain data. machine.ts walks them; nothing else changes state.

/** One message of an exchange, as its receiver or its sender sees it. */
export type MessageState = 'awaited' | 'body' | 'complete' | 'failed';

/** What can happen to a message. `interim` is a 1xx response; `whole` is head and end at once; `fail` is any end that is not `end`. */
export type MessageEvent = 'interim' | 'head' | 'data' | 'end' | 'whole' | 'fail';

/** Where an event leads. A pair that is not listed is a misuse and never happens on the wire. */
export const REQUEST_TRANSITIONS: Record<MessageState, Partial<Record<MessageEvent, MessageState>>> = {
  awaited: { head: 'body', whole: 'complete', fail: 'failed' },
  body: { data: 'body', end: 'complete', fail: 'failed' },
  complete: {},
  failed: { fail: 'failed' },
};

/** As above; a response may be preceded by interim ones (RFC 9110 §15.2). */
export const RESPONSE_TRANSITIONS: Record<MessageState, Partial<Record<MessageEvent, MessageState>>> = {
  awaited: { interim: 'awaited', head: 'body', whole: 'complete', fail: 'failed' },
  body: { data: 'body', end: 'complete', fail: 'failed' },
  complete: {},
  failed: { fail: 'failed' },
};

/**
 * Whether a connection takes more exchanges. It only ever goes forward:
 * `persistent` → `closing` (no new exchange) → `closed`.
 */
export type PersistenceState = 'persistent' | 'closing' | 'closed';

/** What the two messages of the oldest exchange mean: it goes on, it is over, or nothing after it can be trusted. */
export type ExchangeOutcome = 'underWay' | 'retired' | 'broken';

/** Looked up by the state of the request, then of the response. */
export const EXCHANGE_OUTCOMES: Record<MessageState, Record<MessageState, ExchangeOutcome>> = {
  awaited: { awaited: 'underWay', body: 'underWay', complete: 'underWay', failed: 'broken' },
  body: { awaited: 'underWay', body: 'underWay', complete: 'underWay', failed: 'broken' },
  complete: { awaited: 'underWay', body: 'underWay', complete: 'retired', failed: 'broken' },
  // A request that failed may still be answered (400, 408); the exchange is broken once that answer is complete.
  failed: { awaited: 'underWay', body: 'underWay', complete: 'broken', failed: 'broken' },
};

/** What happens to a connection as a whole. `stop`: no exchange after those that are open. */
export type PersistenceEvent = 'retired' | 'lastRetired' | 'broken' | 'stop' | 'stopIdle';

/** Where such an event leads; total, so that no order of events is without an answer. */
export const PERSISTENCE_TRANSITIONS: Record<PersistenceState, Record<PersistenceEvent, PersistenceState>> = {
  persistent: {
    retired: 'persistent',
    lastRetired: 'persistent',
    broken: 'closed',
    stop: 'closing',
    stopIdle: 'closed',
  },
  closing: { retired: 'closing', lastRetired: 'closed', broken: 'closed', stop: 'closing', stopIdle: 'closed' },
  closed: { retired: 'closed', lastRetired: 'closed', broken: 'closed', stop: 'closed', stopIdle: 'closed' },
};
