// Every situation that the machine of the heartbeat can reach, found by trying everything.
import { STOPPED, stepHeartbeat } from '#src/heartbeat/engine/machine.js';
import type { HeartbeatInput, Situation } from '#src/heartbeat/engine/machine.js';

/** Everything that can happen. */
export const HEARTBEAT_INPUTS: readonly HeartbeatInput[] = [
  'start',
  'due',
  'acknowledged',
  'failed',
  'received',
  'lost',
  'hold',
  'release',
  'resumed',
  'stop',
];

/** Misses are counted on for ever; beyond so many above the tolerance a situation is no new one. */
const MISSES_BEYOND = 2;

/** In the order in which they are found. */
export function reachableSituations(tolerance: number): Situation[] {
  const found = new Map<string, Situation>();
  const open: Situation[] = [STOPPED];
  for (let situation = open.shift(); situation !== undefined; situation = open.shift()) {
    const key = JSON.stringify(situation);
    if (found.has(key) || situation.missed > tolerance + MISSES_BEYOND) continue;
    found.set(key, situation);
    for (const input of HEARTBEAT_INPUTS) open.push(stepHeartbeat(situation, input, tolerance).situation);
  }
  return [...found.values()];
}
