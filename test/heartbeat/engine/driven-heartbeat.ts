// A heartbeat on a clock and a probe that the test moves: what happens is a log of lines with their time.
import { Heartbeat } from '#src/heartbeat/index.js';
import type { Acknowledgement, HeartbeatEvent, HeartbeatOptions, ProbeSink } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';

interface PendingSignal {
  resolve(acknowledgement: Acknowledgement | void): void;
  reject(error: Error): void;
}

/** See the head of the file. */
export class DrivenHeartbeat {
  readonly clock: ManualClock = new ManualClock();
  readonly heartbeat: Heartbeat;
  /** What the probe was asked for and what was told, each with its millisecond. */
  readonly log: string[] = [];
  readonly events: HeartbeatEvent[] = [];
  #sink: ProbeSink | undefined;
  #pending: PendingSignal | undefined;
  /** Since when nobody reads what the peer says; undefined while somebody does. */
  #unheardSinceMs: number | undefined;
  #unheardMs = 0;

  constructor(options: Omit<HeartbeatOptions, 'probe'> = {}) {
    const unheardMs = (): number => this.#unheardMs + this.clock.nowMs() - (this.#unheardSinceMs ?? this.clock.nowMs());
    this.heartbeat = new Heartbeat({
      probe: {
        target: 'peer',
        get unheardMs() {
          return unheardMs();
        },
        attach: (sink) => {
          this.#sink = sink;
        },
        send: (signal) => this.#send(signal),
        close: () => this.#note('close'),
      },
      clock: this.clock,
      jitter: 0,
      intervalMs: 1_000,
      timeoutMs: 200,
      ...options,
    });
    for (const type of ['ack', 'missed', 'down', 'up', 'resumed', 'calmed', 'adapted'] as const) {
      this.heartbeat.on(type, (event) => {
        this.events.push(event);
        this.#note(event.missed > 0 && type !== 'resumed' ? `${type} ${event.missed}` : type);
      });
    }
  }

  /** What the probe tells of its own accord. */
  get sink(): ProbeSink {
    if (this.#sink === undefined) throw new Error('the probe is not attached');
    return this.#sink;
  }

  /** Whether anybody reads what the peer says. */
  setHeard(isHeard: boolean): void {
    const nowMs = this.clock.nowMs();
    if (this.#unheardSinceMs !== undefined) this.#unheardMs += nowMs - this.#unheardSinceMs;
    this.#unheardSinceMs = isHeard ? undefined : nowMs;
  }

  /** Whether a signal is under way. */
  get isAwaited(): boolean {
    return this.#pending !== undefined;
  }

  async ack(acknowledgement?: Acknowledgement): Promise<void> {
    this.#take().resolve(acknowledgement);
    await settle();
  }

  async fail(message: string): Promise<void> {
    this.#take().reject(new Error(message));
    await settle();
  }

  /** Lets time pass, with what is promised meanwhile. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.clock.nowMs() + ms;
    while (this.clock.nowMs() < untilMs) {
      const nextMs = Math.min(this.clock.nextTimerMs ?? Infinity, untilMs);
      this.clock.advance(Math.max(0, nextMs - this.clock.nowMs()));
      await settle();
      // Deadlines are decided after a poll.
      this.clock.turn();
      this.clock.turn();
      await settle();
    }
  }

  /** What happened since the last call. */
  takeLog(): string[] {
    return this.log.splice(0);
  }

  #take(): PendingSignal {
    const pending = this.#pending;
    if (pending === undefined) throw new Error(`no signal is under way: ${this.log.join(', ')}`);
    this.#pending = undefined;
    return pending;
  }

  #send(signal: AbortSignal): Promise<Acknowledgement | void> {
    this.#note('send');
    return new Promise((resolve, reject) => {
      const pending: PendingSignal = { resolve, reject };
      this.#pending = pending;
      signal.addEventListener('abort', () => {
        if (this.#pending === pending) this.#pending = undefined;
        this.#note('given up');
        reject(signal.reason as Error);
      });
    });
  }

  #note(line: string): void {
    this.log.push(`${this.clock.nowMs()} ${line}`);
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}
