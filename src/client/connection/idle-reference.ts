// An idle connection must not keep the process alive. Whether one stays idle shows at the end of the turn: a request that follows at
// once shall not pay for two calls into the runtime.
import type { Clock, Transport } from '../../io/index.ts';

/** The connections of one session that became idle in this turn. */
export class IdleReferences {
  readonly #clock: Clock;
  #settling: IdleReference[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  settle(reference: IdleReference): void {
    this.#settling.push(reference);
    if (this.#settling.length > 1) return;
    this.#clock.endOfTurn(() => {
      const settling = this.#settling;
      this.#settling = [];
      for (const one of settling) one.onEndOfTurn();
    });
  }
}

/** Whether one connection keeps the process alive. */
export class IdleReference {
  readonly #references: IdleReferences;
  readonly #transport: Transport;
  #isIdle = false;
  #isSettling = false;
  #isReleased = false;

  constructor(references: IdleReferences, transport: Transport) {
    this.#references = references;
    this.#transport = transport;
  }

  becameIdle(): void {
    this.#isIdle = true;
    if (this.#isSettling || this.#isReleased) return;
    this.#isSettling = true;
    this.#references.settle(this);
  }

  becameActive(): void {
    this.#isIdle = false;
    if (!this.#isReleased) return;
    this.#isReleased = false;
    this.#transport.setIdle(false);
  }

  onEndOfTurn(): void {
    this.#isSettling = false;
    if (!this.#isIdle) return;
    this.#isReleased = true;
    this.#transport.setIdle(true);
  }
}
