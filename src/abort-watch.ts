// One listener for all who share an AbortSignal, as the requests of one job do, or all heartbeats of a program. Node.js goes through all
// listeners of a signal for each one that is added, and warns of a leak from eleven on: with a listener for each request, thousands that
// wait would cost seconds.

/** Who is told. */
export interface Abortable {
  /** The caller gave it up. */
  onAborted(reason: unknown): void;
}

/** What one signal gives up. */
class SharedSignal {
  readonly #signal: AbortSignal;
  readonly #watchers: Set<Abortable> = new Set();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(watcher: Abortable): void {
    if (this.#watchers.size === 0) this.#signal.addEventListener('abort', this);
    this.#watchers.add(watcher);
  }

  remove(watcher: Abortable): void {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return;
    this.#signal.removeEventListener('abort', this);
  }

  /** Of the signal. Who stops watching meanwhile is not told any more. */
  handleEvent(): void {
    for (const watcher of this.#watchers) watcher.onAborted(this.#signal.reason);
  }
}

/** The signals of a group, e.g. of one session's requests. */
export class AbortWatch {
  readonly #signals: WeakMap<AbortSignal, SharedSignal> = new WeakMap();

  /** Tells once the signal is aborted. It is not so far. */
  add(signal: AbortSignal, watcher: Abortable): void {
    let shared = this.#signals.get(signal);
    if (shared === undefined) {
      shared = new SharedSignal(signal);
      this.#signals.set(signal, shared);
    }
    shared.add(watcher);
  }

  /** Does nothing where it does not watch. */
  remove(signal: AbortSignal, watcher: Abortable): void {
    this.#signals.get(signal)?.remove(watcher);
  }
}
