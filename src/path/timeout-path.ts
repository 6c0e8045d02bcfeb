// A path from a client to a server, cut at the proxies into the connections that it is made of. Pure.
import type { ClientName } from './client-software.ts';
import type { DurationRange, Hop } from './hop.ts';
import type { ServerName } from './server-software.ts';

/** See the head of the file. */
export interface TimeoutPath {
  /** From the client's side to the server's; may be empty. */
  readonly hops: readonly Hop[];
  /** What answers; undefined where it is not known. */
  readonly server?: ServerName;
  /** What asks; undefined where it is not known. */
  readonly client?: ClientName;
}

/** One connection of the path: who sends requests on it, what it runs through, who answers. */
export interface Section {
  /** A proxy; undefined: the client. */
  readonly sender: Hop | undefined;
  /** What may forget the connection. */
  readonly flows: readonly Hop[];
  /** A proxy; undefined: the server. */
  readonly receiver: Hop | undefined;
}

/** At least one. */
export function splitAtProxies(hops: readonly Hop[]): Section[] {
  const sections: Section[] = [];
  let sender: Hop | undefined;
  let flows: Hop[] = [];
  for (const hop of hops) {
    if (hop.kind === 'flow') {
      flows.push(hop);
      continue;
    }
    sections.push({ sender, flows, receiver: hop });
    sender = hop;
    flows = [];
  }
  return [...sections, { sender, flows, receiver: undefined }];
}

/** How long a proxy may keep an idle connection to the server: the longest that is known of it. */
export function longestSenderIdleMs(hop: Hop): number | null {
  return hop.serverIdleMs === null ? null : Math.max(hop.serverIdleMs, ...(hop.otherIdleMs ?? []));
}

/** After how long a hop may end, or forget, an idle connection of a client: the shortest that is known of it. */
export function shortestReceiverIdleMs(hop: Hop): number | null {
  return hop.clientIdleMs === null ? null : Math.min(hop.clientIdleMs, ...(hop.otherIdleMs ?? []));
}

/**
 * After how long without a byte a hop drops a connection with an answer or a WebSocket under way. A timer for answers counts
 * where there is one, else the one for idle connections.
 */
export function quietLimitMs(hop: Hop): number | null {
  return hop.responseIdleMs ?? shortestReceiverIdleMs(hop);
}

/** What the idle timeout of one side is called where it is set; undefined where it is fixed, or nobody says. */
export function settingOf(hop: Hop, side: 'client' | 'server'): string | undefined {
  const isShared = hop.kind === 'flow' || hop.oneSetting === true;
  return side === 'client' || isShared ? hop.setting : hop.serverSetting;
}

/** What can be set there; undefined where it is fixed, or nobody says. */
export function rangeOf(hop: Hop, side: 'client' | 'server'): DurationRange | undefined {
  // The table has one range for a hop: where clients have a setting, it is theirs.
  const isShared = hop.kind === 'flow' || hop.oneSetting === true;
  const of = isShared ? side : hop.setting === undefined ? 'server' : 'client';
  return of === side ? hop.rangeMs : undefined;
}

/** The idle timeout of a hop as it is really set. */
export interface HopIdle {
  readonly name: string;
  /** Which connections: those of clients, those to the server, or all. */
  readonly side: 'client' | 'server' | 'both';
  readonly idleMs: number;
}

/** The same hops with an idle timeout changed. Where both sides share one setting, both change. */
export function withHopIdle(hops: readonly Hop[], { name, side, idleMs }: HopIdle): Hop[] {
  return hops.map((hop) => {
    if (hop.name !== name) return hop;
    const both = side === 'both' || hop.kind === 'flow' || hop.oneSetting === true;
    const { otherIdleMs: _, advisedServerIdleMs: advised, ...rest } = hop;
    return {
      ...rest,
      // What the vendor advises is meant for the timeout that the vendor set.
      ...(side === 'client' && !both && advised !== undefined ? { advisedServerIdleMs: advised } : {}),
      clientIdleMs: both || side === 'client' ? idleMs : hop.clientIdleMs,
      serverIdleMs: both || side === 'server' ? idleMs : hop.serverIdleMs,
      verified: both || hop.verified,
    };
  });
}
