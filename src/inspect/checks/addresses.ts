// Do all addresses of the name behave the same? Each is asked on a connection of its own, one after the other.
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { roundMs } from '../round-ms.ts';
import type { AddressMeasurement } from '../measurements.ts';
import type { ResolvedAddress } from '../../io/index.ts';

/** Names with more are those of large networks, where all of them lead to the same. */
const MOST_ADDRESSES = 16;

export const addresses: Check = defineCheck({
  id: 'addresses',
  title: 'Whether all addresses of the name behave the same',
  measures: ['addresses'],
  kind: 'quick',
  cost: ({ allAddresses }) =>
    allAddresses ? { connections: MOST_ADDRESSES, requests: 2 * MOST_ADDRESSES } : { connections: 0, requests: 0 },
  skipReason: ({ options }) => (options.allAddresses ? undefined : 'it was not asked for'),
  run: async (run) => {
    const measured: AddressMeasurement[] = [];
    for (const address of (await resolve(run)).slice(0, MOST_ADDRESSES)) {
      // What is not looked at any more for want of time is no part of the list.
      if (run.boundMs(1) === 0) break;
      measured.push(await measure(run, address));
    }
    return { addresses: measured };
  },
});

/** Each once. */
async function resolve(run: CheckRun): Promise<readonly ResolvedAddress[]> {
  try {
    const found = await run.resolve();
    return found.filter((one, index) => index === found.findIndex(({ address }) => address === one.address));
  } catch (error) {
    throw new CheckFailure((error as Error).message, { cause: error });
  }
}

async function measure(run: CheckRun, address: ResolvedAddress): Promise<AddressMeasurement> {
  const reached = await run.openTimed(`the address ${address.address}`, undefined, address).catch((error: unknown) => {
    if (error instanceof CheckFailure) return undefined;
    throw error;
  });
  if (reached === undefined) return { address: address.address, ...UNREACHABLE };
  const { peer, opened } = reached;
  const answer = await peer.exchange(run.format({ method: run.cheapMethod }), run.cheapMethod);
  const lastedMs = opened.totalMs + answer.endMs - answer.sentMs;
  const measured = {
    address: address.address,
    newConnectionMs: roundMs(lastedMs),
    ...(answer.kind === 'answer'
      ? {
          status: answer.status,
          http11Persistent: (await run.askAgain(peer))?.kind === 'answer',
          advertisedTimeoutMs: answer.hint.timeoutMs ?? null,
          server: answer.headers.get('server'),
        }
      : UNANSWERED),
  };
  peer.close();
  return measured;
}

const UNANSWERED = { status: null, http11Persistent: null, advertisedTimeoutMs: null, server: null };
const UNREACHABLE = { newConnectionMs: null, ...UNANSWERED };
