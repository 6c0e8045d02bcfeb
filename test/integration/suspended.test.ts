// A server that was suspended (a laptop's lid, a frozen virtual machine, a long garbage collection) finds its deadlines passed
// and bytes in the kernel that arrived in time. The bytes come first: their sender kept its word.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RawConnection } from '../support/raw-client.ts';

const TIMEOUT_MS = 1_000;
const OPTIONS = { keepAliveTimeoutMs: TIMEOUT_MS, keepAliveGraceMs: 0, timeouts: { headerMs: TIMEOUT_MS } };
const LIMIT = { timeout: 30_000 };

let child: ChildProcess;
let port = 0;
before(async () => {
  const script = fileURLToPath(new URL('fixtures/configured-server.js', import.meta.url));
  child = fork(script, [JSON.stringify(OPTIONS)]);
  [port] = (await once(child, 'message')) as [number];
});
after(() => child.kill('SIGKILL'));

/** Suspends the server for longer than its timeouts; `meanwhile` happens while it stands still. */
async function suspended(meanwhile: () => void): Promise<void> {
  child.kill('SIGSTOP');
  meanwhile();
  await sleep(2 * TIMEOUT_MS);
  child.kill('SIGCONT');
}

test(
  'a request that arrived on an idle connection is answered, although the keep-alive timeout has passed',
  LIMIT,
  async () => {
    const client = await RawConnection.open(port);
    client.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.readUntil('/first connection 1 request 1\n');
    await suspended(() => client.write('GET /second HTTP/1.1\r\nHost: a\r\n\r\n'));
    const answer = await client.readUntil('/second connection 1 request 2\n');
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /\r\nConnection: keep-alive\r\n/);
    client.destroy();
  },
);

test('a head whose end arrived is answered, although the head timeout has passed', LIMIT, async () => {
  const client = await RawConnection.open(port);
  client.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second');
  await client.readUntil('/first connection 2 request 1\n');
  await suspended(() => client.write(' HTTP/1.1\r\nHost: a\r\n\r\n'));
  assert.match(await client.readUntil('/second connection 2 request 2\n'), /^HTTP\/1\.1 200 OK\r\n/);
  client.destroy();
});

test('an idle connection on which nothing arrived is closed', LIMIT, async () => {
  const client = await RawConnection.open(port);
  client.write('GET /first HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.readUntil('/first connection 3 request 1\n');
  await suspended(() => {});
  assert.equal(await client.readToEnd(), '');
  assert.equal(client.ending, 'fin');
  client.destroy();
});
