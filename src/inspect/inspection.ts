// One inspection under way: which checks run, when, within what budget, and what they have found so far.
import { Connector, systemLookup } from '../io/index.ts';
import type { Lookup, OpenedConnection, ResolvedAddress } from '../io/index.ts';
import { CheckFailure, NothingToAsk } from './check.ts';
import type { Check, TlsSessionUse } from './check.ts';
import { giveUpAfter, pauseFor } from './peer/give-up.ts';
import { RunningCheck } from './running-check.ts';
import type { CheckHost } from './running-check.ts';
import type { CheckOutcome, ConnectionStory, InspectionReport } from './inspection-report.ts';
import { secretValues } from './peer/message-formatter.ts';
import { NOTHING_MEASURED } from './measurements.ts';
import type { Measurements } from './measurements.ts';
import type { ResolvedInspectOptions } from './options.ts';
import { StoryRecorder } from './peer/story-recorder.ts';
import type { StoryStart } from './peer/story-recorder.ts';
import { roundMs } from './round-ms.ts';
import type { InspectTarget } from './target.ts';

/** Beside the longest wait, all quick checks together may take so long; those that have not begun by then are skipped. */
const QUICK_CHECKS_MS = 60_000;

/** With `gentle`: between two requests, and between two connections. */
const GENTLE_PAUSE_MS = 200;

/** Answers with a larger body are asked for by HEAD where only their heads count. */
const CHEAP_BODY_BYTES = 32_768;

const ABORTED = 'aborted';

/** Nobody is there any more; a refusal of TLS or of a protocol is none of these. */
const NOBODY_THERE: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);

/** See the head of the file. */
export class Inspection implements CheckHost {
  readonly target: InspectTarget;
  readonly options: ResolvedInspectOptions;
  readonly #startedMs: number;
  readonly #checks: readonly Check[];
  /** Fires with the signal of the caller, or when something goes wrong that no check can tell of. */
  readonly #stop = new AbortController();
  /** One for each set of offered protocols, as it remembers TLS sessions. */
  readonly #connectors = new Map<string, Connector>();
  /** The address that answered first: another one may be another server. */
  #pinned: readonly ResolvedAddress[] | undefined;
  readonly #outerSignal: AbortSignal | undefined;
  readonly #secrets: readonly string[];
  readonly #stories: StoryRecorder[] = [];
  readonly #outcomes: CheckOutcome[] = [];
  #measured: Measurements = { ...NOTHING_MEASURED };
  #address = '';
  #connections = 0;
  #requests = 0;
  #bytesReceived = 0;
  #firstBodyBytes = 0;
  /** With `gentle`: when the next request or connection may go out. */
  #nextTurnMs = -Infinity;
  /** When the last connection was opened to the server. */
  #reachedMs = 0;
  #lostMs: number | undefined;

  constructor(target: InspectTarget, options: ResolvedInspectOptions, checks: readonly Check[]) {
    this.target = target;
    this.options = { ...options, signal: this.#stop.signal };
    this.#outerSignal = options.signal;
    this.#secrets = secretValues(options.headers);
    this.#startedMs = options.clock.nowMs();
    this.#checks = checks.filter(({ id }) => isAskedFor(id, options));
  }

  get measured(): Readonly<Measurements> {
    return this.#measured;
  }

  get cheapMethod(): 'GET' | 'HEAD' {
    return this.#firstBodyBytes > CHEAP_BODY_BYTES && this.#measured.headFraming !== false ? 'HEAD' : 'GET';
  }

  get address(): string {
    return this.#address;
  }

  /** In the order of the list of checks. */
  get outcomes(): readonly CheckOutcome[] {
    const order = this.#checks.map(({ id }) => id);
    return this.#outcomes.toSorted((left, right) => order.indexOf(left.id) - order.indexOf(right.id));
  }

  get cost(): InspectionReport['cost'] {
    return { connections: this.#connections, requests: this.#requests, bytesReceived: this.#bytesReceived };
  }

  /** Since when the server could not be reached any more; undefined where it could, to the last. */
  get lostMs(): number | undefined {
    return this.#lostMs;
  }

  nowMs(): number {
    return roundMs(this.options.clock.nowMs() - this.#startedMs);
  }

  stories(): ConnectionStory[] {
    return this.#stories.map((story) => story.tell(this.nowMs()));
  }

  /** Runs everything. Rejects where the server cannot be reached at all, and with what `onProgress` throws; nothing is open any more then. */
  async run(): Promise<void> {
    const stop = (): void => this.#stop.abort();
    this.#outerSignal?.addEventListener('abort', stop, { once: true });
    if (this.#outerSignal?.aborted === true) stop();
    try {
      this.#plan();
      await this.#runChecks();
    } finally {
      this.#outerSignal?.removeEventListener('abort', stop);
    }
  }

  async #runChecks(): Promise<void> {
    const first = this.#checks.filter(({ kind }) => kind === 'first');
    for (const check of first) await this.#runCheck(check);
    if (this.#measured.status === null && !this.#stop.signal.aborted) {
      this.#skipRest('the first request was not answered');
      return;
    }
    // A server that serves one connection at a time would answer nothing while another is watched.
    const waits = this.#checks.filter(({ kind }) => kind === 'wait');
    const isConcurrent = this.#measured.concurrentConnections !== false;
    const quick = this.#checks.filter(({ kind }) => kind === 'quick');
    const waiting = isConcurrent ? waits.map(async (check) => this.#runCheck(check)) : [];
    // One that fails ends the others; only when all have ended, nothing is open any more.
    const settled = await Promise.allSettled([this.#runInTurn(quick), ...waiting]);
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
    if (!isConcurrent) await this.#runInTurn(waits);
    if (this.#lostMs !== undefined) this.#forgetDoubtful();
  }

  async #runInTurn(checks: readonly Check[]): Promise<void> {
    for (const check of checks) await this.#runCheck(check);
  }

  record(start: Omit<StoryStart, 'id'>): StoryRecorder {
    const story = new StoryRecorder({ ...start, id: this.#stories.length + 1 }, this.#secrets);
    this.#stories.push(story);
    return story;
  }

  /** Opens a connection to the address that answered first, or to `address`. */
  async connect(
    offered: readonly string[] | undefined,
    address?: ResolvedAddress,
    sessions: TlsSessionUse = 'resume',
  ): Promise<OpenedConnection> {
    await this.#pace();
    this.#connections += 1;
    const lookup = address === undefined ? this.#lookup : async () => [address];
    // A new one remembers nothing.
    const isShared = address === undefined && sessions === 'resume';
    const connector = isShared ? this.#connectorFor(offered) : this.#newConnector(offered, lookup);
    const opened = await this.#open(connector).catch((error: unknown) => {
      if (address === undefined && this.#address !== '' && isNobodyThere(error)) this.#lostMs ??= this.nowMs();
      throw error;
    });
    if (address === undefined) {
      this.#lostMs = undefined;
      this.#reachedMs = this.nowMs();
    }
    if (this.#address === '') {
      this.#address = opened.transport.remote;
      this.#pinned = [{ address: opened.address, family: opened.address.includes(':') ? 6 : 4 }];
    }
    return opened;
  }

  /** All addresses that the name has now. */
  async resolve(): Promise<readonly ResolvedAddress[]> {
    const { host } = this.target;
    const { connectTimeoutMs } = this.options;
    const resolving = this.#newConnector(undefined, this.#lookUpAnew).resolve(host);
    const addresses = await new Promise<readonly string[]>((resolve, reject) => {
      const patience = { ...this.options, boundMs: (atMostMs: number) => atMostMs };
      const stop = giveUpAfter(patience, connectTimeoutMs, () =>
        reject(new CheckFailure(this.#stop.signal.aborted ? ABORTED : `the look-up of ${host} takes too long`)),
      );
      resolving.then(resolve, reject).finally(stop);
    });
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }

  /** Waits for its turn and counts one request. */
  async spendRequest(): Promise<void> {
    await this.#pace();
    this.#requests += 1;
  }

  countBytes(count: number): void {
    this.#bytesReceived += count;
  }

  /** Of the first answer, to decide what is cheap to ask for. */
  noteFirstBody(bytes: number): void {
    this.#firstBodyBytes = bytes;
  }

  #plan(): void {
    const { options } = this;
    const costs = this.#checks.map(({ cost }) => cost(options));
    const waits = this.#checks.some(({ kind }) => kind === 'wait');
    options.onProgress?.({
      kind: 'planned',
      checks: this.#checks.map(({ id }) => id),
      cost: {
        connections: costs.reduce((sum, { connections }) => sum + connections, 0),
        requests: costs.reduce((sum, { requests }) => sum + requests, 0),
      },
      longestWaitMs: waits ? options.maxWaitMs : 0,
    });
  }

  async #runCheck(check: Check): Promise<void> {
    try {
      await this.#runOrSkip(check);
    } catch (error) {
      this.#stop.abort();
      throw error;
    }
  }

  async #runOrSkip(check: Check): Promise<void> {
    const run = new RunningCheck(this, check);
    const startedMs = this.nowMs();
    const { signal } = this.options;
    const cut = this.#cutReason(check);
    const reason = cut ?? check.skipReason?.(run);
    if (reason !== undefined) {
      const outcome = cut === undefined ? 'skipped' : 'cutShort';
      this.#finish(check, { outcome, reason, startedMs, connections: [] }, {});
      return;
    }
    this.options.onProgress?.({ kind: 'started', check: check.id, title: check.title, atMs: startedMs });
    try {
      const measured = await check.run(run);
      // What was cut short has seen less than it should.
      if (signal?.aborted === true) throw new CheckFailure(ABORTED);
      run.assertInTime();
      this.#finish(check, { outcome: 'measured', reason: '', startedMs, connections: run.connectionIds }, measured);
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error;
      // Nobody there: that is no finding, but the end.
      if (check.kind === 'first' && this.#address === '' && error.message !== ABORTED && error.cause instanceof Error)
        throw error.cause;
      const outcome = error.message === ABORTED ? 'cutShort' : error instanceof NothingToAsk ? 'skipped' : 'failed';
      this.#finish(check, { outcome, reason: error.message, startedMs, connections: run.connectionIds }, {});
    } finally {
      run.closeAll();
    }
  }

  #cutReason(check: Check): string | undefined {
    const { signal, maxWaitMs } = this.options;
    if (signal?.aborted === true) return ABORTED;
    if (check.kind === 'quick' && this.nowMs() > maxWaitMs + QUICK_CHECKS_MS) {
      return 'out of time: the checks before it took too long';
    }
    return undefined;
  }

  #finish(
    { id, title }: Check,
    result: Pick<CheckOutcome, 'outcome' | 'reason' | 'startedMs' | 'connections'>,
    measured: Partial<Measurements>,
  ): void {
    const outcome: CheckOutcome = { id, title, ...result, durationMs: roundMs(this.nowMs() - result.startedMs) };
    this.#outcomes.push(outcome);
    this.#measured = { ...this.#measured, ...measured };
    this.options.onProgress?.({ kind: 'finished', outcome, measured, atMs: this.nowMs() });
  }

  /** A server that is stopped ends all its connections: what was seen of them since it was last reached is no habit of it. */
  #forgetDoubtful(): void {
    const nothing: Readonly<Record<string, unknown>> = NOTHING_MEASURED;
    for (const [index, outcome] of this.#outcomes.entries()) {
      const check = this.#checks.find(({ id }) => id === outcome.id)!;
      const isSure = outcome.startedMs + outcome.durationMs < this.#reachedMs;
      if (outcome.outcome !== 'measured' || check.kind === 'first' || isSure) continue;
      this.#outcomes[index] = { ...outcome, outcome: 'cutShort', reason: 'the server could not be reached any more' };
      const forgotten = Object.fromEntries(check.measures.map((name) => [name, nothing[name]]));
      this.#measured = { ...this.#measured, ...forgotten };
    }
  }

  #skipRest(reason: string): void {
    const done = new Set(this.#outcomes.map(({ id }) => id));
    for (const check of this.#checks) {
      if (done.has(check.id)) continue;
      this.#finish(check, { outcome: 'skipped', reason, startedMs: this.nowMs(), connections: [] }, {});
    }
  }

  #connectorFor(offered: readonly string[] | undefined): Connector {
    const key = offered?.join(' ') ?? '';
    const known = this.#connectors.get(key);
    if (known !== undefined) return known;
    const connector = this.#newConnector(offered, this.#lookup);
    this.#connectors.set(key, connector);
    return connector;
  }

  #newConnector(offered: readonly string[] | undefined, lookup: Lookup): Connector {
    const { clock, connectTimeoutMs, tls } = this.options;
    const alpn = offered === undefined ? undefined : { ALPNProtocols: [...offered] };
    const tlsOptions = tls === undefined && alpn === undefined ? undefined : { ...tls, ...alpn };
    return new Connector({ clock, connectTimeoutMs, tls: tlsOptions, lookup, watchTlsClose: true });
  }

  /** Given up, an opening is not waited for: the deadline of a connection is far off for somebody who has had enough. */
  async #open(connector: Connector): Promise<OpenedConnection> {
    const { signal } = this.options;
    return new Promise((resolve, reject) => {
      const opening = connector.open(this.target.connect, {
        onOpened(opened) {
          signal?.removeEventListener('abort', giveUp);
          resolve(opened);
        },
        onOpenFailed(error) {
          signal?.removeEventListener('abort', giveUp);
          reject(error);
        },
      });
      const giveUp = (): void => {
        opening.abort();
        reject(new CheckFailure(ABORTED));
      };
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  readonly #lookUpAnew: Lookup = async (host) => (this.options.lookup ?? systemLookup)(host);
  readonly #lookup: Lookup = async (host) => this.#pinned ?? this.#lookUpAnew(host);

  /** With `gentle`, checks that run side by side take turns, too. */
  async #pace(): Promise<void> {
    const { gentle, clock } = this.options;
    if (gentle) {
      const nowMs = clock.nowMs();
      const turnMs = Math.max(nowMs, this.#nextTurnMs);
      this.#nextTurnMs = turnMs + GENTLE_PAUSE_MS;
      if (turnMs > nowMs) await pauseFor(this.options, turnMs - nowMs);
    }
    if (this.#stop.signal.aborted) throw new CheckFailure(ABORTED);
  }
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof Error && NOBODY_THERE.has((error.cause as { code?: unknown } | undefined)?.code);
}

function isAskedFor(id: Check['id'], { only, skip }: ResolvedInspectOptions): boolean {
  // Without it nothing is known of the server.
  if (id === 'first-answer') return true;
  return (only === undefined || only.includes(id)) && !skip.includes(id);
}
