// All targets of a watch: begins their heartbeats one after the other, follows what they tell, and ends them. Nothing is printed here.
import { Heartbeat } from '../../heartbeat/index.ts';
import type { HeartbeatEvent, HeartbeatEventType, HeartbeatOptions, Probe } from '../../heartbeat/index.ts';
import type { LoopClock } from '../../io/index.ts';
import { SignalTrail } from './signal-trail.ts';
import { StartQueue, planSpacing } from './start-queue.ts';
import { inWordsOfWatch } from './tell-failure.ts';
import { WatchedTarget } from './watched-target.ts';

/** What all heartbeats of a watch have in common. */
export type SharedHeartbeatOptions = Pick<
  HeartbeatOptions,
  'intervalMs' | 'timeoutMs' | 'tolerance' | 'jitter' | 'adaptive' | 'random' | 'calm'
>;

export interface FleetOptions {
  readonly probes: readonly Probe[];
  readonly heartbeat: SharedHeartbeatOptions;
  /** Over how long the first signals are spread where there are many. */
  readonly rampMs: number;
  /** Most targets at a time that wait for their first answer. */
  readonly concurrency: number;
  /** Signals after which the watch of a target ends. Infinity: it does not. */
  readonly count: number;
  /** Whether it is remembered what became of the latest signals. */
  readonly hasTrails: boolean;
  readonly clock: LoopClock;
  /** `isFirst`: see {@link WatchedTarget.observe}. */
  readonly onEvent: (event: HeartbeatEvent, watched: WatchedTarget, isFirst: boolean) => void;
  /** Every target has had its `count` of signals. */
  readonly onCounted: () => void;
}

const EVENT_TYPES: readonly HeartbeatEventType[] = ['ack', 'missed', 'down', 'up', 'resumed', 'calmed', 'adapted'];

/** See the head of the file. */
export class Fleet {
  readonly targets: readonly WatchedTarget[];
  readonly #options: FleetOptions;
  readonly #queue: StartQueue<WatchedTarget>;
  #counted = 0;
  #hasEnded = false;

  /** @throws OptionError for options of heartbeats that make no sense. */
  constructor(options: FleetOptions) {
    const { probes, rampMs, concurrency, clock } = options;
    this.#options = options;
    this.targets = probes.map((probe) => this.#watch(probe));
    this.#queue = new StartQueue({
      items: this.targets,
      spacingMs: planSpacing(probes.length, rampMs),
      concurrency,
      clock,
      start: ({ heartbeat }) => heartbeat.start(),
    });
  }

  /** Targets whose first signal has gone out. */
  get started(): number {
    return this.#queue.started;
  }

  begin(): void {
    this.#queue.begin();
  }

  end(): void {
    this.#hasEnded = true;
    this.#queue.stop();
    const nowMs = this.#options.clock.nowMs();
    for (const target of this.targets) target.end(nowMs);
  }

  #watch(probe: Probe): WatchedTarget {
    const { heartbeat: shared, clock, hasTrails } = this.#options;
    const heartbeat = new Heartbeat({ ...shared, probe, clock });
    const watched = new WatchedTarget(heartbeat, hasTrails ? new SignalTrail() : undefined);
    const onEvent = (event: HeartbeatEvent): void => this.#onEvent(event, watched);
    for (const type of EVENT_TYPES) heartbeat.on(type, onEvent);
    return watched;
  }

  #onEvent(told: HeartbeatEvent, watched: WatchedTarget): void {
    if (this.#hasEnded || watched.isEnded) return;
    const event = inWordsOfWatch(told);
    const { clock, count, onEvent } = this.#options;
    const before = watched.signals;
    const isFirst = watched.observe(event, clock.nowMs());
    onEvent(event, watched, isFirst);
    if (watched.signals === before) return;
    if (watched.signals === 1) this.#queue.answered();
    // Not at once: what the same signal leads to, such as 'down', is told behind it. But before any timer: the next signal may be due.
    if (watched.signals === count) queueMicrotask(() => this.#onCounted(watched));
  }

  #onCounted(watched: WatchedTarget): void {
    if (this.#hasEnded) return;
    watched.end(this.#options.clock.nowMs());
    this.#counted += 1;
    if (this.#counted === this.targets.length) this.#options.onCounted();
  }
}
