// Thousands of listeners on the one signal of a shutdown: told once, and gone for good when they leave.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { watchDraining } from '#src/server/shutdown/draining-watch.js';

describe('those who watch for a shutdown', () => {
  test('are told once, in the order in which they came, but for those who left', () => {
    const controller = new AbortController();
    const told: number[] = [];
    const leave = [0, 1, 2, 3].map((number) => watchDraining(controller.signal, () => told.push(number)));
    leave[1]!();
    leave[1]!();
    controller.abort();
    assert.deepEqual(told, [0, 2, 3]);
    leave[2]!();
  });

  test('may leave, and take others with them, while they are told', () => {
    const controller = new AbortController();
    const told: string[] = [];
    const leave: Record<string, () => void> = {};
    leave['a'] = watchDraining(controller.signal, () => {
      told.push('a');
      leave['a']!();
      leave['b']!();
    });
    leave['b'] = watchDraining(controller.signal, () => told.push('b'));
    leave['c'] = watchDraining(controller.signal, () => told.push('c'));
    controller.abort();
    assert.deepEqual(told, ['a', 'c']);
  });

  test('are one listener of the signal, however many they are', () => {
    const { signal } = new AbortController();
    for (let count = 0; count < 10_000; count += 1) watchDraining(signal, () => {});
    assert.equal(getEventListeners(signal, 'abort').length, 1);
  });

  test('of one server are not told of another', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    let told = 0;
    watchDraining(one.signal, () => (told += 1));
    other.abort();
    assert.equal(told, 0);
  });
});
