// Asks all workers for their connections and gives an answer in bounded time: who does not answer is named, not waited for.
import type { Clock, ClockTimer } from '../io/index.ts';
import type { ConnectionInfo } from '../trace.ts';
import type { WorkerConnectionInfo, WorkerConnections } from './event.ts';

/** One question to several workers. */
export class ConnectionSurvey {
  readonly answer: Promise<WorkerConnections>;
  readonly #awaited: Set<number>;
  readonly #connections: WorkerConnectionInfo[] = [];
  readonly #timer: ClockTimer;
  #resolve: (answer: WorkerConnections) => void = () => {};

  constructor(workers: Iterable<number>, clock: Clock, timeoutMs: number) {
    this.#awaited = new Set(workers);
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = clock.startTimer(timeoutMs, () => this.#finish(), true);
    if (this.#awaited.size === 0) this.#finish();
  }

  /** A worker has answered. One that did so before, or too late, changes nothing. */
  take(worker: number, connections: readonly ConnectionInfo[]): void {
    if (!this.#awaited.delete(worker)) return;
    for (const connection of connections) this.#connections.push({ ...connection, worker });
    if (this.#awaited.size === 0) this.#finish();
  }

  /** A worker has ended, and its connections with it: there is nothing to wait for. */
  forget(worker: number): void {
    this.take(worker, []);
  }

  #finish(): void {
    this.#timer.stop();
    const connections = this.#connections.toSorted((one, other) => one.worker - other.worker || one.id - other.id);
    this.#resolve({ connections, silent: [...this.#awaited] });
    this.#awaited.clear();
  }
}
