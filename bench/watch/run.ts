// Ten thousand heartbeats on one process: what they cost, how late their signals go out, and whether any of them raises a false alarm.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Fleet } from '#src/cli/watch/fleet.js';
import { WatchMetrics } from '#src/cli/watch/metrics.js';
import { probeFor } from '#src/heartbeat/index.js';
import type { HeartbeatEventType, Probe } from '#src/heartbeat/index.js';
import { Child } from '../process/child.ts';
import { planConnections } from '../process/file-limit.ts';
import { TimedClock } from './timed-clock.ts';

const HELP = `Usage: node build/bench/watch/run.js [options]

Watches many targets on one process of this machine, as perdura watch does without a terminal.

  --targets N    how many (default 10000)
  --interval N   seconds (default 15)
  --seconds N    how long is measured, after everything has begun (default 60)
  --scheme S     redis keeps a connection and asks on it; tcp opens one for each signal (default redis)
  --metrics      keep metrics, and have them scraped once in an interval
  --help         this text
`;

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '10000' },
    interval: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '60' },
    scheme: { type: 'string', default: 'redis' },
    metrics: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const MIB = 1_024 * 1_024;
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
const mib = (bytes: number): string => (bytes / MIB).toFixed(0);

/** The value that so large a share does not exceed. */
function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** A probe that notes how late each of its signals is, under a name of its own. */
function timed(probe: Probe, target: string, onSend: () => void): Probe {
  return {
    target,
    attach: (sink) => probe.attach?.(sink),
    send: (signal) => {
      onSend();
      return probe.send(signal);
    },
    close: () => probe.close?.(),
  };
}

async function measure(): Promise<void> {
  const count = planConnections(Number(values.targets));
  const intervalMs = Number(values.interval) * 1_000;
  const peer = await Child.start({ program: 'watch/peer', prefix: [] });
  try {
    const url = `${values.scheme}://127.0.0.1:${await peer.port}`;
    const before = process.memoryUsage();
    const time = new TimedClock();
    let lateness: number[] = [];
    const probes = Array.from({ length: count }, (_, index) =>
      timed(probeFor(url), `${values.scheme}://target-${index}`, () => void lateness.push(time.lateMs)),
    );
    const counts: Partial<Record<HeartbeatEventType, number>> = {};
    const metrics = values.metrics
      ? new WatchMetrics(
          probes.map(({ target }) => target),
          () => new Promise((resolve) => setImmediate(resolve)),
        )
      : undefined;
    const fleet = new Fleet({
      probes,
      heartbeat: { intervalMs, timeoutMs: 5_000, tolerance: 2, jitter: 0.1, adaptive: false },
      rampMs: intervalMs,
      concurrency: 256,
      count: Infinity,
      hasTrails: false,
      clock: time.clock,
      onEvent: (event) => {
        counts[event.type] = (counts[event.type] ?? 0) + 1;
        metrics?.onEvent(event);
      },
      onCounted: () => {},
    });
    const made = process.memoryUsage();
    const beganMs = performance.now();
    fleet.begin();
    // oxlint-disable-next-line no-await-in-loop
    while (fleet.started < count) await pause(0.1);
    const startedMs = performance.now() - beganMs;
    await pause(1);
    lateness = [];
    for (const type of Object.keys(counts)) counts[type as HeartbeatEventType] = 0;
    const firedBefore = time.timersFired;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const cpuBefore = process.cpuUsage();
    const fromMs = performance.now();
    const untilMs = fromMs + Number(values.seconds) * 1_000;
    const scrapes: number[] = [];
    while (performance.now() < untilMs) {
      // oxlint-disable-next-line no-await-in-loop
      await pause(Math.min(intervalMs, untilMs - performance.now()) / 1_000);
      if (metrics === undefined) continue;
      const scrapeMs = performance.now();
      // oxlint-disable-next-line no-await-in-loop
      await metrics.text();
      scrapes.push(performance.now() - scrapeMs);
    }
    const seconds = (performance.now() - fromMs) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    delay.disable();
    const used = process.memoryUsage();
    fleet.end();
    const sorted = Float64Array.from(lateness).toSorted();
    const cpuShare = (cpu.user + cpu.system) / 10_000 / seconds;
    const perSignalUs = (cpu.user + cpu.system) / sorted.length;
    console.log(
      [
        `Node.js ${process.versions.node}: ${count} targets (${values.scheme}), every ${values.interval} s, ${seconds.toFixed(0)} s measured`,
        `began within ${(startedMs / 1_000).toFixed(1)} s`,
        `signals: ${sorted.length} (${(sorted.length / seconds).toFixed(0)} a second), timers fired: ${time.timersFired - firedBefore}`,
        `events: ${JSON.stringify(counts)}`,
        `CPU: ${cpuShare.toFixed(1)} % of a core, ${perSignalUs.toFixed(0)} µs a signal (user ${(cpu.user / 1_000).toFixed(0)} ms, system ${(cpu.system / 1_000).toFixed(0)} ms)`,
        `RSS: ${mib(before.rss)} MiB before, ${mib(made.rss)} MiB with all heartbeats, ${mib(used.rss)} MiB at the end (heap ${mib(used.heapUsed)}, external ${mib(used.external)})`,
        `a target: ${((used.rss - before.rss) / 1_024 / count).toFixed(1)} KiB`,
        `late: median ${percentile(sorted, 0.5).toFixed(2)} ms, p99 ${percentile(sorted, 0.99).toFixed(2)} ms, max ${percentile(sorted, 1).toFixed(2)} ms`,
        `event loop delay: median ${(delay.percentile(50) / 1e6 - 5).toFixed(2)} ms, p99 ${(delay.percentile(99) / 1e6 - 5).toFixed(2)} ms, max ${(delay.max / 1e6 - 5).toFixed(2)} ms`,
        ...(scrapes.length === 0 ? [] : [`scrapes: ${scrapes.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`]),
      ].join('\n'),
    );
  } finally {
    await peer.stop();
  }
}

if (values.help) console.log(HELP);
else await measure();
