// Whole inspections of the bad peer, with each of its faults from the beginning and from the second request on.
import { describe, test } from 'node:test';
import { BAD_PEER_FAULT_KINDS, startBadPeer } from '#src/testing/bad-peer/index.js';
import type { BadPeerFault } from '#src/testing/bad-peer/index.js';
import { inspectLiar } from './inspect-liar.ts';

describe('the bad peer', { concurrency: 4 }, () => {
  const PARAMETERS: Partial<Record<BadPeerFault['kind'], readonly object[]>> = {
    blackHole: ['accept', 'idle', 'beforeProcessing', 'afterProcessing', 'responseHead', 'responseBody'].map((at) => ({
      at,
    })),
    closeWhenIdle: [{ afterMs: 100 }, { afterMs: 100, ending: 'reset' }],
    requestTimeoutWhenIdle: [{ afterMs: 100 }],
    poison: ['response', 'partialHead', 'interim', 'emptyLine', 'garbage'].flatMap((bytes) => [
      { bytes, place: 'behindAnswer' },
      { bytes, place: 'whenIdle', afterMs: 200 },
    ]),
    slowAnswer: [{ pieceBytes: 1, pauseMs: 0 }, { pieceBytes: [20, Infinity] }],
    http10Answer: [{ framing: 'length' }, { framing: 'chunked' }, { framing: 'untilClose', ending: 'fin' }],
  };

  for (const kind of BAD_PEER_FAULT_KINDS) {
    test(`${kind} is inspected to the end`, async () => {
      const inspections = [{}, ...(PARAMETERS[kind] ?? [])].flatMap((parameters) =>
        [undefined, { request: 2 }].map(async (when) => {
          await using peer = await startBadPeer({ fault: { kind, ...parameters, when } as BadPeerFault });
          await inspectLiar(peer.url);
        }),
      );
      await Promise.all(inspections);
    });
  }
});
