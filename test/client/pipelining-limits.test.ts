// How many requests a connection takes when they do not wait for each other's answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DrivenSession } from './driven-session.ts';
import type { DrivenOptions } from './driven-session.ts';
import { MemoryOrigin, formatResponse } from './memory-origin.ts';

/** The number of requests on each connection when many are made at once; `max` is what the server says to the first of each. */
async function countByConnection(options: DrivenOptions, max?: number): Promise<number[]> {
  const origin = new MemoryOrigin();
  origin.answer = (_request, peer) =>
    formatResponse('', max === undefined ? '' : `Keep-Alive: max=${max - peer.requests.length}\r\n`);
  const driven = new DrivenSession(origin.accept, { pipelining: 8, limits: { perOrigin: 1 }, ...options });
  assert.equal(await driven.get(), '200 ');
  const outcomes = Array.from({ length: 20 }, () => driven.outcome(driven.session.request('/')));
  await driven.settle();
  assert.deepEqual(new Set(await Promise.all(outcomes)), new Set(['200 ']));
  return origin.peers.map(({ requests }) => requests.length);
}

test('pipelined requests stay within maxRequestsPerConnection', async () => {
  assert.deepEqual(await countByConnection({ maxRequestsPerConnection: 5 }), [5, 5, 5, 5, 1]);
});

test('pipelined requests stay within what the server said that it would still answer', async () => {
  assert.deepEqual(await countByConnection({}, 5), [5, 5, 5, 5, 1]);
});
