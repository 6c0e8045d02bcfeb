// One check under way: its connections, and what is left of its time and of its budget.
import { formatRequest } from './peer/request-text.ts';
import type { RequestShape } from './peer/request-text.ts';
import { HTTP2_OFFER } from './http2/offer.ts';
import { CheckFailure } from './check.ts';
import type { Check, CheckRun, OpenedPeer, TlsSessionUse } from './check.ts';
import { formatDuration } from './format-duration.ts';
import { pauseFor } from './peer/give-up.ts';
import { Http2Peer } from './peer/http2-peer.ts';
import type { Cost } from './inspection-report.ts';
import type { Measurements } from './measurements.ts';
import type { ResolvedInspectOptions } from './options.ts';
import { Peer } from './peer/peer.ts';
import type { PeerOwner } from './peer/peer.ts';
import type { Reply } from './peer/reply.ts';
import type { StoryRecorder, StoryStart } from './peer/story-recorder.ts';
import type { InspectTarget } from './target.ts';
import type { LoopClock, OpenedConnection, ResolvedAddress } from '../io/index.ts';

/** A check that asks for longer than this, beside its wait, has met a server that does not answer as others do. */
const LEAST_LIMIT_MS = 20_000;

/** It may be so often that nothing comes before a check is given up. */
const TIMEOUTS_ALLOWED = 3;

/** A server that speaks HTTP/2 says so at once (RFC 9113 §3.4). */
const HTTP2_PATIENCE_MS = 5_000;

/** Servers with a timeout of 75 s, the default of nginx, were seen to close after 75.06 s. */
const WATCH_FACTOR = 1.01;

/** What a check needs of the inspection that it is a part of. */
export interface CheckHost {
  readonly target: InspectTarget;
  readonly options: ResolvedInspectOptions;
  readonly measured: Readonly<Measurements>;
  readonly cheapMethod: 'GET' | 'HEAD';
  nowMs(): number;
  /** Opens a connection to the address that answered first, or to `address`. */
  connect(
    offered: readonly string[] | undefined,
    address?: ResolvedAddress,
    sessions?: TlsSessionUse,
  ): Promise<OpenedConnection>;
  resolve(): Promise<readonly ResolvedAddress[]>;
  record(start: Omit<StoryStart, 'id'>): StoryRecorder;
  /** Waits for its turn and counts one request. */
  spendRequest(): Promise<void>;
  countBytes(count: number): void;
  noteFirstBody(bytes: number): void;
}

/** See the head of the file. */
export class RunningCheck implements CheckRun, PeerOwner {
  readonly target: InspectTarget;
  readonly options: ResolvedInspectOptions;
  readonly clock: LoopClock;
  readonly signal: AbortSignal | undefined;
  readonly connectionIds: number[] = [];
  readonly #host: CheckHost;
  readonly #check: Check;
  readonly #peers: (Peer | Http2Peer)[] = [];
  readonly #limitMs: number;
  readonly #deadlineMs: number;
  #budget: Cost;

  constructor(host: CheckHost, check: Check) {
    const { options } = host;
    this.#host = host;
    this.#check = check;
    this.target = host.target;
    this.options = options;
    this.clock = options.clock;
    this.signal = options.signal;
    const askingMs = Math.max(LEAST_LIMIT_MS, TIMEOUTS_ALLOWED * options.responseTimeoutMs);
    const extraMs = check.kind === 'wait' ? options.maxWaitMs : (check.extraMs?.(options) ?? 0);
    this.#limitMs = askingMs + extraMs;
    this.#budget = check.cost(options);
    this.#deadlineMs = this.nowMs() + this.#limitMs;
  }

  /** What the checks before this one have measured. */
  get known(): Readonly<Measurements> {
    return this.#host.measured;
  }

  get responseTimeoutMs(): number {
    return this.options.responseTimeoutMs;
  }

  /**
   * A request whose answer is cheap to have often: GET of the URL, or HEAD where its body is large.
   */
  get cheapMethod(): 'GET' | 'HEAD' {
    return this.#host.cheapMethod;
  }

  get watchMs(): number {
    return this.options.maxWaitMs * WATCH_FACTOR;
  }

  nowMs(): number {
    return this.#host.nowMs();
  }

  boundMs(atMostMs: number): number {
    return Math.max(0, Math.min(atMostMs, this.#deadlineMs - this.nowMs()));
  }

  /** What is waited for behind the deadline seems not to come, whatever the server does: nothing is concluded from that. */
  assertInTime(): void {
    if (this.nowMs() < this.#deadlineMs) return;
    throw new CheckFailure(`it was given up after ${formatDuration(this.#limitMs)}: answers were too slow`);
  }

  async beforeRequest(): Promise<void> {
    this.assertInTime();
    const { connections, requests } = this.#budget;
    if (requests === 0) throw new CheckFailure('it asked for more requests than it had announced');
    this.#budget = { connections, requests: requests - 1 };
    await this.#host.spendRequest();
  }

  onBytesReceived(count: number): void {
    this.#host.countBytes(count);
  }

  /** Text of a request for the inspected URL, as far as `shape` says nothing else. */
  format(shape: RequestShape = {}): string {
    return formatRequest(this.target, this.options.headers, shape);
  }

  /** Opens a connection. `purpose` stands in the report. Throws CheckFailure where it cannot be opened. */
  async open(purpose: string): Promise<Peer> {
    return (await this.openTimed(purpose)).peer;
  }

  /** The same, with how long it took. `offered`: the protocols of ALPN, over TLS. `address`: instead of the one that answered first. */
  async openTimed(
    purpose: string,
    offered?: readonly string[],
    address?: ResolvedAddress,
    sessions?: TlsSessionUse,
  ): Promise<OpenedPeer> {
    const story = this.record(purpose, 'http/1.1');
    const opened = await this.connect(story, offered, address, sessions);
    const peer = new Peer(this, opened.transport, story);
    this.#peers.push(peer);
    return { peer, opened };
  }

  /** Opens a connection that speaks HTTP/2; undefined where the server does not. */
  async openHttp2(purpose: string): Promise<Http2Peer | undefined> {
    const story = this.record(purpose, 'h2');
    const { transport, tls } = await this.connect(story, HTTP2_OFFER);
    const peer = new Http2Peer(this, transport, story);
    this.#peers.push(peer);
    if (tls === undefined || tls.alpn === 'h2') {
      // Who does not speak HTTP/2 takes the preface for a request.
      await this.beforeRequest();
      if (await peer.begin(Math.min(HTTP2_PATIENCE_MS, this.responseTimeoutMs))) return peer;
    }
    story.speaks('http/1.1');
    peer.close();
    return undefined;
  }

  /** Opens a connection for whoever speaks another protocol on it, or to another address. */
  async connect(
    story: StoryRecorder,
    offered?: readonly string[],
    address?: ResolvedAddress,
    sessions?: TlsSessionUse,
  ): Promise<OpenedConnection> {
    this.assertInTime();
    const { connections, requests } = this.#budget;
    if (connections === 0) throw new CheckFailure('it asked for more connections than it had announced');
    this.#budget = { connections: connections - 1, requests };
    try {
      const opened = await this.#host.connect(offered, address, sessions);
      story.opened(this.nowMs(), opened.transport.remote, describeTls(opened));
      return opened;
    } catch (error) {
      story.add({ atMs: this.nowMs(), kind: 'note', text: (error as Error).message });
      story.ended(this.nowMs(), 'failed');
      throw new CheckFailure((error as Error).message, { cause: error });
    }
  }

  /** All addresses of the name. */
  async resolve(): Promise<readonly ResolvedAddress[]> {
    return this.#host.resolve();
  }

  /** Of the first answer, to decide what is cheap to ask for. */
  noteFirstBody(bytes: number): void {
    this.#host.noteFirstBody(bytes);
  }

  /** Begins the record of a connection. */
  record(purpose: string, protocol: 'http/1.1' | 'h2'): StoryRecorder {
    const story = this.#host.record({ check: this.#check.id, purpose, protocol, startedMs: this.nowMs() });
    this.connectionIds.push(story.id);
    return story;
  }

  /** Says what is waited for, for whoever watches. */
  tellWaiting(what: string, atMostMs: number): void {
    this.options.onProgress?.({ kind: 'waiting', check: this.#check.id, what, atMs: this.nowMs(), atMostMs });
  }

  /** Waits. */
  async pause(durationMs: number): Promise<void> {
    await pauseFor(this, this.boundMs(durationMs));
  }

  /**
   * Whether the connection is still good for a request: asks one. Where it ends instead, or nothing comes, there is no answer.
   * What ends a connection takes a moment: the end is waited for `settleMs` before.
   */
  async askAgain(peer: Peer, settleMs = 150): Promise<Reply | undefined> {
    const ending = await peer.ending(settleMs);
    if (ending.how !== 'none') return undefined;
    return peer.exchange(this.format({ method: this.cheapMethod }), this.cheapMethod);
  }

  /** Ends what the check left open. */
  closeAll(): void {
    for (const peer of this.#peers) peer.close();
  }
}

function describeTls({
  tls,
}: OpenedConnection): { protocol: string; resumed: boolean; handshakeMs: number; alpn: string } | undefined {
  if (tls === undefined) return undefined;
  return { protocol: tls.protocol, resumed: tls.resumed, handshakeMs: tls.handshakeMs, alpn: tls.alpn ?? '' };
}
