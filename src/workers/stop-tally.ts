// Adds up what workers report when they end, for one report of all.
import type { CloseReport } from '../server/index.ts';
import type { StopReport, WorkerConnectionInfo } from './event.ts';

/** The reports of workers that drained, and of them the sum of those that ended while all were told to. */
export class StopTally {
  readonly #reports = new Map<number, CloseReport>();
  #closed = 0;
  readonly #destroyed: WorkerConnectionInfo[] = [];
  readonly #unreported: number[] = [];

  /** A worker has drained, and will end. */
  take(worker: number, report: CloseReport): void {
    this.#reports.set(worker, report);
  }

  /** A worker has ended before all were told to: its report is nobody's affair any more. */
  forget(worker: number): void {
    this.#reports.delete(worker);
  }

  /** A worker that may have had connections has ended while all were told to. */
  add(worker: number): void {
    const report = this.#reports.get(worker);
    if (report === undefined) {
      this.#unreported.push(worker);
      return;
    }
    this.#closed += report.closed;
    for (const connection of report.destroyed) this.#destroyed.push({ ...connection, worker });
  }

  report(durationMs: number): StopReport {
    return { durationMs, closed: this.#closed, destroyed: this.#destroyed, unreported: this.#unreported };
  }
}
