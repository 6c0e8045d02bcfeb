// One signal for many requests, as those of one job have it.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { AbortWatch } from '#src/abort-watch.js';
import { DrivenSession } from './driven-session.ts';
import { MemoryOrigin } from './memory-origin.ts';

const REQUESTS = 50;

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

test('requests that share a signal are given up together, and it never has more than one listener', async () => {
  const origin = new MemoryOrigin();
  origin.hold();
  const driven = new DrivenSession(origin.accept, { limits: { perOrigin: 2 } });
  const controller = new AbortController();
  const { signal } = controller;
  const outcomes = Array.from({ length: REQUESTS }, () => driven.outcome(driven.session.request('/', { signal })));
  await driven.settle();
  assert.equal(listeners(signal), 1);
  controller.abort(new TypeError('enough'));
  assert.deepEqual(
    await Promise.all(outcomes),
    Array.from({ length: REQUESTS }, () => 'TypeError'),
  );
  assert.equal(listeners(signal), 0);
});

test('a signal has no listener once the last of its requests is answered', async () => {
  const driven = new DrivenSession(new MemoryOrigin().accept);
  const { signal } = new AbortController();
  for (let round = 0; round < 3; round += 1) {
    const outcomes = [1, 2].map(() => driven.outcome(driven.session.request('/', { signal })));
    assert.equal(listeners(signal), 1);
    await driven.settle();
    await Promise.all(outcomes);
    assert.equal(listeners(signal), 0);
  }
});

test('who stops watching within the call for another is not told', () => {
  const watch = new AbortWatch();
  const controller = new AbortController();
  const told: string[] = [];
  const second = { onAborted: () => void told.push('second') };
  const first = {
    onAborted: () => {
      told.push('first');
      watch.remove(controller.signal, second);
    },
  };
  watch.add(controller.signal, first);
  watch.add(controller.signal, second);
  controller.abort();
  assert.deepEqual(told, ['first']);
});
