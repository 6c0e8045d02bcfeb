// The metrics of a watch, kept and served while it runs. What they are made with is loaded for those who ask for them.
import type { HeartbeatEvent } from '../../heartbeat/index.ts';
import type { Clock } from '../../io/index.ts';
import { serveMetrics } from './metrics-endpoint.ts';
import type { WatchPlan } from './plan.ts';

/** See the head of the file. */
export interface OpenMetrics {
  readonly notes: readonly string[];
  onEvent(event: HeartbeatEvent): void;
  close(): Promise<void>;
}

/** Undefined where nobody asked for them. @throws CommandError where the address cannot be listened on. */
export async function openMetrics({ metrics, probes }: WatchPlan, clock: Clock): Promise<OpenMetrics | undefined> {
  if (metrics === undefined) return undefined;
  const { WatchMetrics } = await import('./metrics.ts');
  const pause = (): Promise<void> => new Promise((resolve) => clock.endOfTurn(resolve));
  const source = new WatchMetrics(
    probes.map(({ target }) => target),
    pause,
  );
  const server = await serveMetrics(metrics, source);
  return {
    notes: [`metrics: ${server.url}metrics`],
    onEvent: (event) => source.onEvent(event),
    close: async () => {
      await server.close({ drainMs: 1_000, idleGraceMs: 0 });
    },
  };
}
