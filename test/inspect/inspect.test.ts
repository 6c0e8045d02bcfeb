// The inspector as a whole: what runs, in which order, and how it ends when the server or the caller does not play along.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectError, OptionError } from '#src/errors.js';
import { formatText, inspect } from '#src/inspect/index.js';
import type { ProgressEvent } from '#src/inspect/index.js';
import { plainAnswer, startRawServer } from './raw-server.ts';

describe('inspect', () => {
  test('measures how long an idle connection is kept, against what is promised', async () => {
    await using server = await startRawServer((_head, { socket }) => {
      socket.write(plainAnswer('ok\n', 'Connection: keep-alive\r\nKeep-Alive: timeout=10\r\n'));
      setTimeout(() => socket.end(), 400);
    });
    const report = await inspect(server.url, { maxWaitMs: 1_500, only: ['idle-timeout'] });
    const { idleTimeoutMs, idleClose, advertisedTimeoutMs } = report.measurements;
    assert.ok(idleTimeoutMs !== null && Math.abs(idleTimeoutMs - 400) < 100, String(idleTimeoutMs));
    assert.deepEqual([idleClose, advertisedTimeoutMs], ['fin', 10_000]);
    assert.equal(report.verdict, 'bad');
    assert.ok(report.findings.some(({ id }) => id === 'idle-shorter-than-advertised'));
  });

  test('an answer that was read late does not make the idle time look shorter', async () => {
    await using server = await startRawServer((_head, { socket, number }) => {
      const answer = plainAnswer('ok\n', 'Connection: keep-alive\r\nKeep-Alive: timeout=10\r\n');
      setTimeout(() => socket.write(answer), number === 2 ? 200 : 0);
      setTimeout(() => socket.end(), 400);
    });
    const report = await inspect(server.url, { maxWaitMs: 1_500, only: ['idle-timeout'] });
    const { idleTimeoutMs } = report.measurements;
    assert.ok(idleTimeoutMs !== null && Math.abs(idleTimeoutMs - 400) < 100, String(idleTimeoutMs));
  });

  test('waits run at the same time: all together last no longer than the longest', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.write(plainAnswer()));
    const report = await inspect(server.url, {
      maxWaitMs: 700,
      only: ['idle-timeout', 'silent-connection', 'partial-head'],
    });
    assert.deepEqual(
      report.checks.map(({ id, outcome }) => [id, outcome]),
      ['first-answer', 'idle-timeout', 'silent-connection', 'partial-head'].map((id) => [id, 'measured']),
    );
    assert.equal(report.measurements.idleTimeoutMs, null);
    assert.equal(report.measurements.idleClose, 'none');
    assert.ok(report.durationMs < 1_400, String(report.durationMs));
  });

  test('the budget is told before the first connection, and kept', async () => {
    let opened = 0;
    let openedWhenPlanned = -1;
    await using server = await startRawServer(
      (_head, { socket }) => socket.write(plainAnswer()),
      () => (opened += 1),
    );
    const planned: ProgressEvent[] = [];
    const report = await inspect(server.url, {
      maxWaitMs: 50,
      onProgress: (event) => {
        if (event.kind !== 'planned') return;
        planned.push(event);
        openedWhenPlanned = opened;
      },
    });
    const [plan] = planned;
    assert.ok(plan?.kind === 'planned');
    assert.equal(openedWhenPlanned, 0);
    assert.ok(opened <= plan.cost.connections);
    assert.equal(report.cost.connections, opened);
    assert.ok(report.cost.requests <= plan.cost.requests);
  });

  test('a server that nobody runs is an error, not a finding', async () => {
    const server = await startRawServer(() => {});
    await server[Symbol.asyncDispose]();
    await assert.rejects(inspect(server.url), ConnectError);
  });

  test('a server that never answers is reported within the timeout of a response', async () => {
    await using server = await startRawServer(() => {});
    const report = await inspect(server.url, { responseTimeoutMs: 200 });
    assert.equal(report.measurements.unanswered, 'timeout');
    assert.ok(report.durationMs < 1_000);
    assert.ok(report.checks.slice(1).every(({ outcome }) => outcome === 'skipped'));
  });

  test('a server that is stopped meanwhile is not judged by how its connections ended', async () => {
    const server = await startRawServer((_head, { socket }) =>
      socket.write(plainAnswer('ok\n', 'Keep-Alive: timeout=5\r\n')),
    );
    let stopped: PromiseLike<void> | undefined;
    const report = await inspect(server.url, {
      maxWaitMs: 3_000,
      only: ['idle-timeout', 'pipelining', 'latency'],
      onProgress: (event) => {
        if (event.kind === 'waiting') stopped = server[Symbol.asyncDispose]();
      },
    });
    await stopped;
    assert.ok(report.lostMs !== undefined && report.lostMs <= report.durationMs);
    assert.equal(report.complete, false);
    assert.equal(report.measurements.idleTimeoutMs, null);
    assert.equal(report.measurements.idleClose, null);
    assert.equal(report.checks.find(({ id }) => id === 'idle-timeout')?.outcome, 'cutShort');
    assert.deepEqual(
      report.findings.filter(({ level }) => level === 'bad'),
      [],
    );
    assert.match(formatText(report), /^good so far .*\nAfter .* the server could not be reached any more: /);
  });

  test('given up, it reports what it has', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.write(plainAnswer()));
    const controller = new AbortController();
    const report = await inspect(server.url, {
      only: ['idle-timeout'],
      signal: controller.signal,
      onProgress: ({ kind }) => kind === 'waiting' && controller.abort(),
    });
    assert.equal(report.complete, false);
    assert.equal(report.measurements.http11Persistent, true);
    assert.deepEqual(report.checks.at(-1)?.outcome, 'cutShort');
  });

  test('given up while it connects, it does not wait for the connection', async () => {
    const controller = new AbortController();
    const begunMs = performance.now();
    const report = await inspect('http://nobody.invalid/', {
      signal: controller.signal,
      // A look-up that never ends.
      lookup: () => {
        setImmediate(() => controller.abort());
        return new Promise(() => {});
      },
    });
    assert.ok(performance.now() - begunMs < 2_000);
    assert.equal(report.complete, false);
    assert.equal(report.measurements.status, null);
    assert.deepEqual([report.checks[0]?.outcome, report.checks[0]?.reason], ['cutShort', 'aborted']);
  });

  test('what it is given is checked before anything is opened', async () => {
    for (const [url, options, words] of [
      ['ftp://localhost/', {}, /url: is no absolute http/],
      ['http://user:secret@localhost/', {}, /url: has a user or a password/],
      ['http://localhost/', { maxWaitMs: 0 }, /maxWaitMs: is 0/],
      ['http://localhost/', { behind: 'nobody' }, /behind: is 'nobody'/],
      ['http://localhost/', { only: ['everything' as 'http10'] }, /only: has 'everything'/],
      ['http://localhost/', { headers: { connection: 'close' } }, /headers.connection: is what/],
    ] as const) {
      await assert.rejects(inspect(url, options), (error) => {
        assert.ok(error instanceof OptionError);
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    }
  });
});
