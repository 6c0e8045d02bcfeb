// A watch in the figures of Prometheus. The only place that knows prom-client. Names and units follow
// https://prometheus.io/docs/practices/naming/: base units, `_total` for counters, no value of which there may be any number as a label
// but the target.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HeartbeatEvent } from '../../heartbeat/index.ts';

/**
 * Upper ends of the buckets of round trips, in seconds: from loopback to the longest timeouts that make sense. One histogram for all
 * targets: one for each would be a hundred and fifty thousand series for ten thousand of them.
 */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Targets of which prom-client makes text in one go: a few milliseconds for each metric. For ten thousand at once it takes a third of a
 * second, and every signal that is due meanwhile would be late.
 */
const TARGETS_AT_ONCE = 200;

/** The metrics that each target has, of some of the targets. */
class TargetMetrics {
  readonly registry = new Registry();
  readonly up: Gauge<'target'>;
  readonly roundTrip: Gauge<'target'>;
  readonly signals: Counter<'target' | 'result'>;
  readonly transitions: Counter<'target' | 'to'>;

  constructor(targets: readonly string[]) {
    const registers = [this.registry];
    this.up = new Gauge({
      name: 'perdura_watch_up',
      help: 'Whether the target counts as up: 1, or 0 where as many signals in a row were missed as are tolerated.',
      labelNames: ['target'],
      registers,
    });
    this.roundTrip = new Gauge({
      name: 'perdura_watch_last_round_trip_seconds',
      help: 'The round trip of the last signal that the target acknowledged.',
      labelNames: ['target'],
      registers,
    });
    this.signals = new Counter({
      name: 'perdura_watch_signals_total',
      help: 'Signals by what became of them: acknowledged or missed.',
      labelNames: ['target', 'result'],
      registers,
    });
    this.transitions = new Counter({
      name: 'perdura_watch_transitions_total',
      help: 'How often the target went down, and came back up.',
      labelNames: ['target', 'to'],
      registers,
    });
    // Counters are there from the beginning: increase() does not see the step from nothing to 1.
    for (const target of targets) {
      for (const result of ['acknowledged', 'missed']) this.signals.inc({ target, result }, 0);
      for (const to of ['down', 'up']) this.transitions.inc({ target, to }, 0);
    }
  }
}

/** See the head of the file. */
export class WatchMetrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #roundTrips: Histogram;
  readonly #parts: TargetMetrics[] = [];
  readonly #partOf = new Map<string, TargetMetrics>();
  readonly #pause: () => Promise<void>;
  #underWay: Promise<string> | undefined;

  /** `pause` lets others work: it is awaited now and then while text is made. */
  constructor(targets: readonly string[], pause: () => Promise<void>) {
    const registers = [this.#registry];
    this.contentType = this.#registry.contentType;
    this.#pause = pause;
    const count = new Gauge({ name: 'perdura_watch_targets', help: 'Targets that are watched.', registers });
    count.set(targets.length);
    this.#roundTrips = new Histogram({
      name: 'perdura_watch_round_trip_seconds',
      help: 'Round trips of the signals of all targets that were acknowledged.',
      buckets: BUCKETS,
      registers,
    });
    for (let first = 0; first < targets.length; first += TARGETS_AT_ONCE) {
      const some = targets.slice(first, first + TARGETS_AT_ONCE);
      const part = new TargetMetrics(some);
      this.#parts.push(part);
      for (const target of some) this.#partOf.set(target, part);
    }
  }

  onEvent({ type, target, rttMs }: HeartbeatEvent): void {
    const part = this.#partOf.get(target);
    if (part === undefined) return;
    switch (type) {
      case 'ack':
        part.signals.inc({ target, result: 'acknowledged' });
        part.up.set({ target }, 1);
        if (rttMs === undefined) return;
        part.roundTrip.set({ target }, rttMs / 1_000);
        this.#roundTrips.observe(rttMs / 1_000);
        return;
      case 'missed':
        return part.signals.inc({ target, result: 'missed' });
      case 'down':
        part.up.set({ target }, 0);
        return part.transitions.inc({ target, to: 'down' });
      case 'up':
        part.up.set({ target }, 1);
        return part.transitions.inc({ target, to: 'up' });
      default:
    }
  }

  /** Everything in the text format. Who asks while it is being made gets the same. */
  text(): Promise<string> {
    this.#underWay ??= this.#makeText().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #makeText(): Promise<string> {
    // Between two metrics it writes a blank line, and at the end of one none.
    const texts = [(await this.#registry.metrics()).replaceAll(/\n+/g, '\n')];
    for (const { name } of this.#parts[0]?.registry.getMetricsAsArray() ?? []) {
      for (const [index, { registry }] of this.#parts.entries()) {
        const text = await registry.getSingleMetricAsString(name);
        const ofPart = index === 0 ? text : withoutHead(text);
        if (ofPart !== '') texts.push(ofPart, '\n');
        await this.#pause();
      }
    }
    return texts.join('');
  }
}

/** All lines of a metric have to stand together, below one head: HELP and TYPE. */
function withoutHead(text: string): string {
  const secondLine = text.indexOf('\n') + 1;
  const end = text.indexOf('\n', secondLine);
  return end === -1 ? '' : text.slice(end + 1);
}
