// How many event streams each client has open over HTTP/1.1. Browsers open six connections to an origin and no more, in all tabs
// together: a seventh stream waits for ever, and so does everything else of that origin.

/** One stream more, and a browser has one connection left for all the rest. */
const CROWD = 5;

interface Census {
  readonly streams: Map<string, number>;
  warned: boolean;
}

/** One for each server; its signal of a shutdown stands for it. */
const censuses = new WeakMap<AbortSignal, Census>();

/**
 * Counts a stream of the client at `remote` (address and port), and warns in words, once for each server, where it is one of too many.
 * Returns what takes the stream off the count.
 */
export function countStream(server: AbortSignal, remote: string, warn: (text: string) => void): () => void {
  const census = censuses.get(server) ?? { streams: new Map<string, number>(), warned: false };
  censuses.set(server, census);
  const { streams } = census;
  const address = remote.slice(0, remote.lastIndexOf(':'));
  const count = (streams.get(address) ?? 0) + 1;
  streams.set(address, count);
  if (count >= CROWD && !census.warned) {
    census.warned = true;
    warn(describeCrowd(address, count));
  }
  return () => {
    const left = (streams.get(address) ?? 0) - 1;
    if (left > 0) streams.set(address, left);
    else streams.delete(address);
  };
}

function describeCrowd(address: string, count: number): string {
  return (
    `${address} has ${count} event streams open over HTTP/1.1. A browser opens no more than 6 connections to one origin: with 6 streams ` +
    'in its tabs nothing else of this origin loads. Serve it over HTTP/2, share one stream among the tabs, or, where this is the ' +
    'address of a proxy, ignore this'
  );
}
