// Makes the events that a heartbeat tells out of what happened. Pure.
import type { HeartbeatEvent, HeartbeatEventType } from './event.ts';
import type { AdaptiveStats } from './path-learning.ts';
import type { Acknowledgement } from './probe.ts';

/** What happened, as far as it is not known from the heartbeat. */
export interface Outcome {
  readonly reason?: string | undefined;
  readonly error?: Error | undefined;
  readonly rttMs?: number | undefined;
  readonly acknowledgement?: Acknowledgement | undefined;
  readonly sleptMs?: number;
}

/** What is known of the heartbeat at that moment. */
export interface EventFacts {
  readonly at: Date;
  readonly target: string;
  readonly missed: number;
  readonly intervalMs: number;
  /** Since it went down last. */
  readonly downMs: number;
  readonly adaptive: AdaptiveStats | undefined;
}

/** The event of the type. */
export function makeEvent(type: HeartbeatEventType, outcome: Outcome, facts: EventFacts): HeartbeatEvent {
  const { reason, error, rttMs, acknowledgement, sleptMs = 0 } = outcome;
  const { at, target, missed, intervalMs, downMs, adaptive } = facts;
  const any = { at, target, missed, rttMs, reason };
  switch (type) {
    case 'ack':
      return { type, ...any, connection: acknowledgement?.connection ?? 'kept', detail: acknowledgement?.detail };
    case 'missed':
    case 'down':
      return { type, ...any, error };
    case 'up':
      return { type, ...any, downMs };
    case 'resumed':
      return { type, ...any, sleptMs };
    case 'calmed':
      return { type, ...any, intervalMs };
    case 'adapted': {
      const { survivedMs = 0, diedMs = Infinity, phase = 'growing' } = adaptive ?? {};
      return { type, ...any, intervalMs, survivedMs, diedMs, phase, isHolding: phase === 'holding' };
    }
  }
}

/** Whatever was thrown, as an Error. */
export function toError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}

export function describeSleep(sleptMs: number): string {
  return `the program did not run for about ${Math.round(sleptMs)} ms`;
}
