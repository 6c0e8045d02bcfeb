// Heartbeats in a program that is busy for 300 ms now and then, to servers that are well: nothing may be told.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { HeartbeatStats } from '#src/heartbeat/index.js';
import { freePort } from '../peer-process.ts';
import { startNode } from './http-servers.ts';

const PROGRAM = fileURLToPath(new URL('blocked-heartbeat.js', import.meta.url));

test('a busy program raises no false alarm about servers of HTTP/1.1 and HTTP/2', { timeout: 60_000 }, async (t) => {
  const [port1, port2] = [await freePort(), await freePort()];
  const servers = [await startNode(port1, 'http'), await startNode(port2, 'http2')];
  t.after(async () => void (await Promise.all(servers.map(async (server) => server.kill()))));
  const urls = [`http://127.0.0.1:${port1}/`, `h2c://127.0.0.1:${port2}`];
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...urls], { timeout: 40_000 });
  const { blocked, stats } = JSON.parse(stdout) as { blocked: number; stats: HeartbeatStats[] };
  for (const [index, { sent, acknowledged, missedInAll, downs }] of stats.entries()) {
    t.diagnostic(
      `${urls[index]}: ${sent} sent, ${acknowledged} acknowledged, ${missedInAll} missed, blocked ${blocked} times`,
    );
    assert.deepEqual([missedInAll, downs], [0, 0]);
    assert.ok(acknowledged >= 10, `${acknowledged} acknowledged`);
  }
  assert.ok(blocked >= 8);
});
