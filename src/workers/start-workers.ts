// Carries out what the machine decides: starts processes, passes on messages, keeps the timer, and tells the owner.
import { MisuseError, WorkersError } from '../errors.ts';
import type { ClockTimer } from '../io/index.ts';
import { checkNames, checkNumber } from '../option-checks.ts';
import { clusterSpawner, isClusterWorker } from './cluster.ts';
import { ConnectionSurvey } from './connection-survey.ts';
import type { ReloadReport, StopReport, WorkerConnections, WorkerInfo } from './event.ts';
import { initialFleet, workersIn } from './fleet-state.ts';
import type { FleetState, WorkerRecord } from './fleet-state.ts';
import { applyAction, applyEvent } from './machine.ts';
import type { FleetChange, FleetEvent, FleetNotice } from './machine.ts';
import { encodeMessage, readWorkerMessage } from './message.ts';
import type { WorkerMessage } from './message.ts';
import { resolveWorkersOptions } from './options.ts';
import type { ResolvedWorkersOptions, WorkersOptions } from './options.ts';
import { planFleet } from './plan.ts';
import type { FleetAction } from './plan.ts';
import { PortKeeper } from './port-keeper.ts';
import { StopTally } from './stop-tally.ts';
import type { SpawnWorker, WorkerProcess } from './worker-process.ts';
import type { StopOptions, Workers } from './workers.ts';

/**
 * Starts workers that serve the same port, and looks after them until they are stopped. Wait for `ready` before saying that it serves.
 *
 * @throws OptionError for options that make no sense, MisuseError in a process that is a worker itself.
 */
export function startWorkers(options: WorkersOptions): Workers {
  if (isClusterWorker())
    throw new MisuseError('startWorkers() was called in a worker; only the primary process has workers.');
  const resolved = resolveWorkersOptions(options);
  return superviseWorkers(resolved, clusterSpawner(resolved.program, resolved.args));
}

/** As Node.js wants them: name, key and key of the checksum (RFC 5077 §4). */
const TICKET_KEY_BYTES = 48;

/** As {@link startWorkers}, with any processes. */
export function superviseWorkers(options: ResolvedWorkersOptions, spawn: SpawnWorker): Workers {
  return new RunningWorkers(options, spawn);
}

class RunningWorkers implements Workers {
  readonly ready: Promise<void>;
  readonly ended: Promise<StopReport>;
  readonly #options: ResolvedWorkersOptions;
  readonly #spawn: SpawnWorker;
  readonly #processes = new Map<number, WorkerProcess>();
  readonly #surveys = new Map<number, ConnectionSurvey>();
  readonly #portKeeper = new PortKeeper();
  readonly #tally = new StopTally();
  readonly #ticketKeys = Buffer.from(crypto.getRandomValues(new Uint8Array(TICKET_KEY_BYTES))).toString('hex');
  #state: FleetState;
  #url: string | undefined;
  #questions = 0;
  #timer: ClockTimer | undefined;
  #stepping = false;
  #stoppedAtMs = 0;
  #reload:
    | { readonly startedAtMs: number; readonly report: Promise<ReloadReport>; resolve(report: ReloadReport): void }
    | undefined;
  #becomeReady: (error?: Error) => void = () => {};
  #end: (report: StopReport) => void = () => {};

  constructor(options: ResolvedWorkersOptions, spawn: SpawnWorker) {
    this.#options = options;
    this.#spawn = spawn;
    this.#state = initialFleet(options.rules);
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Whoever does not wait for it hears of a failure by the events.
    this.ready.catch(() => {});
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#step();
  }

  get port(): number | undefined {
    return this.#portKeeper.port;
  }

  get url(): string | undefined {
    return this.#url;
  }

  list(): WorkerInfo[] {
    return this.#state.workers.map(({ number, generation, phase }) => {
      return { worker: number, pid: this.#pidOf(number), generation, phase };
    });
  }

  connections(): Promise<WorkerConnections> {
    const asked = this.#state.workers.filter(({ phase }) => phase === 'ready' || phase === 'draining');
    const survey = new ConnectionSurvey(
      asked.map(({ number }) => number),
      this.#options.clock,
      this.#options.answerTimeoutMs,
    );
    this.#questions += 1;
    const question = this.#questions;
    this.#surveys.set(question, survey);
    for (const { number } of asked) this.#processes.get(number)?.send(encodeMessage({ type: 'connections', question }));
    return survey.answer.finally(() => this.#surveys.delete(question));
  }

  reload(): Promise<ReloadReport> {
    if (this.#state.stop !== undefined) {
      return Promise.resolve({ reloaded: false, durationMs: 0, reason: 'the workers are being stopped' });
    }
    if (this.#reload === undefined) {
      let resolve: (report: ReloadReport) => void = () => {};
      const report = new Promise<ReloadReport>((fulfil) => {
        resolve = fulfil;
      });
      this.#reload = { startedAtMs: this.#options.clock.nowMs(), report, resolve };
    }
    const { report } = this.#reload;
    this.#take({ type: 'reload' });
    return report;
  }

  hangUp(): void {
    for (const { number } of this.#state.workers) this.#processes.get(number)?.send(encodeMessage({ type: 'hangUp' }));
  }

  stop(options: StopOptions = {}): Promise<StopReport> {
    checkNames('', options, ['drainMs', 'idleGraceMs']);
    const { drainMs = this.#options.rules.drainMs, idleGraceMs } = options;
    checkNumber('drainMs', drainMs, 0);
    if (idleGraceMs !== undefined) checkNumber('idleGraceMs', idleGraceMs, 0);
    this.#beginStop();
    this.#take({ type: 'stop', order: { drainMs, idleGraceMs } });
    return this.ended;
  }

  destroy(): void {
    this.#beginStop();
    this.#take({ type: 'endAtOnce' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #beginStop(): void {
    if (this.#state.stop === undefined) this.#stoppedAtMs = this.#options.clock.nowMs();
    this.#becomeReady(new MisuseError('the workers were stopped before they were ready'));
    this.#endReload({ reloaded: false, reason: 'the workers are being stopped' });
  }

  #pidOf(number: number): number {
    return this.#processes.get(number)?.pid ?? 0;
  }

  #record(number: number): WorkerRecord | undefined {
    return this.#state.workers.find((worker) => worker.number === number);
  }

  #take(event: FleetEvent): void {
    this.#change(applyEvent(this.#state, event, this.#options.clock.nowMs(), this.#options.random()));
    this.#step();
  }

  #change({ state, notices }: FleetChange): void {
    this.#state = state;
    for (const notice of notices) this.#tell(notice);
  }

  /** Plans and acts until there is nothing to do, then sleeps until there may be. */
  #step(): void {
    // An action may bring its event about at once, where a process cannot be started, say: the loop below sees what it changed.
    if (this.#stepping) return;
    this.#stepping = true;
    const { clock, random } = this.#options;
    let plan = planFleet(this.#state, clock.nowMs());
    for (; plan.actions.length > 0; plan = planFleet(this.#state, clock.nowMs())) {
      for (const action of plan.actions) {
        this.#change(applyAction(this.#state, action, clock.nowMs(), random()));
        this.#act(action);
      }
    }
    this.#stepping = false;
    this.#timer?.stop();
    this.#timer =
      plan.wakeAtMs === Infinity
        ? undefined
        : clock.startTimer(plan.wakeAtMs - clock.nowMs(), () => this.#step(), true);
    const isComplete = workersIn(this.#state, 'ready').length >= this.#options.rules.size;
    if (isComplete) this.#becomeReady();
  }

  #act(action: FleetAction): void {
    switch (action.type) {
      case 'start':
        this.#start(action.number, action.because);
        break;
      case 'drain': {
        const { stop, rules } = this.#state;
        const isReplaced = action.because === 'replaced';
        const options = {
          drainMs: stop?.drainMs ?? rules.drainMs,
          stopListeningFirst: isReplaced,
          // Nobody has to notice: the service stays.
          ...(isReplaced ? { lameDuckMs: 0 } : {}),
          ...(stop?.idleGraceMs === undefined ? {} : { idleGraceMs: stop.idleGraceMs }),
        };
        this.#portKeeper.drop(action.number);
        this.#processes.get(action.number)?.send(encodeMessage({ type: 'drain', options }));
        this.#options.onEvent({ ...this.#name(action.number), type: 'draining', because: action.because });
        break;
      }
      case 'kill':
        this.#processes.get(action.number)?.kill();
        this.#options.onEvent({ ...this.#name(action.number), type: 'killed', because: action.because });
        break;
      default:
        this.#end(this.#tally.report(this.#options.clock.nowMs() - this.#stoppedAtMs));
    }
  }

  #name(number: number): { worker: number; pid: number } {
    return { worker: number, pid: this.#pidOf(number) };
  }

  #start(number: number, because: 'missing' | 'reload'): void {
    const { shared } = this.#options;
    const seed = { number, port: this.#portKeeper.portForNext(), ticketKeys: this.#ticketKeys, shared };
    const spawned = this.#spawn(seed, {
      onListening: () => this.#take({ type: 'listening', number }),
      onMessage: (value) => this.#onMessage(number, readWorkerMessage(value)),
      onExit: (how) => this.#onExit(number, how),
    });
    this.#processes.set(number, spawned);
    this.#options.onEvent({ type: 'started', worker: number, pid: spawned.pid, because });
  }

  #onMessage(number: number, message: WorkerMessage | undefined): void {
    switch (message?.type) {
      case 'ready':
        this.#onReady(number, message.port, message.url);
        break;
      case 'failed': {
        const { message: text, exitCode } = message;
        this.#take({ type: 'failed', number, failure: { message: text, exitCode } });
        break;
      }
      case 'retire':
        this.#options.onEvent({ ...this.#name(number), type: 'retiring' });
        this.#take({ type: 'retire', number });
        break;
      case 'connections':
        this.#surveys.get(message.question)?.take(number, message.connections);
        break;
      case 'drained':
        this.#tally.take(number, message.report);
        break;
      default:
    }
  }

  #onReady(number: number, port: number, url: string): void {
    const record = this.#record(number);
    if (record?.phase !== 'starting') return;
    if (!this.#portKeeper.take(number, port)) {
      const text = `it listens on port ${port}, the others on ${this.#portKeeper.port}; a reload cannot change the port`;
      this.#onMessage(number, { type: 'failed', message: text, exitCode: 1 });
      this.#processes.get(number)?.kill();
      return;
    }
    this.#url ??= url;
    const startMs = this.#options.clock.nowMs() - record.startedAtMs;
    this.#options.onEvent({ ...this.#name(number), type: 'ready', startMs });
    this.#take({ type: 'ready', number });
  }

  #onExit(number: number, how: string): void {
    const record = this.#record(number);
    if (record === undefined) return;
    const expected = record.phase === 'draining' || record.phase === 'killed';
    if (this.#state.stop === undefined) this.#tally.forget(number);
    else if (record.listening) this.#tally.add(number);
    this.#portKeeper.drop(number);
    this.#options.onEvent({
      ...this.#name(number),
      type: 'ended',
      phase: record.phase,
      expected,
      how,
      message: record.failure?.message,
    });
    this.#processes.delete(number);
    for (const survey of this.#surveys.values()) survey.forget(number);
    this.#take({ type: 'exited', number, how: `it ended ${how} before it was ready` });
  }

  #tell(notice: FleetNotice): void {
    const { onEvent, clock } = this.#options;
    switch (notice.type) {
      case 'reloaded':
        onEvent({ type: 'reloaded', durationMs: clock.nowMs() - (this.#reload?.startedAtMs ?? clock.nowMs()) });
        this.#endReload({ reloaded: true });
        break;
      case 'reloadFailed':
        onEvent({ type: 'reloadFailed', worker: notice.number, reason: notice.reason });
        this.#endReload({ reloaded: false, reason: notice.reason });
        break;
      case 'restartDelayed':
        onEvent({ type: 'restartDelayed', worker: notice.number, delayMs: notice.delayMs, failures: notice.failures });
        break;
      case 'gaveUp': {
        const { message, exitCode } = notice.failure;
        this.#stoppedAtMs = clock.nowMs();
        onEvent({ type: 'gaveUp', message, exitCode });
        this.#becomeReady(new WorkersError(message, exitCode));
        this.#endReload({ reloaded: false, reason: message });
      }
    }
  }

  #endReload(report: { readonly reloaded: true } | { readonly reloaded: false; readonly reason: string }): void {
    const reload = this.#reload;
    if (reload === undefined) return;
    this.#reload = undefined;
    reload.resolve({ ...report, durationMs: this.#options.clock.nowMs() - reload.startedAtMs });
  }
}
