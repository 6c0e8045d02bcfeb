// Many streams through two servers, several connections at a time.
import { randomStream } from './random-stream.ts';
import type { WireStream } from './stream.ts';
import type { TwoServers } from './two-servers.ts';

export interface ComparedStreams {
  readonly streams: number;
  readonly requests: number;
  readonly different: ReadonlyArray<{ readonly seed: number; readonly stream: WireStream }>;
}

const CONNECTIONS = 8;

/** Stops when `most` streams differ. */
export async function compareStreams(
  servers: TwoServers,
  seeds: readonly number[],
  most: number,
): Promise<ComparedStreams> {
  const different: Array<{ seed: number; stream: WireStream }> = [];
  const left = seeds.values();
  let streams = 0;
  let requests = 0;
  const work = async (): Promise<void> => {
    for (const seed of left) {
      if (different.length >= most) return;
      const stream = randomStream(seed);
      streams += 1;
      requests += stream.requests.length;
      if ((await servers.compare(stream)) !== undefined) different.push({ seed, stream });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return { streams, requests, different: different.toSorted((one, other) => one.seed - other.seed) };
}
