// The graceful end of a connection of HTTP/2 in steps (RFC 9113 §6.8). Pure: what happened goes in, what is to be done comes out.
//
//   open ──begin──► noticed ──acknowledged, or overdue──► last
//
// On the way to `noticed`: GOAWAY(2^31-1), which says that the end is near and refuses nothing yet, and a PING behind it. When that is
// acknowledged, whatever crossed the notice has arrived. On the way to `last`: GOAWAY(the last stream that was processed), and the
// connection closes with its last stream. What is above that was provably not processed, so that its client may send it again.

/** How far the end has come. `last` is the last step that is ours: the session does the rest. */
export type GoawayStep = 'open' | 'noticed' | 'last';

/** `begin`: there is a reason to end it. `acknowledged`: the client has acknowledged the PING. `overdue`: it was waited for long enough. */
export type GoawayEvent = 'begin' | 'acknowledged' | 'overdue';

/**
 * `notice`: GOAWAY(NO_ERROR, 2^31-1). `ping`: PING, whose acknowledgement is waited for, but not for ever. `last`: GOAWAY(NO_ERROR, the
 * last stream that was processed), and to close behind the streams that are open.
 */
export type GoawayAction = 'notice' | 'ping' | 'last';

/** What follows from an event. */
export interface GoawayPlan {
  readonly step: GoawayStep;
  readonly actions: readonly GoawayAction[];
}

const LAST: GoawayPlan = { step: 'last', actions: ['last'] };

/** Everything else changes nothing: a second reason to end it, an acknowledgement that comes after its time. */
const PLANS: Readonly<Record<GoawayStep, { readonly [Event in GoawayEvent]?: GoawayPlan }>> = {
  open: { begin: { step: 'noticed', actions: ['notice', 'ping'] } },
  noticed: { acknowledged: LAST, overdue: LAST },
  last: {},
};

/** See the head of the file. */
export function planGoaway(step: GoawayStep, event: GoawayEvent): GoawayPlan {
  return PLANS[step][event] ?? { step, actions: [] };
}

/**
 * Whether a request may be processed, the first of a connection being number 1. One that may not is refused, which tells its client to
 * send it again elsewhere (RFC 9113 §8.7): a limit of N means exactly N, whatever crossed the notice.
 */
export function decideStream(step: GoawayStep, requestNumber: number, mostRequests: number): 'process' | 'refuse' {
  return step === 'last' || requestNumber > mostRequests ? 'refuse' : 'process';
}
