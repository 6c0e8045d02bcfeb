// What a check is: a question with its cost, and the code that finds the answer. One file in checks/ for each, listed in check-list.ts.
import type { LoopClock, OpenedConnection, ResolvedAddress } from '../io/index.ts';
import type { CheckId } from './check-ids.ts';
import type { ConnectionStory, Cost } from './inspection-report.ts';
import type { MeasurementName, Measurements } from './measurements.ts';
import type { ResolvedInspectOptions } from './options.ts';
import type { Http2Peer } from './peer/http2-peer.ts';
import type { Peer } from './peer/peer.ts';
import type { Reply } from './peer/reply.ts';
import type { RequestShape } from './peer/request-text.ts';
import type { StoryRecorder } from './peer/story-recorder.ts';
import type { InspectTarget } from './target.ts';

/** What a check works with: the server it asks, connections to it, and the limits that it has to keep to. */
export interface CheckRun {
  readonly target: InspectTarget;
  readonly options: ResolvedInspectOptions;
  readonly clock: LoopClock;
  /** What the checks before this one have measured. */
  readonly known: Readonly<Measurements>;
  /** A request whose answer is cheap to have often: GET of the URL, or HEAD where its body is large. */
  readonly cheapMethod: 'GET' | 'HEAD';
  /** How long the end of a connection is watched for: `maxWaitMs`, and a little more, as a timeout of just that ends just behind it. */
  readonly watchMs: number;
  /** Milliseconds since the inspection began. */
  nowMs(): number;
  /** Text of a request for the inspected URL, as far as `shape` says nothing else. */
  format(shape?: RequestShape): string;
  /** Opens a connection. `purpose` stands in the report. Throws CheckFailure where it cannot be opened. */
  open(purpose: string): Promise<Peer>;
  /**
   * The same, with how long it took. `offered`: the protocols of ALPN, over TLS. `address`: instead of the one that answered first.
   */
  openTimed(
    purpose: string,
    offered?: readonly string[],
    address?: ResolvedAddress,
    sessions?: TlsSessionUse,
  ): Promise<OpenedPeer>;
  /**
   * Opens a connection that speaks HTTP/2: by ALPN over TLS, by prior knowledge without (RFC 9113 §3.3). Undefined where the server
   * does not. Counts the one request that may be sent on it.
   */
  openHttp2(purpose: string): Promise<Http2Peer | undefined>;
  /** Opens a connection for whoever speaks another protocol on it. */
  connect(
    story: StoryRecorder,
    offered?: readonly string[],
    address?: ResolvedAddress,
    sessions?: TlsSessionUse,
  ): Promise<OpenedConnection>;
  /** Begins the record of a connection. */
  record(purpose: string, protocol: ConnectionStory['protocol']): StoryRecorder;
  /** Waits for its turn and counts one request: for those that are not sent by `exchange` or `pipeline` of a peer. */
  beforeRequest(): Promise<void>;
  /** All addresses that the name has now. */
  resolve(): Promise<readonly ResolvedAddress[]>;
  /** Of the first answer, to decide what is cheap to ask for. */
  noteFirstBody(bytes: number): void;
  /** Says what is waited for, for whoever watches. */
  tellWaiting(what: string, atMostMs: number): void;
  pause(durationMs: number): Promise<void>;
  /** How long may still be waited, at most so long. */
  boundMs(atMostMs: number): number;
  /**
   * Whether the connection is still good for a request: asks one. Undefined where it ended within `settleMs` (default 150): an end
   * takes a moment to arrive.
   */
  askAgain(peer: Peer, settleMs?: number): Promise<Reply | undefined>;
}

/** Whether a session of an earlier connection may be resumed, which is the default, or the whole handshake is made. */
export type TlsSessionUse = 'resume' | 'none';

/** A peer, and how it was opened. */
export interface OpenedPeer {
  readonly peer: Peer;
  readonly opened: OpenedConnection;
}

/** A path that no server has: what is asked for there changes nothing anywhere. */
export const ABSENT_PATH = '/perdura-check/there-is-no-such-page';

/** See the head of the file. */
export interface Check {
  readonly id: CheckId;
  /** What is asked, in plain words; also what progress shows. */
  readonly title: string;
  /** What it measures; members that it does not return stay null. */
  readonly measures: readonly MeasurementName[];
  /** `first` runs before all others and alone; `wait` runs beside everything; the others run one after the other. */
  readonly kind: 'first' | 'quick' | 'wait';
  readonly cost: (options: ResolvedInspectOptions) => Cost;
  /** How much longer than others it may take, where it asks much. Default 0. */
  readonly extraMs?: (options: ResolvedInspectOptions) => number;
  /** Why there is nothing to ask this server, or undefined where there is. */
  readonly skipReason?: (run: Pick<CheckRun, 'target' | 'known' | 'options'>) => string | undefined;
  /** Finds the answer. May throw CheckFailure where it cannot be found out. */
  readonly run: (run: CheckRun) => Promise<Partial<Measurements>>;
}

/** The check could not be made; the message says why, for the report. */
export class CheckFailure extends Error {}

/** It turned out that there is nothing to ask this server; the message says why, as `skipReason` does. */
export class NothingToAsk extends CheckFailure {}

/** Declares a check, and holds what it returns against what it says it measures. */
export function defineCheck<const Name extends MeasurementName>(
  check: Omit<Check, 'measures' | 'run'> & {
    readonly measures: readonly Name[];
    readonly run: (run: CheckRun) => Promise<Partial<Pick<Measurements, Name>>>;
  },
): Check {
  return check;
}
