// Faults at the start of a connection, as overloaded or dying servers and load balancers without a backend show them.
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { ending, milliseconds } from './parameter.ts';
import { end, FAULT, waitFor } from './step.ts';
import type { Ending } from './step.ts';

/** Accepts and closes without reading anything. */
export interface CloseOnAccept extends FaultBase {
  readonly kind: 'closeOnAccept';
  /** From accepting to the end; what arrives meanwhile is neither answered nor executed. Default 0. */
  readonly afterMs?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const CLOSE_ON_ACCEPT: FaultDefinition<CloseOnAccept> = {
  parameters: { afterMs: milliseconds(0), ending: ending('fin') },
  atAccept: ({ afterMs, ending: how }) => [FAULT, ...waitFor(afterMs), end(how)],
};
