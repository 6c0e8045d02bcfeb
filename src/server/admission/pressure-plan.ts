// How scarce connections, descriptors and memory are, and what follows: shorter keep-alive, then answers that end their connections and
// idle ones that are given up. Pure. The idea of Apache's event MPM and of nginx, which close idle connections before they refuse new ones.
import { SHED_FLOOR_MS } from './shedding.ts';

/** `none`: everything is as configured. `rising`: the keep-alive timeout shrinks. `high`: answers end their connections, idle ones are given up. */
export type PressureLevel = 'none' | 'rising' | 'high';

/** What can become scarce. */
export type PressureCause = 'connections' | 'fileDescriptors' | 'memory';

/** One resource at one moment. */
export interface ResourceUse {
  readonly cause: PressureCause;
  readonly used: number;
  /** Infinity: never scarce. */
  readonly limit: number;
}

/** How scarce things are, as `server.pressure` shows it. */
export interface PressureState {
  readonly level: PressureLevel;
  /** Why: the resources that are scarce, the scarcest first. */
  readonly causes: readonly PressureCause[];
  /** What answers advertise now. */
  readonly keepAliveTimeoutMs: number;
  /** Of every resource that has a limit, when it was looked at last. Connections in their handshake, or waiting, count. */
  readonly resources: readonly ResourceUse[];
}

/** Who looks after it, as others need him. */
export interface PressureWatch {
  readonly state: PressureState;
  /** Connections that there is room for, as far as descriptors allow. */
  readonly connectionLimit: number;
  /** Sockets that there is room for, those who wait included. */
  readonly socketLimit: number;
  /** There is a connection: from now on it looks, until there is none. */
  start(): void;
  stop(): void;
}

/** What is known when pressure is looked at. */
export interface PressureFacts {
  /** As the last plan had it. */
  readonly level: PressureLevel;
  readonly resources: readonly ResourceUse[];
  /** As configured. */
  readonly keepAliveTimeoutMs: number;
  /** Connections that are idle now. */
  readonly idle: number;
  /**
   * Whether newcomers wait for room or were turned away. A server whose connections are all taken by those who are to have them, such as
   * the pool of a balancer, is full and wants nothing: to close them would only have them opened again.
   */
  readonly isRoomWanted: boolean;
}

/** What is to be done until pressure is looked at again. */
export interface PressurePlan {
  readonly level: PressureLevel;
  /** Why: the resources that are scarce, the scarcest first. */
  readonly causes: readonly PressureCause[];
  /** Of the scarcest resource, 0 to 1 and above. */
  readonly share: number;
  /** What answers may advertise now. */
  readonly keepAliveTimeoutMs: number;
  /** Idle connections that are to be given up now, the longest idle ones; those that are idle for less than SHED_FLOOR_MS are kept in any case. */
  readonly shed: number;
}

/** From here on resources count as scarce: a quarter is left for a burst. */
export const RISING_SHARE = 0.75;
/** From here on what was promised is broken. */
export const HIGH_SHARE = 0.9;
/** A level is left only this far below the share at which it was entered, so that it does not flap. */
export const HYSTERESIS_SHARE = 0.05;

/** Of idle connections, what is given up at once for memory: nobody knows how much each of them frees. */
const MEMORY_SHED_SHARE = 0.1;

/** Decides what follows from the facts. */
export function planPressure(facts: PressureFacts): PressurePlan {
  const shares = facts.resources
    .map(({ cause, used, limit }) => ({ cause, share: limit === Infinity ? 0 : used / limit }))
    .toSorted((one, other) => other.share - one.share);
  const share = shares[0]?.share ?? 0;
  const level = decideLevel(facts, shares);
  if (level === 'none') return { level, causes: [], share, keepAliveTimeoutMs: facts.keepAliveTimeoutMs, shed: 0 };
  const bound = RISING_SHARE - HYSTERESIS_SHARE;
  return {
    level,
    causes: shares.filter((each) => each.share >= bound).map(({ cause }) => cause),
    share,
    keepAliveTimeoutMs: shrink(facts.keepAliveTimeoutMs, share),
    shed: level === 'high' ? countShed(facts) : 0,
  };
}

interface ResourceShare {
  readonly cause: PressureCause;
  readonly share: number;
}

function decideLevel({ level, isRoomWanted }: PressureFacts, shares: readonly ResourceShare[]): PressureLevel {
  const high = level === 'high' ? HIGH_SHARE - HYSTERESIS_SHARE : HIGH_SHARE;
  if (shares.some(({ cause, share }) => share >= high && (cause !== 'connections' || isRoomWanted))) return 'high';
  const rising = level === 'none' ? RISING_SHARE : RISING_SHARE - HYSTERESIS_SHARE;
  return shares.some(({ share }) => share >= rising) ? 'rising' : 'none';
}

/** In equal steps from what is configured at the lowest share of `rising` to SHED_FLOOR_MS at `high`; no timeout at all counts as the longest usual one. */
function shrink(keepAliveTimeoutMs: number, share: number): number {
  const lowest = RISING_SHARE - HYSTERESIS_SHARE;
  const rest = Math.min(1, Math.max(0, (HIGH_SHARE - share) / (HIGH_SHARE - lowest)));
  const longestMs = Math.min(keepAliveTimeoutMs, LONGEST_SHRUNK_MS);
  const floorMs = Math.min(SHED_FLOOR_MS, longestMs);
  // Whole seconds, as they are advertised. Shares are fractions, so half of something may come out as a trifle less.
  const shrunkMs = Math.floor((floorMs + (longestMs - floorMs) * rest) / 1_000 + 1e-6) * 1_000;
  return Math.max(floorMs, shrunkMs);
}

/** From here on timeouts shrink, however long they are: an hour would still be half an hour when half of the room is gone. */
const LONGEST_SHRUNK_MS = 120_000;

/** As many as bring every scarce resource back below the level. */
function countShed({ resources, idle }: PressureFacts): number {
  const target = HIGH_SHARE - HYSTERESIS_SHARE;
  const counts = resources.map(({ cause, used, limit }) => {
    if (limit === Infinity || used < target * limit) return 0;
    return cause === 'memory' ? Math.ceil(idle * MEMORY_SHED_SHARE) : Math.ceil(used - target * limit);
  });
  return Math.min(idle, Math.max(0, ...counts));
}

/** How descriptors are divided. */
export interface DescriptorBudget {
  /** Up to here connections are admitted. */
  readonly forConnections: number;
  /** Up to here they may wait to be admitted. */
  readonly forWaiting: number;
}

/** The least that is kept free: what handlers open meanwhile, such as files and connections of their own. */
const LEAST_RESERVE = 16;

/** `limit` is the option, `processLimit` what the process may have; a twentieth of that is kept free, half of it open to those who wait. */
export function divideDescriptors(limit: number, processLimit: number): DescriptorBudget {
  if (processLimit === Infinity) return { forConnections: limit, forWaiting: Infinity };
  const reserve = Math.min(Math.max(LEAST_RESERVE, Math.ceil(processLimit / 20)), Math.floor(processLimit / 4));
  return {
    forConnections: Math.min(limit, processLimit - reserve),
    forWaiting: processLimit - Math.ceil(reserve / 2),
  };
}
