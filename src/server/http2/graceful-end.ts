// Carries out the steps of `goaway-steps.ts` on one session. Not here: why a connection ends, and the time that its streams get.
import type { CloseReason } from '../../http/close-reason.ts';
import { countQueuedBytes } from '../../io/index.ts';
import type { Clock, ClockTimer } from '../../io/index.ts';
import { planGoaway } from './goaway-steps.ts';
import type { GoawayAction, GoawayEvent, GoawayStep } from './goaway-steps.ts';

/** What this needs of a session of node:http2. */
export interface EndableSession {
  readonly destroyed: boolean;
  /** Sends PING; false where it could not. */
  ping(acknowledged: (error: Error | null) => void): boolean;
  goaway(code: number, lastStreamId: number): void;
  /** Sends GOAWAY with the last stream that was processed, and ends the socket behind the last open stream. */
  close(): void;
}

/** What this needs of the socket below the session. */
export interface NoticedSocket {
  /** Only TLS has it. */
  readonly encrypted?: boolean;
  readonly bytesWritten?: number;
  write(bytes: Uint8Array): boolean;
}

/**
 * How long the acknowledgement of a PING is waited for: as long as Go waits between its two GOAWAYs. Who is farther away may see
 * requests refused that crossed the notice, and sends them again.
 */
export const ACKNOWLEDGEMENT_MS = 1_000;

const NO_ERROR = 0;
const LAST_STREAM_ID = 2 ** 31 - 1;

/** GOAWAY(NO_ERROR, 2^31-1) as bytes: 8 of payload, type 7, no flags, stream 0. */
const NOTICE: Uint8Array = Uint8Array.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** The end of one connection. It costs a few words until it begins. */
export class GracefulEnd {
  readonly #session: EndableSession;
  readonly #socket: NoticedSocket;
  readonly #clock: Clock;
  #step: GoawayStep = 'open';
  #reason: CloseReason | undefined = undefined;
  #timer: ClockTimer | undefined = undefined;
  readonly #onLast: () => void;
  readonly #onStuck: () => void;

  /**
   * `onLast` is told when the last GOAWAY was said: what is open now is all that will be. `onStuck` has to destroy the socket, and then
   * the session, at once: see `#notice`.
   */
  constructor(
    session: EndableSession,
    socket: NoticedSocket,
    clock: Clock,
    onLast: () => void = () => {},
    onStuck: () => void = () => {},
  ) {
    this.#onLast = onLast;
    this.#onStuck = onStuck;
    this.#session = session;
    this.#socket = socket;
    this.#clock = clock;
  }

  get step(): GoawayStep {
    return this.#step;
  }

  /** Why it began; the first reason stays. */
  get reason(): CloseReason | undefined {
    return this.#reason;
  }

  /** There is a reason to end the connection. */
  begin(reason: CloseReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    // The first frame must be the session's own SETTINGS (RFC 9113 §3.4), which it sends at the end of the turn it was made in.
    if (this.#socket.bytesWritten === 0) this.#clock.endOfTurn(() => this.#take('begin'));
    else this.#take('begin');
  }

  /** The connection is gone: nothing is waited for any more. */
  stop(): void {
    this.#timer?.stop();
    this.#timer = undefined;
  }

  #take(event: GoawayEvent): void {
    if (this.#session.destroyed) return;
    const { step, actions } = planGoaway(this.#step, event);
    if (step === this.#step) return;
    this.#step = step;
    this.stop();
    for (const action of actions) this.#perform(action);
  }

  #perform(action: GoawayAction): void {
    switch (action) {
      case 'notice':
        this.#notice();
        break;
      case 'ping':
        // What a session says at the same time goes out with PING first.
        if (this.#socket.encrypted === true) this.#clock.endOfTurn(() => this.#ping());
        else this.#ping();
        break;
      default:
        this.#session.close();
        this.#onLast();
    }
  }

  /**
   * After a GOAWAY that it was asked for, nghttp2 ignores every new stream, whatever number the GOAWAY had; for a notice in the sense of
   * RFC 9113 §6.8 it has a call of its own, which Node.js does not pass on. On a plain socket the frame is therefore written past the
   * session: what a session writes are whole frames, and the kernel gets them in order. Over TLS two writers at the same time end the
   * process, so there the session says it, and what crosses the notice is not processed but left to the last GOAWAY.
   *
   * The same where a client does not read: a write that the kernel does not take at once is reported to the session when it is done,
   * which ends the process because it is none of its own. What waits is known; that the kernel is full to the brim while nothing waits,
   * only from the attempt. Then the connection has to go before the report comes.
   */
  #notice(): void {
    const { encrypted, bytesWritten = 0 } = this.#socket;
    if (encrypted === true || bytesWritten === 0 || countQueuedBytes(this.#socket) !== 0) {
      this.#session.goaway(NO_ERROR, LAST_STREAM_ID);
      return;
    }
    this.#socket.write(NOTICE);
    if (countQueuedBytes(this.#socket) !== 0) this.#onStuck();
  }

  #ping(): void {
    if (this.#session.destroyed) return;
    const isSent = this.#session.ping((error) => {
      // Not here: this is called by the session, which must not be destroyed under its own hands.
      if (error === null) this.#clock.endOfTurn(() => this.#take('acknowledged'));
    });
    this.#timer = this.#clock.startTimer(isSent ? ACKNOWLEDGEMENT_MS : 0, () => this.#take('overdue'));
  }
}
