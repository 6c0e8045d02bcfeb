// The heartbeat as a machine without time and without I/O: what it does about each thing that can happen, in every situation.
// States: idle → scheduled → awaitingAck → (scheduled | suspect → down), and down → up.

/** What users see. 'suspended' holds signals back; 'suspect' has missed some, 'down' too many. */
export type HeartbeatState = 'idle' | 'scheduled' | 'awaitingAck' | 'suspect' | 'down' | 'suspended';

/** What is believed of the peer. */
export type Health = 'well' | 'suspect' | 'down';

/**
 * What is under way: nothing, the wait for the next signal, the wait for an acknowledgement; or signals are held back, with one of
 * them still unacknowledged or with none.
 */
export type Activity = 'stopped' | 'waiting' | 'awaiting' | 'held' | 'heldAwaiting';

/** Where a heartbeat is. */
export interface Situation {
  readonly health: Health;
  readonly activity: Activity;
  /** Signals in a row that were not acknowledged. */
  readonly missed: number;
}

/**
 * What can happen. 'failed': the signal was not acknowledged in time, or could not be sent. 'received': a sign of life that
 * acknowledges no signal. 'lost': the connection ended as it should not have. 'resumed': the time jumped.
 */
export type HeartbeatInput =
  | 'start'
  | 'stop'
  | 'due'
  | 'acknowledged'
  | 'failed'
  | 'received'
  | 'lost'
  | 'hold'
  | 'release'
  | 'resumed';

/** When the next signal goes out: after the first delay, after the interval, as soon as a timeout after the last one, or at once. */
export type NextSignal = 'first' | 'interval' | 'retry' | 'now';

/**
 * What is to be done, in this order. 'awaitLonger' begins the deadline of the acknowledgement anew, 'awaitForever' takes it away;
 * 'giveUp' forgets the signal under way.
 */
export type HeartbeatAction =
  | { readonly do: 'send' | 'giveUp' | 'awaitLonger' | 'awaitForever' | 'rest' }
  | { readonly do: 'schedule'; readonly next: NextSignal }
  | { readonly do: 'tell'; readonly event: 'ack' | 'missed' | 'down' | 'up' | 'resumed' };

/** The situation afterwards, and what is to be done. */
export interface HeartbeatStep {
  readonly situation: Situation;
  readonly actions: readonly HeartbeatAction[];
}

export const STOPPED: Situation = { health: 'well', activity: 'stopped', missed: 0 };

const SEND: HeartbeatAction = { do: 'send' };
const GIVE_UP: HeartbeatAction = { do: 'giveUp' };
const AWAIT_LONGER: HeartbeatAction = { do: 'awaitLonger' };
const AWAIT_FOREVER: HeartbeatAction = { do: 'awaitForever' };
const REST: HeartbeatAction = { do: 'rest' };
const FIRST: HeartbeatAction = { do: 'schedule', next: 'first' };
const INTERVAL: HeartbeatAction = { do: 'schedule', next: 'interval' };
const RETRY: HeartbeatAction = { do: 'schedule', next: 'retry' };
const NOW: HeartbeatAction = { do: 'schedule', next: 'now' };
const TELL_ACK: HeartbeatAction = { do: 'tell', event: 'ack' };
const TELL_MISSED: HeartbeatAction = { do: 'tell', event: 'missed' };
const TELL_DOWN: HeartbeatAction = { do: 'tell', event: 'down' };
const TELL_UP: HeartbeatAction = { do: 'tell', event: 'up' };
const TELL_RESUMED: HeartbeatAction = { do: 'tell', event: 'resumed' };

/** What users are told of a situation. */
export function stateOf({ activity, health }: Situation): HeartbeatState {
  if (activity === 'stopped') return 'idle';
  if (activity === 'held' || activity === 'heldAwaiting') return health === 'down' ? 'down' : 'suspended';
  if (health !== 'well') return health;
  return activity === 'waiting' ? 'scheduled' : 'awaitingAck';
}

/** The machine: what becomes of a situation. What makes no sense in it changes nothing. */
export function stepHeartbeat(situation: Situation, input: HeartbeatInput, tolerance: number): HeartbeatStep {
  const { activity } = situation;
  if (activity === 'stopped') return input === 'start' ? move(STOPPED, 'waiting', [FIRST]) : stay(situation);
  switch (input) {
    case 'start':
      return stay(situation);
    case 'stop':
      return { situation: STOPPED, actions: isAwaiting(activity) ? [GIVE_UP, REST] : [REST] };
    case 'due':
      return activity === 'waiting' ? move(situation, 'awaiting', [SEND]) : stay(situation);
    case 'acknowledged':
      return isAwaiting(activity) ? acknowledge(situation) : stay(situation);
    case 'failed':
      return isAwaiting(activity) ? fail(situation, tolerance) : stay(situation);
    case 'received':
      return receive(situation);
    case 'lost':
      // Where misses are counted already, the next signal is on its way. Paced as after a miss: a peer that ends every connection behind
      // its answer must not be asked without a pause.
      return activity === 'waiting' && situation.health === 'well' ? { situation, actions: [RETRY] } : stay(situation);
    case 'hold':
      if (activity === 'waiting') return move(situation, 'held', [REST]);
      // It may be queued behind what blocks the way: no deadline would be fair, but an acknowledgement is still one.
      return activity === 'awaiting' ? move(situation, 'heldAwaiting', [AWAIT_FOREVER]) : stay(situation);
    case 'release':
      if (activity === 'held') return move(situation, 'waiting', [INTERVAL]);
      return activity === 'heldAwaiting' ? move(situation, 'awaiting', [AWAIT_LONGER]) : stay(situation);
    case 'resumed':
      return resume(situation);
  }
}

function acknowledge({ activity, health }: Situation): HeartbeatStep {
  const isHeld = activity === 'heldAwaiting';
  const next: HeartbeatAction = isHeld ? REST : INTERVAL;
  return {
    situation: { health: 'well', activity: isHeld ? 'held' : 'waiting', missed: 0 },
    actions: health === 'down' ? [next, TELL_ACK, TELL_UP] : [next, TELL_ACK],
  };
}

function fail({ health, missed }: Situation, tolerance: number): HeartbeatStep {
  const count = missed + 1;
  const isDown = health === 'down' || count >= tolerance;
  const situation: Situation = { health: isDown ? 'down' : 'suspect', activity: 'waiting', missed: count };
  if (!isDown) return { situation, actions: [RETRY, TELL_MISSED] };
  return { situation, actions: health === 'down' ? [INTERVAL, TELL_MISSED] : [INTERVAL, TELL_MISSED, TELL_DOWN] };
}

/** Whatever the peer says is a sign of life; an acknowledgement that is awaited stands behind it in the same stream. */
function receive({ activity, health }: Situation): HeartbeatStep {
  const actions: HeartbeatAction[] = [];
  if (activity === 'waiting') actions.push(INTERVAL);
  if (activity === 'awaiting') actions.push(AWAIT_LONGER);
  if (health === 'down') actions.push(TELL_UP);
  return { situation: { health: 'well', activity, missed: 0 }, actions };
}

/** What was missed asleep says nothing of the peer, and what was known before is too old: it is asked again at once. */
function resume({ activity, health, missed }: Situation): HeartbeatStep {
  const situation: Situation =
    health === 'down' ? { health, activity, missed } : { health: 'well', activity, missed: 0 };
  switch (activity) {
    case 'waiting':
      return { situation, actions: [NOW, TELL_RESUMED] };
    case 'awaiting':
      return { situation, actions: [GIVE_UP, SEND, TELL_RESUMED] };
    default:
      return { situation, actions: [TELL_RESUMED] };
  }
}

function isAwaiting(activity: Activity): boolean {
  return activity === 'awaiting' || activity === 'heldAwaiting';
}

function move({ health, missed }: Situation, activity: Activity, actions: readonly HeartbeatAction[]): HeartbeatStep {
  return { situation: { health, activity, missed }, actions };
}

function stay(situation: Situation): HeartbeatStep {
  return { situation, actions: [] };
}
