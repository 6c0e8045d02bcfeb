// Whole inspections of the bad peer, with each of its faults from the beginning and from the second request on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Measurements } from '#src/inspect/index.js';
import { BAD_PEER_FAULT_KINDS, startBadPeer } from '#src/testing/bad-peer/index.js';
import type { BadPeerFault, BadPeerFaultKind } from '#src/testing/bad-peer/index.js';
import { inspectLiar } from './inspect-liar.ts';

describe('the bad peer', { concurrency: 8 }, () => {
  const PARAMETERS: Partial<Record<BadPeerFaultKind, readonly object[]>> = {
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

  const EXPECTED: Readonly<Record<BadPeerFaultKind, Partial<Measurements>>> = {
    announcedClose: { http11Persistent: false, http11CloseAnnounced: true },
    blackHole: { http11Persistent: false, http11CloseAnnounced: null },
    closeAfterProcessing: { unanswered: 'fin' },
    closeBeforeProcessing: { unanswered: 'fin' },
    closeMidRequest: { unanswered: 'fin' },
    // Our request may be answered by RST before the end is seen.
    closeOnAccept: { status: null },
    closeWhenIdle: { http11Persistent: false, http11CloseAnnounced: false },
    cutHead: { unanswered: 'fin' },
    earlyAnswer: { http11Persistent: true },
    http10Answer: { status: 200, http11Persistent: false, http11CloseAnnounced: true },
    interimResponses: { status: 200, http11Persistent: true },
    lyingHint: { http11Persistent: false, http11CloseAnnounced: false, advertisedTimeoutMs: 5_000 },
    lyingMax: { advertisedMax: 2, maxCountsDown: true },
    missingAnswer: { unanswered: 'timeout' },
    missingLastChunk: { unanswered: 'fin' },
    poison: { http11Persistent: true, bytesBehindAnswer: true },
    requestTimeoutAnswer: { status: 200 },
    requestTimeoutWhenIdle: { http11Persistent: false },
    shortBody: { unanswered: 'fin' },
    slowAnswer: { status: 200, http11Persistent: true },
    swappedAnswers: { unanswered: 'timeout' },
    unannouncedClose: { http11Persistent: false, http11CloseAnnounced: false },
  };

  for (const kind of BAD_PEER_FAULT_KINDS) {
    test(`${kind} is told as what it is`, async () => {
      await using peer = await startBadPeer({ fault: { kind } });
      const { measurements } = await inspectLiar(peer.url, { only: [], responseTimeoutMs: 3_000 });
      const told = Object.keys(EXPECTED[kind]).map((name) => [name, measurements[name as keyof Measurements]]);
      assert.deepEqual(Object.fromEntries(told), EXPECTED[kind]);
    });

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
