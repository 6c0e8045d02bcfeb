// An inspection with pauses, as a program of its own: it must not end while it pauses.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runProgram } from '../integration/run-program.ts';
import { plainAnswer, startRawServer } from './raw-server.ts';
import { startNodeServer } from './run-one-check.ts';
import { inspect } from '#src/inspect/index.js';

describe('a gentle inspection', () => {
  test('goes on where no connection is open during a pause', async () => {
    await using server = await startNodeServer((_request, response) => {
      response.writeHead(200, { connection: 'close' }).end('ok\n');
    });
    const script = `
      const { inspect } = await import(${JSON.stringify(import.meta.resolve('#src/inspect/index.js'))});
      const report = await inspect(${JSON.stringify(server.url)}, { only: ['error-answers'], gentle: true });
      console.log(report.checks.map(({ outcome }) => outcome).join());
    `;
    const { code, stdout, stderr } = await runProgram(process.execPath, ['--input-type=module', '--eval', script]);
    assert.deepEqual([code, stdout.toString(), stderr], [0, 'measured,measured\n', '']);
  });

  test('sends nothing that is malformed, nothing large, and no two requests within its pause', async () => {
    const arrivals: number[] = [];
    let received = '';
    await using server = await startRawServer(
      (_head, { socket }) => void socket.write(plainAnswer()),
      ({ socket }) => {
        arrivals.push(performance.now());
        socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
      },
    );
    const skip = ['request-limit', 'latency', 'connection-close', 'pipelining'] as const;
    const report = await inspect(server.url, { gentle: true, skip, maxWaitMs: 500, responseTimeoutMs: 2_000 });
    assert.doesNotMatch(received, /PRI \* HTTP|no request/);
    assert.ok(received.length < 100_000, `${received.length} bytes`);
    const outcomes = report.checks.map(({ id, outcome }) => `${id}: ${outcome}`);
    assert.ok(outcomes.includes('http2: skipped') && outcomes.includes('http2-idle: skipped'));
    // Timers of a busy machine are late, and what was late may be followed closely.
    const pauses = arrivals.slice(1).map((atMs, index) => atMs - arrivals[index]!);
    assert.ok(
      pauses.every((pauseMs) => pauseMs > 100),
      pauses.join(' '),
    );
  });
});
