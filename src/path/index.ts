// What lies between a client and a server, and what follows from it for timeouts.
import type { Hop } from './hop.ts';
import { HOPS } from './hops.ts';

export type { Hop } from './hop.ts';
export { HOPS } from './hops.ts';

export function findHop(name: string): Hop | undefined {
  return HOPS.find((hop) => hop.name === name);
}

/** In the order of the table. */
export function hopNames(): string[] {
  return HOPS.map(({ name }) => name);
}
