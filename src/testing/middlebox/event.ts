// What a middlebox does to flows, and what it tells of them.

/**
 * What becomes of a flow that is forgotten. 'silent': whatever either side sends from then on is swallowed and nobody is told, as by a
 * firewall that drops. 'rst': whoever sends next gets RST, the other side learns nothing, as at the NAT gateway of AWS. 'fin': both
 * sides get FIN at once, as from a balancer or a server with an idle timer.
 */
export type MiddleboxKind = 'silent' | 'rst' | 'fin';

/** One of the two sides of a flow. */
export type FlowSide = 'client' | 'target';

/** What happened. `flow` counts from 1; `atMs` is on the monotonic scale of the box's clock. */
export type MiddleboxEvent = { readonly flow: number; readonly atMs: number } & (
  | { readonly type: 'opened'; readonly remote: string }
  /** The target could not be reached; the client gets RST. */
  | { readonly type: 'refused'; readonly error: Error }
  /** Nothing had come for `idleMs`, or `forgetAll` was called. */
  | { readonly type: 'forgotten'; readonly kind: MiddleboxKind; readonly idleMs: number }
  /** Something came over a flow that is forgotten; `bytes` is 0 for FIN. */
  | { readonly type: 'swallowed'; readonly from: FlowSide; readonly bytes: number }
  /** It was answered with RST. */
  | { readonly type: 'reset'; readonly side: FlowSide }
  /** Both sides are gone. */
  | { readonly type: 'closed' }
);

/** An event before it is known where and when. */
export type MiddleboxEventFacts = MiddleboxEvent extends infer Event
  ? Event extends MiddleboxEvent
    ? Omit<Event, 'flow' | 'atMs'>
    : never
  : never;
