// Room for health checks where there is no room left: a few connections above the limit, on which nothing but checks is served.
// A server that is full is not dead, and whoever kills it for being full makes the others fuller.
import { statusAnswer } from './builtin-answers.ts';
import type { Answer } from './handler.ts';
import type { ServedConnection } from './served-connection.ts';
import { SHED_FLOOR_MS } from './shedding.ts';

/** Connections above the limit. A balancer, a kubelet and a person with curl at the same time, several times over. */
const LANE_CONNECTIONS = 8;

/** See the head of the file. */
export class HealthLane {
  /** In the order in which they came. */
  readonly #guests = new Set<ServedConnection>();

  /** Whether another connection may come in above the limit, where necessary in place of one that has said nothing for a while. */
  offerRoom(): boolean {
    if (this.#guests.size < LANE_CONNECTIONS) return true;
    for (const guest of this.#guests) {
      if (guest.info().ageMs < SHED_FLOOR_MS) return false;
      if (guest.closeIdle('shed')) {
        this.#guests.delete(guest);
        return true;
      }
    }
    return false;
  }

  /** A connection that came in above the limit. */
  add(guest: ServedConnection): void {
    this.#guests.add(guest);
  }

  delete(connection: ServedConnection): void {
    this.#guests.delete(connection);
  }

  /** What a request that is no check is answered on such a connection; undefined on any other. */
  refuse(connection: unknown): Answer | undefined {
    if (this.#guests.size === 0 || !this.#guests.has(connection as ServedConnection)) return undefined;
    return statusAnswer(503, 'too many connections', { connection: 'close', 'retry-after': '1' });
  }
}
