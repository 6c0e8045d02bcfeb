// Sends the body of one request piece by piece, no faster than the peer takes it, until it is complete or nobody wants it any more.
import type { Clock, ClockTimer } from '../../io/index.ts';
import type { Exchange, WireConnection } from '../../wire/index.ts';
import type { PieceSource } from '../request/outgoing-request.ts';
import type { RequestOutput } from './request-output.ts';

/** How long a server is waited for that does not answer `Expect: 100-continue`, as curl has it (RFC 9110 §10.1.1). */
const CONTINUE_MS = 1_000;

/** What the upload tells its connection. */
export interface UploadOwner {
  /** A piece was given to the transport. */
  onUploadProgress(): void;
  onUploadComplete(): void;
  /** The source failed, or gave more or less than was announced. The request cannot be completed any more. */
  onUploadFailed(error: unknown): void;
}

/** See the head of the file. */
export class Upload {
  readonly #owner: UploadOwner;
  readonly #wire: WireConnection;
  readonly #exchange: Exchange;
  readonly #output: RequestOutput;
  #state: 'waiting' | 'sending' | 'complete' | 'stopped' = 'sending';
  /** What is left of a body whose length was announced. */
  #remainingBytes: number;
  #taken = false;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #wake: (() => void) | undefined;
  #timer: ClockTimer | undefined;

  /** `lengthBytes` is what the head announces; undefined: chunked. */
  constructor(
    owner: UploadOwner,
    wire: WireConnection,
    exchange: Exchange,
    output: RequestOutput,
    lengthBytes: number | undefined,
  ) {
    this.#owner = owner;
    this.#wire = wire;
    this.#exchange = exchange;
    this.#output = output;
    this.#remainingBytes = lengthBytes ?? Infinity;
  }

  /** Whether the source is at its end and all of it was sent. */
  get complete(): boolean {
    return this.#state === 'complete';
  }

  /** Whether nothing is missing for the server: it knows the length, so it does not wait for our source to say that it is at its end. */
  get sent(): boolean {
    return this.complete || this.#remainingBytes === 0;
  }

  /** Whether a piece was asked of the source, so that a source that cannot start again is used up. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Sends what the source gives; with `awaitContinue` only once the server has answered 100, or said nothing for a while. */
  start(source: PieceSource, awaitContinue: Clock | undefined): void {
    if (awaitContinue !== undefined) {
      this.#state = 'waiting';
      this.#timer = awaitContinue.startTimer(CONTINUE_MS, () => this.proceed());
    }
    void this.#run(source);
  }

  /** The server answered 100. */
  proceed(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'sending';
    this.#timer?.stop();
    this.drained();
  }

  /** The transport takes more. */
  drained(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Nothing more is sent; the source is told, at once: what is waited for may never come. */
  stop(): void {
    if (this.#state === 'complete') return;
    this.#state = 'stopped';
    this.#timer?.stop();
    this.#leaveSource();
    this.drained();
  }

  async #run(source: PieceSource): Promise<void> {
    try {
      if (this.#state === 'waiting') await this.#sleep();
      if (this.#isStopped()) return;
      const iterator = source.open();
      this.#iterator = iterator;
      for (;;) {
        this.#taken = true;
        const { done, value } = await iterator.next();
        if (this.#isStopped()) return;
        if (done === true) break;
        this.#remainingBytes -= value.length;
        this.#wire.sendBody(this.#exchange, value);
        this.#owner.onUploadProgress();
        if (!this.#output.writable) await this.#sleep();
        if (this.#isStopped()) return;
      }
      this.#iterator = undefined;
      this.#wire.sendEnd(this.#exchange);
      this.#state = 'complete';
      this.#owner.onUploadComplete();
    } catch (error) {
      if (this.#state !== 'sending') return;
      this.#state = 'stopped';
      this.#owner.onUploadFailed(error);
    } finally {
      this.#leaveSource();
    }
  }

  /** The end of a source that was given up is its own business. */
  #leaveSource(): void {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    void Promise.resolve(iterator?.return?.()).catch(() => {});
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
