// The early end of a run, for everybody who waits for something. An AbortSignal for all of them would warn of the eleventh.

/** See the head of the file. It ends once. */
export class RunEnd {
  readonly #listeners = new Set<() => void>();
  #hasEnded = false;

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Ends it; the second time does nothing. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Calls back once when it ends, which must not be so yet; the result takes that back. */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** What everything under way fails with then. */
export class RunEndedError extends Error {}
