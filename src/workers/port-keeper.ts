// Which port a new worker has to take. Workers that listen on `port: 0` share whatever port the system gave to the first of them, as long as
// one of them holds it. When all have gone at the same time the next `port: 0` would be another port: then it must be named. No I/O.

/** See the head of the file. */
export class PortKeeper {
  readonly #holders = new Set<number>();
  #port: number | undefined;
  #isNamed = false;

  /** Where the first worker listened; undefined while none did. */
  get port(): number | undefined {
    return this.#port;
  }

  /** What a worker that is started now has to be told; undefined where the program's own choice leads to the right one. */
  portForNext(): number | undefined {
    // For good: those who share a port by its number and those who share it by `0` are strangers to each other.
    if (this.#port !== undefined && this.#holders.size === 0) this.#isNamed = true;
    return this.#isNamed ? this.#port : undefined;
  }

  /** A worker listens. False: somewhere else than the others. */
  take(worker: number, port: number): boolean {
    this.#port ??= port;
    if (port !== this.#port) return false;
    this.#holders.add(worker);
    return true;
  }

  /** A worker listens no longer. */
  drop(worker: number): void {
    this.#holders.delete(worker);
  }
}
