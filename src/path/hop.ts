// What a hop is: something between a client and a server that forgets or closes connections on which nothing happens.

/** See the head of the file. */
export interface Hop {
  /** Stable, kebab-case, e.g. `aws-alb`. */
  readonly name: string;
  /** For people, e.g. `AWS Application Load Balancer`. */
  readonly title: string;
  /** A `proxy` ends connections and opens its own; a `flow` (NAT, firewall, layer 4 balancer) forgets them. */
  readonly kind: 'proxy' | 'flow';
  /** How long it keeps an idle connection of a client. Null where nobody says, or where it has none. */
  readonly clientIdleMs: number | null;
  /** How long it keeps an idle connection to the server behind it; for a `flow` the same. */
  readonly serverIdleMs: number | null;
  /** What can be set, in milliseconds; undefined where it is fixed or not known. */
  readonly rangeMs?: readonly [number, number];
  /** What the other side sees at the end. */
  readonly close: 'fin' | 'rst' | 'silent' | 'unknown';
  /** Whether TCP keepalive probes count as traffic; undefined where nobody says. */
  readonly tcpKeepAliveCounts?: boolean;
  /** Read in the vendor's own documentation, or measured; otherwise a hint, and shown as one. */
  readonly verified: boolean;
  /** Where it stands; empty where only reports of users say so. */
  readonly source: string;
  /** What else one should know, in a sentence; may be empty. */
  readonly note: string;
}
