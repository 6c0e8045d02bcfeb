// Files in memory: how stale an answer may be, what a busy file costs, and what is never answered from there.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '#src/io/clock.js';
import { staticFiles } from '#src/server/static/index.js';
import { CONTEXT, makeRequest, makeSite, serveCounted } from './temporary-site.js';

/** A clock that stands until it is moved. Nothing here starts timers. */
function standingClock(): Clock & { nowAtMs: number } {
  const refuse = (): never => {
    throw new Error('no timer is needed to serve files');
  };
  return {
    nowAtMs: 0,
    nowMs(): number {
      return this.nowAtMs;
    },
    wallMs: () => Date.now(),
    startTimer: refuse,
    endOfTurn: refuse,
  };
}

function callsOf(counts: Record<string, number>): number {
  return Object.entries(counts).reduce(
    (sum, [name, count]) => sum + (name === 'stillOpen' || name === 'close' ? 0 : count),
    0,
  );
}

describe('a file in memory', () => {
  it('is answered without one call to the file system for a second, and shows an edit after it', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'one' });
    const clock = standingClock();
    const { ask, counts } = serveCounted(site.root, { clock });
    assert.equal(await (await ask('/a.txt')).text(), 'one');
    const calls = callsOf(counts);
    await site.write('a.txt', 'two!');
    clock.nowAtMs = 1_000;
    assert.equal(await (await ask('/a.txt')).text(), 'one');
    assert.equal(callsOf(counts), calls);
    clock.nowAtMs = 1_001;
    assert.equal(await (await ask('/a.txt')).text(), 'two!');
  });

  it('is counted from before it was read, so that a slow disk does not make it staler', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'one' });
    const clock = standingClock();
    const { ask, counts } = serveCounted(site.root, { clock }, (node) => ({
      read: async (...rest) => {
        clock.nowAtMs += 600;
        return node.read(...rest);
      },
    }));
    await ask('/a.txt');
    clock.nowAtMs = 1_000;
    await ask('/a.txt');
    assert.equal(counts.read, 1);
    clock.nowAtMs = 1_001;
    await ask('/a.txt');
    assert.equal(counts.read, 2);
  });

  it('answers at once, without a promise', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'one' });
    const handler = staticFiles(site.root);
    assert.ok(handler(makeRequest('/a.txt'), CONTEXT) instanceof Promise);
    await handler(makeRequest('/a.txt'), CONTEXT);
    assert.ok(!(handler(makeRequest('/a.txt'), CONTEXT) instanceof Promise));
  });

  it('serves every coding, condition, range and HEAD once it was read for each', async (test) => {
    const site = await makeSite(test, { 'a.css': '0123456789', 'a.css.gz': 'ABCDE' });
    const { ask, counts } = serveCounted(site.root, { clock: standingClock() });
    const requests: [headers: Record<string, string>, method: string, status: number, text: string][] = [
      [{}, 'GET', 200, '0123456789'],
      [{ 'accept-encoding': 'gzip' }, 'GET', 200, 'ABCDE'],
      [{ range: 'bytes=1-2' }, 'GET', 206, '12'],
      [{ 'accept-encoding': 'gzip', range: 'bytes=1-2' }, 'GET', 206, 'BC'],
      [{ 'if-none-match': '*' }, 'GET', 304, ''],
      [{ range: 'bytes=99-' }, 'GET', 416, '416 Range Not Satisfiable\n'],
      [{}, 'HEAD', 200, ''],
    ];
    let calls = 0;
    for (let round = 0; round < 2; round++) {
      for (const [headers, method, status, text] of requests) {
        const answer = await ask('/a.css', headers, method);
        assert.equal(answer.status, status);
        assert.equal(await answer.text(), text);
      }
      if (round === 0) calls = callsOf(counts);
    }
    assert.equal(counts.read, 2);
    assert.equal(callsOf(counts), calls);
    assert.equal(counts.stillOpen, 0);
  });

  it('is read once for a burst of requests', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'one' });
    const { ask, counts } = serveCounted(site.root, { clock: standingClock() });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('/a.txt')));
    assert.equal(counts.open, 1);
    assert.equal(counts.read, 1);
    for (const answer of answers) assert.equal(answer.status, 200);
  });

  it('fails for each request of a burst where reading fails, and is tried again afterwards', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'one' });
    let failing = true;
    const { ask } = serveCounted(site.root, {}, (node) => ({
      open: (path) => (failing ? Promise.reject(Object.assign(new Error('I/O'), { code: 'EIO' })) : node.open(path)),
    }));
    const outcomes = await Promise.allSettled([ask('/a.txt'), ask('/a.txt'), ask('/a.txt')]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    );
    failing = false;
    assert.equal((await ask('/a.txt')).status, 200);
  });

  it('is not asked about its content where it is large, but its conditions are answered from memory', async (test) => {
    const site = await makeSite(test, { large: Buffer.alloc(1_000) });
    const { ask, counts } = serveCounted(site.root, { smallFileBytes: 999, clock: standingClock() });
    const etag = (await ask('/large', {}, 'HEAD')).headers.get('etag') ?? '';
    const calls = callsOf(counts);
    assert.equal((await ask('/large', { 'if-none-match': etag })).status, 304);
    assert.equal(callsOf(counts), calls);
    await (await ask('/large')).text();
    await (await ask('/large')).text();
    assert.equal(counts.open, 3);
    assert.equal(counts.stillOpen, 0);
  });

  it('is forgotten at once where memory is switched off', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'one' });
    const { ask } = serveCounted(site.root, { memory: false });
    await ask('/a.txt');
    await site.write('a.txt', 'two');
    assert.equal(await (await ask('/a.txt')).text(), 'two');
  });
});
