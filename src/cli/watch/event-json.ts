// An event as a line of JSON for programs: the same for --format json and for webhooks. Pure.
import type { HeartbeatEvent } from '../../heartbeat/index.ts';
import { printableJson } from '../../text/index.ts';

/** Microseconds are the last digits that mean anything. */
const roundMs = (durationMs: number): number => Math.round(durationMs * 1_000) / 1_000;

/** Names and values of an event, in their order. */
export type EventFields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * `event`, `target`, `at`, `rttMs` and `reason` are always there; the last two are null where there is nothing to say. Behind them stands
 * what this type of event has besides.
 */
export function eventFields(event: HeartbeatEvent): EventFields {
  const { type, target, at, rttMs, reason } = event;
  return {
    event: type,
    target,
    at: at.toISOString(),
    rttMs: rttMs === undefined ? null : roundMs(rttMs),
    reason: reason ?? null,
    ...furtherFields(event),
  };
}

function furtherFields(event: HeartbeatEvent): EventFields {
  switch (event.type) {
    case 'ack':
      return { connection: event.connection, ...(event.detail === undefined ? {} : { detail: event.detail }) };
    case 'missed':
    case 'down':
      return { missed: event.missed };
    case 'up':
      return { downMs: roundMs(event.downMs) };
    case 'resumed':
      return { sleptMs: roundMs(event.sleptMs) };
    case 'adapted': {
      const { intervalMs, survivedMs, diedMs, isHolding } = event;
      return {
        intervalMs: roundMs(intervalMs),
        survivedMs: roundMs(survivedMs),
        diedMs: diedMs === Infinity ? null : roundMs(diedMs),
        isHolding,
      };
    }
    case 'calmed':
      return { intervalMs: roundMs(event.intervalMs) };
  }
}

/** On one line, with an escape for whatever a terminal would obey. */
export function encodeEventJson(fields: EventFields): string {
  return printableJson(JSON.stringify(fields));
}

/** A line of `--format json` without its end. */
export function formatEventJson(event: HeartbeatEvent): string {
  return encodeEventJson(eventFields(event));
}
