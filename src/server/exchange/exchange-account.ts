// What an exchange took, in time and bytes, where somebody wants to know it to the byte.
import type { Clock } from '../../io/index.ts';
import type { PartialHead } from '../../wire/index.ts';
import type { ExactAnswer } from '../answer/exact-answer.ts';

/** Made with the request where heads are read by lines, otherwise when a handler asks for its request as it was on the wire, or answers exactly. */
export class ExchangeAccount {
  /** Wall clock, and the monotonic one, of the beginning of the request's head. */
  begunAtMs: number;
  begunMonotonicMs: number;
  /** What came of a head that was not complete. */
  partial: PartialHead | undefined = undefined;
  /** Of interim responses. */
  interimBytes = 0;
  /** The exact answer, from when it begins to be sent, and what the connection had produced then. */
  exact: ExactAnswer | undefined = undefined;
  producedBefore = 0;

  /** `sinceMs`: when the head began, on the monotonic clock; undefined: now. */
  constructor(clock: Clock, sinceMs?: number) {
    const nowMs = clock.nowMs();
    this.begunMonotonicMs = sinceMs ?? nowMs;
    this.begunAtMs = clock.wallMs() - (nowMs - this.begunMonotonicMs);
  }

  /** Its turn comes only now: what it waited for the answers before it is none of its own time. */
  beginAnew(clock: Clock): void {
    this.begunAtMs = clock.wallMs();
    this.begunMonotonicMs = clock.nowMs();
  }
}
