// What a heartbeat counts of its life.
import type { Health } from './machine.ts';
import { RoundTrips } from './round-trips.ts';

/** See the head of the file. */
export class Counts {
  readonly rtt: RoundTrips = new RoundTrips();
  /** Signals that went out. */
  sent = 0;
  acknowledged = 0;
  missed = 0;
  /** How often the peer went down. */
  downs = 0;
  #health: Health = 'well';
  #healthSinceMs: number;
  #downSinceMs = 0;

  constructor(nowMs: number) {
    this.#healthSinceMs = nowMs;
  }

  /** What is believed of the peer, each time that it may have changed. */
  healthIs(health: Health, nowMs: number): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#healthSinceMs = nowMs;
    if (health !== 'down') return;
    this.downs += 1;
    this.#downSinceMs = nowMs;
  }

  /** For how long that has been believed. */
  sinceMs(nowMs: number): number {
    return nowMs - this.#healthSinceMs;
  }

  /** How long ago the peer went down last. */
  downMs(nowMs: number): number {
    return nowMs - this.#downSinceMs;
  }
}
