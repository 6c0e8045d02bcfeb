// Lets requests wait until sockets have been looked at once, all of them together: the yield costs a turn and not one for each.
import type { Http1Connection } from './http1-connection.ts';
import type { PendingRequest } from './pending-request.ts';
import type { SessionCore } from './session-core.ts';

interface Entry {
  readonly connection: Http1Connection;
  readonly request: PendingRequest;
}

/** See the head of the file. */
export class PollGate {
  readonly #core: SessionCore;
  #waiting: Entry[] = [];

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /** Sends the request on the connection if that is alive after a look; otherwise the request starts anew. */
  pass(connection: Http1Connection, request: PendingRequest): void {
    connection.reserve();
    this.#core.stats.validations += 1;
    this.#waiting.push({ connection, request });
    if (this.#waiting.length === 1) this.#core.clock.afterPoll(() => this.#open());
  }

  #open(): void {
    const entries = this.#waiting;
    this.#waiting = [];
    for (const { connection, request } of entries) {
      const alive = connection.release();
      this.#core.trace?.({ type: 'validated', connection: connection.info(), alive });
      if (!alive) request.start();
      else if (request.settled) connection.stayIdle();
      else connection.send(request);
    }
  }
}
