// How a heartbeat ends: by hand, by an AbortSignal, by one of its listeners; and who hears of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DrivenHeartbeat } from './driven-heartbeat.ts';

describe('the end of a heartbeat', () => {
  test('comes to readers however it comes: before the start, by a signal, and for who asks behind it', async () => {
    const controller = new AbortController();
    const over = { done: true, value: undefined };
    const driven = new DrivenHeartbeat({ signal: controller.signal });
    const early = driven.heartbeat[Symbol.asyncIterator]();
    const waiting = early.next();
    controller.abort();
    assert.deepEqual(await waiting, over);
    assert.deepEqual(await driven.heartbeat[Symbol.asyncIterator]().next(), over);
    const stopped = new DrivenHeartbeat();
    const reader = stopped.heartbeat[Symbol.asyncIterator]().next();
    stopped.heartbeat.stop();
    assert.deepEqual(await reader, over);
    assert.deepEqual(await stopped.heartbeat[Symbol.asyncIterator]().next(), over);
    stopped.heartbeat.start();
    const again = stopped.heartbeat[Symbol.asyncIterator]().next();
    await stopped.advance(1);
    await stopped.ack();
    assert.equal((await again).value.type, 'ack');
  });

  test('lets go of an AbortSignal that thousands share, and puts one listener on it', async () => {
    const controller = new AbortController();
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const all = Array.from({ length: 50 }, () => new DrivenHeartbeat({ signal: controller.signal }));
    for (const { heartbeat } of all) heartbeat.start();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    assert.deepEqual(warnings, []);
    all[0]!.heartbeat.stop();
    controller.abort();
    assert.ok(all.every(({ heartbeat }) => heartbeat.state === 'idle'));
  });

  test('is not followed by what was about to be told', async () => {
    const driven = new DrivenHeartbeat({ tolerance: 1 });
    driven.heartbeat.on('missed', () => driven.heartbeat.stop());
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.fail('refused');
    assert.deepEqual(driven.takeLog(), ['1 send', '1 missed 1', '1 close']);
  });

  test('is read by who iterates with the event that led to it', async () => {
    const driven = new DrivenHeartbeat({ tolerance: 1 });
    driven.heartbeat.on('down', () => driven.heartbeat.stop());
    const events = driven.heartbeat[Symbol.asyncIterator]();
    driven.heartbeat.start();
    await driven.advance(1);
    await driven.fail('refused');
    const read: string[] = [];
    for await (const { type } of events) read.push(type);
    assert.deepEqual(read, ['missed', 'down']);
  });
});
