// A run of `perdura watch` on a clock, probes and a terminal that the test moves.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WatchPlan } from '#src/cli/watch/plan.js';
import { runWatch } from '#src/cli/watch/run.js';
import type { Acknowledgement, Probe, ProbeSink } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';
import { FakeTerminal } from '../fake-terminal.ts';
import { Screen } from './screen.ts';

/** A target that answers as it is told to: by itself, or not at all. */
export class FakeTarget implements Probe {
  readonly target: string;
  /** What the next signals are answered with; an error is a refusal, undefined silence. */
  answer: Acknowledgement | Error | undefined;
  signals = 0;
  closes = 0;
  sink: ProbeSink | undefined;

  constructor(target: string, answer: Acknowledgement | Error | undefined = { rttMs: 0.5 }) {
    this.target = target;
    this.answer = answer;
  }

  attach(sink: ProbeSink): void {
    this.sink = sink;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    this.signals += 1;
    const { answer } = this;
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer !== undefined) return Promise.resolve(answer);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  close(): void {
    this.closes += 1;
  }
}

export const REFUSED = new Error('refused');

/** The plan of a command line without options. */
export function planOf(probes: readonly Probe[], changes: Partial<WatchPlan> = {}): WatchPlan {
  return {
    probes,
    heartbeat: { intervalMs: 10_000, timeoutMs: 1_000, tolerance: 2, jitter: 0, adaptive: false },
    rhythm: 'every 10 s',
    rampMs: 10_000,
    concurrency: 256,
    count: Infinity,
    forMs: Infinity,
    format: 'text',
    isVerbose: false,
    commands: [],
    webhooks: [],
    bell: false,
    metrics: undefined,
    notes: [],
    ...changes,
  };
}

/** See the head of the file. */
export class DrivenWatch {
  readonly clock: ManualClock;
  readonly terminal: FakeTerminal;
  readonly screen = new Screen(100, 24);
  readonly exitCode: Promise<number>;
  #shownBytes = 0;
  #hasEnded = false;

  constructor(
    plan: WatchPlan,
    options: ConstructorParameters<typeof FakeTerminal>[0] = {},
    clock: ManualClock = new ManualClock(),
  ) {
    this.clock = clock;
    this.terminal = new FakeTerminal(options);
    this.resize(100, 24);
    this.exitCode = runWatch(plan, this.terminal, this.clock).finally(() => {
      this.#hasEnded = true;
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get stdout(): string {
    return this.terminal.stdout.text;
  }

  /** What the screen shows now. */
  frame(): string[] {
    this.screen.write(this.stdout.slice(this.#shownBytes));
    this.#shownBytes = this.stdout.length;
    return this.screen.lines;
  }

  resize(width: number, height: number): void {
    this.frame();
    this.screen.resize(width, height);
    Object.assign(this.terminal.stdout, { columns: width, rows: height });
  }

  /** As Ctrl-C does. A test that failed in the middle must not hold the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (!this.#hasEnded) {
      this.terminal.send('SIGINT');
      await this.advance(1_000);
    }
  }

  /** Lets time pass, with what is promised meanwhile. */
  async advance(ms: number): Promise<void> {
    await settle();
    const untilMs = this.clock.nowMs() + ms;
    while (this.clock.nowMs() < untilMs && !this.#hasEnded) {
      const nextMs = Math.min(this.clock.nextTimerMs ?? Infinity, untilMs);
      this.clock.advance(Math.max(0, nextMs - this.clock.nowMs()));
      await settle();
      // Deadlines are decided after a poll.
      this.clock.turn();
      this.clock.turn();
      await settle();
    }
  }
}

/** Whatever is promised by now has happened. */
async function settle(): Promise<void> {
  await nextTurn();
}
