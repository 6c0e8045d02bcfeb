// All workers as their owner holds them. Types only; start-workers.ts makes one.
import type { ReloadReport, StopReport, WorkerConnections, WorkerInfo } from './event.ts';

/** Options of {@link Workers.stop}. */
export interface StopOptions {
  /** How long draining may take before what is left is destroyed. Default: `drainMs` of the workers. */
  readonly drainMs?: number;
  /** Longest time that an idle connection is kept for the sake of what was advertised to it. Default: as advertised. */
  readonly idleGraceMs?: number;
}

/** Processes that serve the same port. */
export interface Workers {
  /**
   * Resolves when as many are ready as there are to be, for the first time. Rejects with WorkersError where it was given up, and with
   * MisuseError where it was stopped before.
   */
  readonly ready: Promise<void>;
  /** Resolves when the last worker has ended after `stop()`, `destroy()`, or because it was given up. Never rejects. */
  readonly ended: Promise<StopReport>;
  /** Where they listen; undefined until the first of them does. */
  readonly port: number | undefined;
  /** `Server.url` of the first of them; undefined until then. */
  readonly url: string | undefined;
  /** Every worker that has not ended. */
  list(): WorkerInfo[];
  /** The connections of all workers, in bounded time. */
  connections(): Promise<WorkerConnections>;
  /**
   * Replaces every worker by a new one, one after the other: the new one is ready before the old one is told to drain. Resolves when all that
   * are needed are new; the old ones may still be draining. Called again meanwhile, it replaces those of the first call, too, and both resolve at the end.
   */
  reload(): Promise<ReloadReport>;
  /** Tells every worker to re-open its logs (`onHangUp`). */
  hangUp(): void;
  /** Drains all workers. Calling it again returns the same promise. */
  stop(options?: StopOptions): Promise<StopReport>;
  /** Kills all workers. */
  destroy(): void;
  [Symbol.asyncDispose](): Promise<void>;
}
