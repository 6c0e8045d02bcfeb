// What a hop is: something between a client and a server that forgets or closes connections on which nothing happens.

/** Two limits of a setting in milliseconds, both allowed. */
export type DurationRange = readonly [number, number];

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
  /** What can be set, in milliseconds; undefined where it is fixed or not known. Of `clientIdleMs`, or of `serverIdleMs` where only that can be set. */
  readonly rangeMs?: DurationRange;
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

  /** Other values of `clientIdleMs` and `serverIdleMs` that are documented, reported or usual. The rules take the one that does less harm. */
  readonly otherIdleMs?: readonly number[];
  /** A proxy whose sides share one setting: who changes the one changes the other. */
  readonly oneSetting?: true;
  /** What `clientIdleMs` is called where it is set. */
  readonly setting?: string;
  /** What `serverIdleMs` is called where it is set on its own. */
  readonly serverSetting?: string;
  /** What `responseIdleMs` is called where it is set. */
  readonly responseSetting?: string;
  /** What the vendor tells servers behind it to have. */
  readonly advisedServerIdleMs?: number;
  /** How long it waits for the next byte of an answer that is under way, or for its first one. Ends event streams, too. */
  readonly responseIdleMs?: number;
  /** The age at which it ends a connection, busy or not. */
  readonly maxAgeMs?: number;
  /** The requests after which it ends a connection. */
  readonly maxRequests?: number;
  /** Whether HTTP/2 PING frames count as traffic; undefined where nobody says. */
  readonly http2PingCounts?: boolean;
  /** How often it probes its own connections to the server with TCP keepalive. */
  readonly probesServerMs?: number;
  /** How long it goes on sending requests to a server that fails its health checks, with the checks as they are by default: interval times threshold. */
  readonly unhealthyAfterMs?: number;
  /** Where that stands. */
  readonly unhealthySource?: string;
  /** A platform that also runs the server: how long it lets a process live that it has told to stop. */
  readonly killsAfterMs?: number;
  /** Where that stands. */
  readonly killsSource?: string;
  /** Which quiet connections it sends a 408 to before it closes: those that never spoke, those that stopped within a head. */
  readonly sentTo408?: readonly ('silent' | 'partial-head')[];
  /** Described by whoever asks, not by the table. */
  readonly given?: true;
}

/** A hop of which only the idle timeout is known. */
export function describeHop(kind: Hop['kind'], idleMs: number, label: string): Hop {
  return {
    name: label,
    title: kind === 'proxy' ? `the proxy (${label})` : `the NAT (${label})`,
    kind,
    clientIdleMs: idleMs,
    serverIdleMs: idleMs,
    close: kind === 'proxy' ? 'fin' : 'silent',
    verified: true,
    source: '',
    note: '',
    given: true,
  };
}
