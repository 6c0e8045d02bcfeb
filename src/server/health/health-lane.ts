// Room for health checks where there is no room left: a few connections above the limit, on which nothing but checks is served.
// A server that is full is not dead, and whoever kills it for being full makes the others fuller.
import { statusAnswer } from '../exchange/builtin-answers.ts';
import type { Answer } from '../handler.ts';
import type { ServedConnection } from '../connection/served-connection.ts';
import { SHED_FLOOR_MS } from '../admission/shedding.ts';

/** Connections above the limit. A balancer, a kubelet and a person with curl at the same time, several times over. */
const LANE_CONNECTIONS = 8;

/** See the head of the file. */
export class HealthLane {
  /** In the order in which they came. */
  readonly #guests = new Set<object>();
  /** Let in above the limit, and not handed over yet: they may still shake hands. */
  #expected = 0;
  /** Newcomers for whom another connection was shed, and which are not handed over yet. What was shed still says goodbye, so they come in above the limit, too. */
  #replacements = 0;

  /** Whether another connection may come in above the limit, where necessary in place of one that has said nothing for a while. */
  offerRoom(): boolean {
    if (this.#guests.size + this.#expected >= LANE_CONNECTIONS && !this.#makeRoom()) return false;
    this.#expected += 1;
    return true;
  }

  #makeRoom(): boolean {
    for (const guest of this.#guests as Set<ServedConnection>) {
      if (guest.info().ageMs < SHED_FLOOR_MS) return false;
      if (!guest.closeIdle('shed')) continue;
      this.#guests.delete(guest);
      return true;
    }
    return false;
  }

  /** A newcomer was admitted in the place of another connection. */
  noteReplacement(): void {
    this.#replacements += 1;
  }

  /** A connection is handed over. `isFull`: there are as many as there may be without it. */
  add(connection: ServedConnection, isFull: boolean): void {
    if (!isFull) {
      this.#expected = 0;
      this.#replacements = 0;
    } else if (this.#replacements > 0) {
      this.#replacements -= 1;
    } else {
      this.#expected = Math.max(this.#expected - 1, 0);
      this.#guests.add(connection);
    }
  }

  /** A connection goes on as another one. */
  replace(connection: ServedConnection, by: ServedConnection): void {
    if (this.#guests.delete(connection)) this.#guests.add(by);
  }

  delete(connection: ServedConnection): void {
    this.#guests.delete(connection);
  }

  /** Something that was admitted came to nothing before it was handed over. */
  pendingEnded(): void {
    this.#expected = Math.max(this.#expected - 1, 0);
  }

  /** Whether the connection was let in for checks alone. */
  has(connection: object): boolean {
    return this.#guests.has(connection);
  }

  /** What a request that is no check is answered on such a connection; undefined on any other. */
  refuse(connection: object): Answer | undefined {
    if (this.#guests.size === 0 || !this.has(connection)) return undefined;
    return statusAnswer(503, 'too many connections', { connection: 'close', 'retry-after': '1' });
  }
}
