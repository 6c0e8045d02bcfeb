// Why signals are held back, if they are. Several reasons may hold at once.

/** See the head of the file. */
export class Hold {
  readonly #whileIdle: boolean;
  /** Bytes to the peer queue up. */
  isBlocked = false;
  /** The user said so. */
  isSuspended = false;
  /** Work is under way. */
  isActive = false;

  /** `whileIdle`: signals go out without work, too. */
  constructor(whileIdle: boolean) {
    this.#whileIdle = whileIdle;
  }

  get isHeld(): boolean {
    return this.isBlocked || this.isSuspended || (!this.#whileIdle && !this.isActive);
  }
}
