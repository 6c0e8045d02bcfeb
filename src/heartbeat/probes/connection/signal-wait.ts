// The promise of one signal: it is settled once, by its acknowledgement, by what failed, or by the AbortSignal that is its deadline.
import { AbortedError } from '../../../errors.ts';
import type { Acknowledgement } from '../../engine/probe.ts';

/** See the head of the file. */
export class SignalWait {
  readonly promise: Promise<Acknowledgement>;
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  #isSettled = false;
  // Set by the executor, which runs within the constructor.
  #resolve!: (acknowledgement: Acknowledgement) => void;
  #reject!: (error: Error) => void;

  /** `giveUp` is called when it is aborted, before it is rejected. Where it is aborted already there is nothing to give up. */
  constructor(signal: AbortSignal, giveUp: () => void) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#signal = signal;
    this.#onAbort = () => {
      giveUp();
      this.reject(reasonOf(signal));
    };
    if (signal.aborted) this.reject(reasonOf(signal));
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** What comes after the first does nothing. */
  resolve(acknowledgement: Acknowledgement): void {
    if (this.#settle()) this.#resolve(acknowledgement);
  }

  reject(error: Error): void {
    if (this.#settle()) this.#reject(error);
  }

  /** The probe was closed. */
  close(target: string): void {
    this.reject(new AbortedError(`the probe of ${target} was closed`));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new AbortedError('the signal was given up');
}
