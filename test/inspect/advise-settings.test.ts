// Settings that follow from measurements, each with its reason; and nothing that does not follow.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { adviseSettings } from '#src/inspect/advise-settings.js';
import { anyFacts } from './any-measurements.ts';
import { factsOf, LOAD_BALANCER } from './judged-facts.ts';
import type { Seen } from './judged-facts.ts';

const clientOf = (seen: Seen): Record<string, unknown> => withoutReasons(adviseSettings(factsOf(seen)).client);
const serverOf = (seen: Seen): Record<string, unknown> => withoutReasons(adviseSettings(factsOf(seen)).server);

function withoutReasons(advice: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(advice).filter(([name]) => name !== 'reasons'));
}

describe('advice', () => {
  test('is silent where nothing was measured', () => {
    const silent = { client: { reasons: {} }, server: { reasons: {} } };
    assert.deepEqual(adviseSettings(factsOf({})), silent);
    assert.deepEqual(adviseSettings(factsOf({ behind: LOAD_BALANCER })), silent);
  });

  test('nothing follows from a connection that ends behind an error', () => {
    const silent = { client: { reasons: {} }, server: { reasons: {} } };
    assert.deepEqual(adviseSettings(factsOf({ http11Persistent: false, status: 500 })), silent);
    assert.notDeepEqual(adviseSettings(factsOf({ http11Persistent: false, status: 200 })), silent);
  });

  test('how long it was watched says nothing of how long it is kept', () => {
    assert.deepEqual(clientOf({ idleClose: 'none', maxWaitMs: 2_000 }), {});
  });

  const idleTimes: readonly (readonly [string, Seen, number])[] = [
    ['a second less than 5 s', { idleTimeoutMs: 5_004 }, 4_000],
    ['less than what is promised, where that is shorter', { advertisedTimeoutMs: 5_000, idleTimeoutMs: 6_008 }, 4_000],
    ['less than what is kept, where that is shorter', { advertisedTimeoutMs: 10_000, idleTimeoutMs: 3_000 }, 2_400],
    ['a fifth less than one second, which is then still of use', { advertisedTimeoutMs: 1_000 }, 800],
    ['two round trips less where the way is long', { idleTimeoutMs: 10_000, reusedRequestMs: 1_500 }, 7_000],
    ['half of it where the way is longer than it', { idleTimeoutMs: 1_000, reusedRequestMs: 1_500 }, 500],
  ];
  for (const [what, seen, idleTimeoutMs] of idleTimes) {
    test(`a client keeps an idle connection for ${what}`, () => {
      assert.deepEqual(clientOf(seen), { idleTimeoutMs });
    });
  }

  test('a client of a server that keeps nothing uses each connection once', () => {
    assert.deepEqual(clientOf({ http11Persistent: false, advertisedTimeoutMs: 5_000 }), {
      maxRequestsPerConnection: 1,
    });
    assert.deepEqual(clientOf({ advertisedTimeoutMs: 0 }), { maxRequestsPerConnection: 1 });
  });

  test('a client stops where the server stops', () => {
    const { client } = adviseSettings(factsOf({ maxRequests: 100, maxRequestsAnnounced: false }));
    assert.equal(client.maxRequestsPerConnection, 100);
    assert.equal(client.reasons['maxRequestsPerConnection'], 'The server closes after 100 answers, without a word.');
  });

  test('a client sends several requests at once only where all were answered in order', () => {
    assert.deepEqual(clientOf({ pipelining: 'ordered', pipelinedRequests: 5 }), { pipelining: 5 });
    for (const pipelining of ['broken', 'refused', 'serial-close'] as const) {
      assert.deepEqual(clientOf({ pipelining, pipelinedRequests: 5 }), { pipelining: 1 });
    }
  });

  test('with a hop in front the client is the hop, and is told whether its time is short enough', () => {
    const reasonOf = (idleTimeoutMs: number): string =>
      adviseSettings(factsOf({ idleTimeoutMs, behind: LOAD_BALANCER })).client.reasons['idleTimeoutMs'] ?? '';
    assert.match(reasonOf(65_000), /the load balancer: it keeps idle connections for 60 s, which is within\.$/);
    assert.match(reasonOf(60_000), /which is too long\.$/);
  });

  const serverTimes: readonly (readonly [string, Seen, number | undefined])[] = [
    ['outlasts the hop in front by 5 s', { idleTimeoutMs: 6_000, behind: LOAD_BALANCER }, 65_000],
    ['stays as it is where it outlasts the hop', { idleTimeoutMs: 65_000, behind: LOAD_BALANCER }, undefined],
    ['outlasts its own promise by a second', { advertisedTimeoutMs: 5_000, idleTimeoutMs: 5_004 }, 6_000],
    ['outlasts a long promise by a twentieth', { advertisedTimeoutMs: 100_000, idleTimeoutMs: 100_000 }, 105_000],
    ['stays as it is where it does', { advertisedTimeoutMs: 5_000, idleTimeoutMs: 6_008 }, undefined],
    ['keeps connections for 5 s at least', { idleTimeoutMs: 1_000 }, 5_000],
    ['begins to keep connections', { http11Persistent: false }, 65_000],
    ['begins to keep them for longer than the hop', { http11Persistent: false, behind: LOAD_BALANCER }, 65_000],
    ['stays as it is where the end was not seen', { idleClose: 'none', behind: LOAD_BALANCER }, undefined],
  ];
  for (const [what, seen, keepAliveTimeoutMs] of serverTimes) {
    test(`a server ${what}`, () => {
      assert.deepEqual(serverOf(seen), keepAliveTimeoutMs === undefined ? {} : { keepAliveTimeoutMs });
    });
  }

  test('a server raises a low limit of requests, and bounds the wait for half a request', () => {
    assert.deepEqual(serverOf({ maxRequests: 99 }), { maxKeepAliveRequests: 1_000 });
    assert.deepEqual(serverOf({ maxRequests: 100 }), {});
    assert.deepEqual(serverOf({ partialHeadClose: 'none' }), { headerTimeoutMs: 20_000 });
    assert.deepEqual(serverOf({ partialHeadClose: 'fin', partialHeadTimeoutMs: 60_050 }), {});
  });

  test('whatever was measured, numbers are whole and positive, and each has a reason in a sentence', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        for (const side of Object.values(adviseSettings(facts))) {
          const { reasons, ...numbers } = side as { reasons: Record<string, string> };
          assert.deepEqual(Object.keys(reasons).toSorted(), Object.keys(numbers).toSorted());
          for (const reason of Object.values(reasons)) {
            assert.match(reason, /^[A-Z\d].*\.$/);
            assert.doesNotMatch(reason, /\b(?:null|undefined|NaN|Infinity)\b/);
          }
          for (const [name, value] of Object.entries<number>(numbers)) {
            assert.ok(
              Number.isFinite(value) && value >= 0 && (value >= 1 || name === 'maxRequestsPerConnection'),
              name,
            );
          }
        }
      }),
    );
  });

  test('whatever was measured, the client gives up sooner than the server, and the hop before it', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { client, server } = adviseSettings(facts);
        const { idleTimeoutMs, advertisedTimeoutMs } = facts.measured;
        const shortest = Math.min(idleTimeoutMs ?? Infinity, advertisedTimeoutMs ?? Infinity);
        if (client.idleTimeoutMs !== undefined) assert.ok(client.idleTimeoutMs < shortest);
        const { keepAliveTimeoutMs } = server;
        if (keepAliveTimeoutMs === undefined) return;
        if (facts.behind !== undefined) assert.ok(keepAliveTimeoutMs >= facts.behind.serverIdleMs + 5_000);
        if (facts.measured.http11Persistent !== false) assert.ok(keepAliveTimeoutMs > (idleTimeoutMs ?? 0));
      }),
    );
  });
});
