// What Apache asks of a configuration when it starts, and not when it only checks it.
import type { ProcessConfiguration } from './process-configuration.ts';

/** Why nothing can be served, in Apache's words, lines without the last line end; undefined: it can. */
export function explainNoListener({ listen }: ProcessConfiguration): string | undefined {
  if (listen.length > 0) return undefined;
  return 'no listening sockets available, shutting down\nAH00015: Unable to open logs';
}
