// Servers that are far away or slow, and pages that are large: nothing wrong is concluded from that, and it costs no more than it must.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fastClock } from './fast-clock.ts';
import { plainAnswer, startRawServer } from './raw-server.ts';
import { runOneCheck } from './run-one-check.ts';
import { inspect } from '#src/inspect/index.js';

describe('a slow server', () => {
  test('that needs several seconds for each answer serves several connections at a time all the same', async () => {
    const clock = fastClock(20);
    await using server = await startRawServer((_head, { socket }) => {
      setTimeout(() => socket.write(plainAnswer()), 200);
    });
    const { measured, outcome } = await runOneCheck(server.url, 'concurrency', { clock });
    assert.deepEqual([outcome, measured.concurrentConnections], ['measured', true]);
  });

  test('is asked as often on one connection as there is time, and what was seen by then counts', async () => {
    const clock = fastClock(50);
    let asked = 0;
    await using server = await startRawServer((_head, { socket }) => {
      asked += 1;
      setTimeout(() => socket.write(plainAnswer()), 10);
    });
    const { measured, outcome, report } = await runOneCheck(server.url, 'request-limit', { clock, maxWaitMs: 1_000 });
    assert.equal(outcome, 'measured');
    assert.equal(measured.maxRequests, null);
    const { requestsTried } = measured;
    // Some thirty on a quiet machine, and one at least on any; all hundred would take longer than there is.
    assert.ok(requestsTried !== null && requestsTried >= 1 && requestsTried < 100, String(requestsTried));
    assert.ok(requestsTried <= asked, `${requestsTried} of ${asked}`);
    assert.ok(report.complete);
  });
});

describe('a large page', () => {
  test('is fetched a few times, not with every request', async () => {
    const body = 'x'.repeat(1_000_000);
    await using server = await startRawServer((head, { socket }) => {
      const isPage = / \/(?:\?\S*)? HTTP/.test(head);
      if (head.startsWith('HEAD')) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      else socket.write(isPage ? plainAnswer(body, 'ETag: "1"\r\n') : plainAnswer('', '', '404 Not Found'));
    });
    const report = await inspect(server.url, { maxWaitMs: 100, maxRequests: 20, responseTimeoutMs: 2_000 });
    assert.equal(report.measurements.headFraming, true);
    const pages = report.cost.bytesReceived / body.length;
    assert.ok(pages < 5, `${pages} times`);
  });
});
