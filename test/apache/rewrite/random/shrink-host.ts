// Makes a host that differs smaller as long as it still does: requests, lines, flags. All that might be left out is tried at once, each as a
// host of its own in one batch.
import type { ServerProgram } from '../../differential/harness/server-program.ts';
import type { Place, RandomHost, RandomRequest } from './random-host.ts';
import { runBatch } from './run-batch.ts';

/** Every host with a little less, the greatest steps first. */
function* smallerHosts(host: RandomHost): Generator<RandomHost> {
  for (const requests of withoutParts(host.requests, 1)) yield { ...host, requests };
  for (const [at, place] of host.places.entries()) {
    if (place.lines.length === 0) continue;
    for (const lines of withoutParts(place.lines, 0)) yield withPlace(host, at, { ...place, lines });
  }
  for (const [at, request] of host.requests.entries()) {
    for (const smaller of smallerRequests(request)) {
      yield { ...host, requests: host.requests.with(at, smaller) };
    }
  }
  for (const [at, place] of host.places.entries()) {
    for (const [number, line] of place.lines.entries()) {
      for (const smaller of smallerLines(line)) {
        yield withPlace(host, at, { ...place, lines: place.lines.with(number, smaller) });
      }
    }
  }
}

const withPlace = (host: RandomHost, at: number, place: Place): RandomHost => ({
  ...host,
  places: host.places.with(at, place),
});

/** Half of them, a quarter, and at last single ones left out; at least `least` stay. */
function* withoutParts<T>(parts: readonly T[], least: number): Generator<readonly T[]> {
  for (let size = parts.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from + size <= parts.length; from += size) {
      if (parts.length - size >= least) yield parts.toSpliced(from, size);
    }
  }
}

function* smallerRequests(request: RandomRequest): Generator<RandomRequest> {
  for (const fields of withoutParts(request.fields, 0)) yield { ...request, fields };
  if (request.method !== 'GET') yield { ...request, method: 'GET' };
  const { target } = request;
  for (let size = Math.floor(target.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 1; from + size <= target.length; from += size) {
      yield { ...request, target: target.slice(0, from) + target.slice(from + size) };
    }
  }
}

/** Without one of the flags in its brackets, or without all; and with words cut short. */
function* smallerLines(line: string): Generator<string> {
  const [, front = '', list] = /^((?:RewriteRule|RewriteCond) .*) \[([^[\]]*)\]$/.exec(line) ?? [];
  if (list !== undefined) {
    const flags = list.split(',');
    for (const rest of withoutParts(flags, 0)) yield rest.length === 0 ? front : `${front} [${rest.join(',')}]`;
  }
  const words = line.split(' ');
  for (const [at, word] of words.entries()) {
    if (at === 0) continue;
    for (let size = Math.floor(word.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from + size <= word.length; from += size) {
        yield words.with(at, word.slice(0, from) + word.slice(from + size)).join(' ');
      }
    }
  }
}

/** How many are tried at once. */
const TRIED_AT_ONCE = 100;
/** A case that does not get smaller by then is small enough. */
const ROUNDS = 30;

async function differing(
  hosts: readonly RandomHost[],
  main: readonly string[],
  programs: readonly [ServerProgram, ServerProgram],
  folder: string,
): Promise<RandomHost | undefined> {
  try {
    const differences = await runBatch({ main, hosts }, programs, folder);
    return differences.length === 0 ? undefined : hosts[differences[0]!.index];
  } catch {
    // One of them is refused as a configuration, so the halves are tried.
    if (hosts.length <= 1) return undefined;
    const middle = hosts.length >> 1;
    return (
      (await differing(hosts.slice(0, middle), main, programs, folder)) ??
      (await differing(hosts.slice(middle), main, programs, folder))
    );
  }
}

/** The smallest host that was found, and the lines of the main server that it needs. */
export async function shrinkHost(
  host: RandomHost,
  main: readonly string[],
  programs: readonly [ServerProgram, ServerProgram],
  folder: string,
): Promise<{ host: RandomHost; main: readonly string[] }> {
  let smallest = host;
  let shared = main;
  for (const fewer of withoutParts(main, 0)) {
    if (fewer.length < shared.length && (await differing([host], fewer, programs, folder)) !== undefined) {
      shared = fewer;
    }
  }
  let start = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const candidates = [...smallerHosts(smallest)];
    if (start >= candidates.length) break;
    const tried = candidates.slice(start, start + TRIED_AT_ONCE);
    const found = await differing(tried, shared, programs, folder);
    if (found === undefined) {
      start += TRIED_AT_ONCE;
    } else {
      smallest = found;
      start = 0;
    }
  }
  return { host: smallest, main: shared };
}
