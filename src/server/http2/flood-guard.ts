// Watches what one session of HTTP/2 shows of floods, and ends the connection when there is one. What cannot be seen from here (empty
// DATA, CONTINUATION, window updates) is bounded below: see docs/http2.md.
import type { Clock } from '../../io/index.ts';
import type { ResolvedHttp2FloodLimits } from '../options/http2-floods.ts';
import { FloodCounter } from './flood-limits.ts';
import type { Flood, FloodKind } from './flood-limits.ts';
import type { StreamEnd } from './stream-end.ts';

/** What this needs of a session of node:http2. */
export interface GuardedSession {
  readonly destroyed: boolean;
  on(event: 'ping' | 'remoteSettings', listener: () => void): unknown;
  goaway(code: number, lastStreamId: number, debug: Uint8Array): void;
  close(): void;
  destroy(): void;
}

const ENHANCE_YOUR_CALM = 11;

/** See the head of the file. `onFlood` is told once, in the turn before the session is destroyed, and with it every open stream. */
export class FloodGuard {
  readonly #session: GuardedSession;
  readonly #clock: Clock;
  readonly #counter: FloodCounter;
  readonly #onFlood: (flood: Flood) => void;
  #hasSettings = false;
  #isOver = false;

  constructor(
    session: GuardedSession,
    limits: ResolvedHttp2FloodLimits,
    clock: Clock,
    onFlood: (flood: Flood) => void,
  ) {
    this.#session = session;
    this.#clock = clock;
    this.#counter = new FloodCounter(limits);
    this.#onFlood = onFlood;
    session.on('ping', () => this.#strike('pings'));
    session.on('remoteSettings', () => {
      // The first ones are part of the preface (RFC 9113 §3.4).
      if (this.#hasSettings) this.#strike('settings');
      this.#hasSettings = true;
    });
  }

  /** There was a flood: whatever comes now is not to be looked at. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A stream is over. */
  streamEnded(end: StreamEnd): void {
    if (end === 'answered') this.#counter.forgive(this.#clock.nowMs());
    else if (end === 'takenBack') this.#strike('resets');
    else if (end === 'broken') this.#strike('streamErrors');
  }

  #strike(kind: FloodKind): void {
    // With its connection every stream ends, which is no flood.
    if (this.#isOver || this.#session.destroyed) return;
    const flood = this.#counter.strike(kind, this.#clock.nowMs());
    if (flood === undefined) return;
    this.#isOver = true;
    this.#onFlood(flood);
    this.#session.goaway(ENHANCE_YOUR_CALM, 0, Buffer.from(flood.text, 'latin1'));
    // Not here: this is called by the session, which must not lose its memory under its own hands.
    this.#clock.endOfTurn(() => this.#destroy());
  }

  #destroy(): void {
    // A session that is closing ends its socket in an orderly way even when it is destroyed: behind the GOAWAY comes FIN, and what still
    // arrives is thrown away unread. Destroyed alone, the GOAWAY could be lost to a RST.
    this.#session.close();
    this.#session.destroy();
  }
}
