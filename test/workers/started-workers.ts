// Real workers of worker-program.ts, and everything that was told of them.
import { fileURLToPath } from 'node:url';
import { startWorkers } from '#src/workers/index.js';
import type { Workers, WorkersEvent, WorkersOptions } from '#src/workers/index.js';

export const WORKER_PROGRAM = fileURLToPath(new URL('worker-program.js', import.meta.url));

type Told<Type extends WorkersEvent['type']> = Extract<WorkersEvent, { type: Type }>;

/** They are killed when disposed of. */
export class StartedWorkers {
  readonly events: WorkersEvent[] = [];
  readonly workers: Workers;
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[] = [], options: Partial<WorkersOptions> = {}) {
    this.workers = startWorkers({
      program: WORKER_PROGRAM,
      args,
      workers: 2,
      drainMs: 5_000,
      ...options,
      onEvent: (event) => {
        this.events.push(event);
        for (const look of this.#waiting) look();
      },
    });
  }

  static async ready(args: readonly string[] = [], options: Partial<WorkersOptions> = {}): Promise<StartedWorkers> {
    const started = new StartedWorkers(args, options);
    await started.workers.ready;
    return started;
  }

  get port(): number {
    return this.workers.port ?? 0;
  }

  all<Type extends WorkersEvent['type']>(type: Type): Told<Type>[] {
    return this.events.filter((event): event is Told<Type> => event.type === type);
  }

  /** Resolves with the `count`th event of a type when it has been told. */
  async told<Type extends WorkersEvent['type']>(type: Type, count = 1): Promise<Told<Type>> {
    for (;;) {
      const event = this.all(type)[count - 1];
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.workers.destroy();
    await this.workers.ended;
  }
}

/** Resolves when no process has the id any more; false where it still has after `withinMs`. */
export async function isGone(pid: number, withinMs: number): Promise<boolean> {
  for (const untilMs = performance.now() + withinMs; performance.now() < untilMs;) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
