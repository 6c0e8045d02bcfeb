// Does each answer end its connection? A server may also leave it open and serve nothing more on it, which is another thing.
import type { Measurements } from '../measurements.ts';

/** See the head of the file. */
export function isEndedByAnswer({ http11Persistent, http11CloseAnnounced }: Readonly<Measurements>): boolean {
  return http11Persistent === false && http11CloseAnnounced !== null;
}
