// One signal that is not acknowledged yet, and when its deadline does not count: time in which nobody here could have heard the peer is
// given back to it.

/** The timer of an acknowledgement that comes later than this was late because the program was busy. */
const LATE_MS = 20;

/** See the head of the file. */
export class Beat {
  readonly controller: AbortController = new AbortController();
  readonly sentAtMs: number;
  /** For how long in all nobody had read what the peer says, when the deadline began. */
  #unheardMs: number;
  /** Whether the deadline was moved because the program had been busy. */
  #isExtended = false;

  constructor(sentAtMs: number, unheardMs: number) {
    this.sentAtMs = sentAtMs;
    this.#unheardMs = unheardMs;
  }

  /** The deadline begins anew. */
  awaitLonger(unheardMs: number): void {
    this.#unheardMs = unheardMs;
  }

  /** The deadline has passed, `lateMs` ago: how much longer the peer is given, 0 where the signal counts as missed. */
  takeExtensionMs(lateMs: number, unheardMs: number, timeoutMs: number): number {
    const addedMs = unheardMs - this.#unheardMs;
    this.#unheardMs = unheardMs;
    // Counted and not only looked at: who is paused again and again would otherwise wait for a dead peer for ever.
    if (addedMs > 0) return Math.min(addedMs, timeoutMs);
    if (lateMs <= LATE_MS || this.#isExtended) return 0;
    // While the program was busy it could not take part in a handshake either: it gives the peer that time back.
    this.#isExtended = true;
    return Math.min(lateMs, timeoutMs);
  }
}
