// Lets requests wait until sockets have been looked at once, those of one turn together: the yield costs a turn and not one for each.
import type { ExchangeConnection, ExchangeRequest } from '../exchange-parties.ts';
import type { SessionCore } from '../session-core.ts';

interface Entry {
  readonly connection: ExchangeConnection;
  readonly request: ExchangeRequest;
}

/** Those that wait for the same look. */
interface Batch {
  /** The turn in which they came: a look that another turn has asked for may have been before. */
  readonly mark: number;
  readonly entries: Entry[];
}

/** See the head of the file. */
export class PollGate {
  readonly #core: SessionCore;
  /** The one that came last. */
  #batch: Batch | undefined;
  readonly #batches: Set<Batch> = new Set();

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /** Sends the request on the connection if that is alive after a look; otherwise the request starts anew. */
  pass(connection: ExchangeConnection, request: ExchangeRequest): void {
    connection.reserve();
    this.#core.stats.validations += 1;
    const mark = this.#core.polls.mark();
    if (this.#batch?.mark !== mark) this.#begin({ mark, entries: [] });
    this.#batch!.entries.push({ connection, request });
  }

  /** The session is destroyed. Nothing is in flight on their connections that could tell them. */
  failAll(error: Error): void {
    for (const { entries } of this.#batches) for (const { request } of entries) request.fail(error);
  }

  #begin(batch: Batch): void {
    this.#batch = batch;
    this.#batches.add(batch);
    this.#core.clock.afterPoll(() => {
      this.#batches.delete(batch);
      if (this.#batch === batch) this.#batch = undefined;
      this.#open(batch.entries);
    });
  }

  #open(entries: readonly Entry[]): void {
    for (const { connection, request } of entries) {
      const alive = connection.release();
      this.#core.trace?.({ type: 'validated', connection: connection.info(), alive });
      // Asked again: whoever is told may have closed the session.
      if (!connection.release()) request.start();
      else if (request.settled) connection.stayIdle();
      else connection.send(request);
    }
  }
}
