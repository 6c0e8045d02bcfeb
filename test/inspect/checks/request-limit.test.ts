// The check of the request limit: the count is exact, and what is no count is not taken for one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { InspectOptions } from '#src/inspect/index.js';
import { systemClock } from '#src/io/index.js';
import type { LoopClock } from '#src/io/index.js';
import { Response, serve } from '#src/server/index.js';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import type { RawConnection } from '../raw-server.ts';
import { runOneCheck, startNodeServer } from '../run-one-check.ts';

const CLOSE = 'Connection: close\r\n';

interface Verdict {
  readonly maxRequests: number | null;
  readonly announced: boolean | null;
  readonly tried: number | null;
}

async function verdict(url: string, options: InspectOptions = {}): Promise<Verdict> {
  const { measured } = await runOneCheck(url, 'request-limit', { maxRequests: 60, ...options });
  const { maxRequests, maxRequestsAnnounced: announced, requestsTried: tried } = measured;
  return { maxRequests, announced, tried };
}

/** A server whose connections end as the test says; the one of the first requests is served as usual. */
function serveRaw(onRequest: (connection: RawConnection) => void) {
  return startRawServer((_head, connection) => {
    if (connection.number === 1) connection.socket.write(plainAnswer());
    else onRequest(connection);
  });
}

describe('the check of the request limit', () => {
  test('whatever the limit and however it ends: the count is exact, and whether it is announced is told', async () => {
    const how = fc.constantFrom<'announced' | 'fin' | 'lateFin' | 'reset'>('announced', 'fin', 'lateFin', 'reset');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), how, async (limit, end) => {
        await using server = await serveRaw(({ socket, requests }) => {
          if (requests > limit) socket.resetAndDestroy();
          else if (requests < limit || end === 'reset') socket.write(plainAnswer());
          else if (end === 'announced') socket.end(plainAnswer('ok\n', CLOSE));
          else if (end === 'fin') socket.end(plainAnswer());
          else {
            socket.write(plainAnswer());
            setTimeout(() => socket.end(), 20);
          }
        });
        // A reset is only seen by whoever asks once more.
        const options = { maxRequests: end === 'reset' ? limit + 1 : 60 };
        const announced = end === 'announced';
        assert.deepEqual(await verdict(server.url, options), { maxRequests: limit, announced, tried: limit });
      }),
      { numRuns: 25 },
    );
  });

  test('where answers are slow, it tells how many were counted by the end of its time', async () => {
    await using server = await serveRaw(({ socket }) => setTimeout(() => socket.write(plainAnswer()), 5));
    // Fifty times as fast: twenty seconds of the check are 0.4 s.
    const clock: LoopClock = {
      nowMs: () => systemClock.nowMs() * 50,
      wallMs: () => systemClock.wallMs(),
      startTimer: (...timer) => systemClock.startTimer(...timer),
      endOfTurn: (callback) => systemClock.endOfTurn(callback),
      afterPoll: (callback) => systemClock.afterPoll(callback),
      watchPolls: () => systemClock.watchPolls(),
    };
    const { maxRequests, tried } = await verdict(server.url, { clock, maxRequests: 1_000, responseTimeoutMs: 5_000 });
    assert.equal(maxRequests, null);
    assert.ok(tried !== null && tried > 0 && tried < 1_000, String(tried));
  });

  test('a limit that is not reached is not known', async () => {
    await using server = await serveRaw(({ socket, requests }) => {
      if (requests > 60) socket.destroy();
      else socket.write(plainAnswer());
    });
    assert.deepEqual(await verdict(server.url), { maxRequests: null, announced: null, tried: 60 });
  });

  test('a server that announces the close and leaves it to the client has the limit that it announces', async () => {
    await using server = await serveRaw(({ socket, requests }) => {
      socket.write(plainAnswer('ok\n', requests >= 5 ? CLOSE : ''));
    });
    assert.deepEqual(await verdict(server.url), { maxRequests: 5, announced: true, tried: 5 });
  });

  test('a connection that ends at some age has no limit of requests', async () => {
    await using server = await startRawServer(
      (_head, { socket }) => void setTimeout(() => socket.writable && socket.write(plainAnswer()), 10),
      ({ socket, number }) => number > 1 && setTimeout(() => socket.end(), 150),
    );
    const seen = await verdict(server.url);
    assert.deepEqual([seen.maxRequests, seen.announced], [null, null]);
    assert.ok(seen.tried !== null && seen.tried > 1 && seen.tried < 20, String(seen.tried));
  });

  test('a connection that was lost once has no limit either, and the report says why', async () => {
    // The first answer needs two connections, where it promises nothing.
    await using server = await serveRaw(({ socket, number, requests }) => {
      if (number === 3 && requests === 10) socket.resetAndDestroy();
      else socket.write(plainAnswer());
    });
    const { measured, report } = await runOneCheck(server.url, 'request-limit', { maxRequests: 60 });
    assert.deepEqual([measured.maxRequests, measured.requestsTried], [null, 9]);
    const notes = report.connections.flatMap(({ events }) => events.filter(({ kind }) => kind === 'note'));
    assert.deepEqual(
      notes.map(({ text }) => text),
      ['10 answers, not 9 as before: it does not count them'],
    );
  });

  test('a server that refuses more requests within a time has no limit for a connection', async () => {
    let left = 9;
    await using server = await serveRaw(({ socket }) => {
      left -= 1;
      if (left > 0) socket.write(plainAnswer());
      else socket.end(plainAnswer('', CLOSE, '429 Too Many Requests'));
    });
    assert.deepEqual(await verdict(server.url), { maxRequests: null, announced: null, tried: 8 });
  });

  test('an error as the last answer of every connection is a limit', async () => {
    await using server = await serveRaw(({ socket, requests }) => {
      if (requests < 8) socket.write(plainAnswer());
      else socket.end(plainAnswer('', CLOSE, '503 Service Unavailable'));
    });
    assert.deepEqual(await verdict(server.url), { maxRequests: 8, announced: true, tried: 8 });
  });

  test('half an answer, or none any more, is no limit', async () => {
    for (const half of [true, false]) {
      await using server = await serveRaw(({ socket, requests }) => {
        if (requests < 6) socket.write(plainAnswer());
        else if (half) socket.end(plainAnswer().slice(0, -1));
      });
      const seen = await verdict(server.url, { responseTimeoutMs: 300 });
      assert.deepEqual(seen, { maxRequests: null, announced: null, tried: 5 });
    }
  });

  test('where the first request is not answered the reason stands with the check', async () => {
    await using server = await serveRaw(({ socket }) => socket.destroy());
    const { outcome } = await runOneCheck(server.url, 'request-limit');
    assert.equal(outcome, 'failed: the first request on the connection was not answered');
  });

  test('a server that closes after each answer has a limit of one', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.end(plainAnswer('ok\n', CLOSE)));
    assert.deepEqual(await verdict(server.url), { maxRequests: 1, announced: true, tried: 1 });
  });

  test('no more requests are sent than were announced', async () => {
    await using server = await serveRaw(({ socket }) => socket.write(plainAnswer()));
    const { report } = await runOneCheck(server.url, 'request-limit', { maxRequests: 1 });
    assert.deepEqual([report.measurements.maxRequests, report.measurements.requestsTried], [null, 1]);
    assert.equal(report.cost.requests, 4);
  });

  test('a thousand requests fit in the time of a check: node:http with its own limit', async () => {
    await using server = await startNodeServer(
      (_request, response) => void response.end('ok\n'),
      (node) => (node.maxRequestsPerSocket = 990),
    );
    const seen = await verdict(server.url, { maxRequests: 1_000 });
    assert.deepEqual(seen, { maxRequests: 990, announced: true, tried: 990 });
  });

  test('our own server: exactly what it is told, and announced', async () => {
    for (const maxKeepAliveRequests of [1, 2, 50]) {
      const options = { port: 0, hostname: '127.0.0.1', maxKeepAliveRequests };
      await using server = await serve({ ...options, fetch: () => new Response('ok\n') });
      const expected = { maxRequests: maxKeepAliveRequests, announced: true, tried: maxKeepAliveRequests };
      assert.deepEqual(await verdict(server.url), expected);
    }
  });
});
