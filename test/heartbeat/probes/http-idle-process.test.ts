// A connection that is kept between signals keeps no process alive: that is for the heartbeat to decide.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from '../peer-process.ts';
import { startNode } from './http-servers.ts';

const PROGRAM = `
  import { Heartbeat, http2Probe, httpProbe } from '#src/heartbeat/index.js';
  const [url] = process.argv.slice(1);
  const probe = url.startsWith('h2c:') ? http2Probe(url) : httpProbe(url);
  const heartbeat = new Heartbeat({ probe, intervalMs: 50, jitter: 0, holdsProcess: false }).start();
  const timer = setInterval(() => {
    if (heartbeat.stats().acknowledged >= 2) clearInterval(timer);
  }, 10);
  process.on('exit', () => console.log(heartbeat.stats().acknowledged));
`;

describe('a heartbeat that does not hold the process', () => {
  for (const [scheme, module] of [
    ['http', 'http'],
    ['h2c', 'http2'],
  ] as const) {
    test(`lets it end although its connection is open: ${scheme}`, { timeout: 30_000 }, async () => {
      const port = await freePort();
      await using _ = await startNode(port, module);
      // A program that hangs is killed, which is a rejection.
      const parameters = ['--input-type=module', '-e', PROGRAM, `${scheme}://127.0.0.1:${port}`];
      const { stdout } = await promisify(execFile)(process.execPath, parameters, { timeout: 10_000 });
      assert.ok(Number(stdout) >= 2);
    });
  }
});
