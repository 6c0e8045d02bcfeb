// What is said of heartbeats in an event stream (HTML standard, §9.2): by servers, and understood by clients. Pure.
//
// A comment keeps what is between from forgetting the connection, but no script in a browser can hear it. An event with a name can be heard.
// The interval is told in a field `heartbeat` of our own: fields that are not known are ignored (§9.2.6), and so is a block without
// data. A block that has the field is a heartbeat and nothing else, so a client can tell it from an event of the application.
import { OptionError } from '../../errors.ts';
import { describe } from '../../option-checks.ts';

/** The field that tells the interval, in milliseconds. */
export const CADENCE_FIELD = 'heartbeat';

/** A sign of life that no listener is told of. */
export const COMMENT_HEARTBEAT = ': \n\n';

/** Tells how often there will be a sign of life at least, to those who understand it. Browsers dispatch nothing. */
export function formatCadence(intervalMs: number): string {
  return `${CADENCE_FIELD}: ${Math.ceil(intervalMs)}\n\n`;
}

/** A sign of life that listeners of the name are told of: `JSON.parse(event.data).intervalMs`. */
export function formatHeartbeatEvent(name: string, intervalMs: number): string {
  const wholeMs = Math.ceil(intervalMs);
  return `event: ${name}\n${CADENCE_FIELD}: ${wholeMs}\ndata: {"intervalMs":${wholeMs}}\n\n`;
}

/** What one heartbeat is, by whether the peer wants to hear it. */
export function formatHeartbeat(name: string | undefined, intervalMs: number): string {
  return name === undefined ? COMMENT_HEARTBEAT : formatHeartbeatEvent(name, intervalMs);
}

/** The name of the event that heartbeats are, where they are to be heard. @throws OptionError where it cannot be one. */
export function checkHeartbeatEvent(option: string, name: unknown): void {
  if (name === undefined) return;
  if (typeof name === 'string' && name !== '' && !/[\r\n]/.test(name)) return;
  throw new OptionError(option, `is ${describe(name)}, it must be the name of an event, in one line`);
}
