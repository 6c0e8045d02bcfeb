// `perdura serve --workers`: one command line, several real processes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isGone } from '../workers/started-workers.ts';
import { SteadyLoad, describeDurations, getOnce } from '../workers/steady-load.ts';
import { PerduraProcess, runPerdura } from './perdura-process.ts';

const TIMEOUT = { timeout: 60_000 };

let scratch = '';
let site = '';

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'perdura-workers-'));
  site = await mkdtemp(join(scratch, 'site-'));
  await writeFile(join(site, 'index.html'), 'hello\n');
});

after(() => rm(scratch, { recursive: true }));

const serveTwo = (...more: string[]): PerduraProcess =>
  new PerduraProcess(['serve', site, '--port', '0', '--workers', '2', ...more]);

async function pidsOf(perdura: PerduraProcess): Promise<number[]> {
  const [, one, other] = await perdura.printed(/workers 1 \(pid (\d+)\) and 2 \(pid (\d+)\)/);
  return [Number(one), Number(other)];
}

test('SIGHUP replaces the workers under load without a failed request, and re-opens the log', TIMEOUT, async (t) => {
  const log = join(scratch, 'rotated.log');
  await using perdura = serveTwo('--keep-alive-timeout', '2s', '--access-log', log);
  const port = Number((await perdura.url()).port);
  const load = new SteadyLoad(port, { reusing: 6, fresh: 3 });
  await load.answers(100);
  await rename(log, `${log}.1`);
  perdura.send('SIGHUP');
  await perdura.printed(/SIGHUP: replacing the workers .*\n/);
  await perdura.printed(/SIGHUP: all workers are new after .*\n/);
  await load.answers(100);
  const result = await load.stop();
  perdura.send('SIGTERM');
  const { code, stdout, stderr } = await perdura.result;
  assert.deepEqual(result.failures, []);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(stdout, /Worker 1 \(pid \d+\) is replaced; it drains\n/);
  assert.match(stdout, /Ended after .*: \d+ connections? closed in order, none broken off\n$/);
  const [older, newer] = await Promise.all([readFile(`${log}.1`, 'latin1'), readFile(log, 'latin1')]);
  const lines = `${older}${newer}`.split('\n').slice(0, -1);
  // A line that is torn matches no more, and its other half is one too many.
  for (const line of lines)
    assert.match(line, /^127\.0\.0\.1 - - \[.+\] "GET \/ HTTP\/1\.1" 200 6 .* conn=\d\.\d+ req=\d+ [+-] \d+us$/);
  assert.equal(lines.length, result.answered);
  assert.match(newer, / conn=4\.\d/);
  t.diagnostic(`${result.answered} GETs and as many whole lines: ${describeDurations(result)}`);
});

test('lines of several workers stay whole in a pipe, too', TIMEOUT, async (t) => {
  await using perdura = serveTwo('--access-log', '-');
  const port = Number((await perdura.url()).port);
  const path = `/missing/${'x'.repeat(900)}`;
  const load = new SteadyLoad(port, { reusing: 12, fresh: 0, path });
  await load.answers(600);
  const result = await load.stop();
  perdura.send('SIGTERM');
  const { stdout } = await perdura.result;
  const lines = stdout.split('\n').filter((line) => line.includes('xxx') || /conn=\d/.test(line));
  for (const line of lines) assert.match(line, /^127\.0\.0\.1 .* "GET \/missing\/x{900} HTTP\/1\.1" 404 .*us$/);
  assert.equal(lines.length, result.answered);
  t.diagnostic(`${lines.length} lines of ${lines[0]?.length} bytes`);
});

test('a killed worker is told and replaced; SIGTERM ends them all', TIMEOUT, async () => {
  await using perdura = serveTwo();
  const port = Number((await perdura.url()).port);
  const [victim, other] = await pidsOf(perdura);
  process.kill(victim ?? 0, 'SIGKILL');
  const [, third] = await perdura.printed(/Worker 3 \(pid (\d+)\) is ready after .*\n/);
  await getOnce(port, '/', new Agent());
  perdura.send('SIGTERM');
  const { code, stderr } = await perdura.result;
  assert.match(stderr, /^Worker 1 \(pid \d+\) ended by SIGKILL, .*; another one takes its place\n$/);
  assert.equal(code, 0);
  for (const pid of [other, Number(third)]) assert.ok(await isGone(pid ?? 0, 1_000));
});

test('Ctrl-C reaches every process of a terminal, and still drains them in order', TIMEOUT, async () => {
  await using perdura = serveTwo();
  await perdura.url();
  for (const pid of await pidsOf(perdura)) process.kill(pid, 'SIGINT');
  perdura.send('SIGINT');
  const { code, stdout, stderr } = await perdura.result;
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /Draining: 0 connections, .* Ctrl-C again ends at once\n/);
});

test('a second signal kills them all at once', TIMEOUT, async () => {
  await using perdura = serveTwo();
  const port = Number((await perdura.url()).port);
  const pids = await pidsOf(perdura);
  const agent = new Agent({ keepAlive: true });
  // Idle connections hold a drain up for as long as was promised to them.
  await getOnce(port, '/', agent);
  perdura.send('SIGTERM');
  await perdura.printed(/Draining: 1 connection, 0 requests under way, at most 30 s; a second signal ends at once\n/);
  perdura.send('SIGTERM');
  const { code, stdout } = await perdura.result;
  assert.equal(code, 143);
  assert.match(stdout, /Ended at once: [12] workers? killed\n$/);
  for (const pid of pids) assert.ok(await isGone(pid, 5_000));
  agent.destroy();
});

test('what no worker can do is said once, with the exit code that one process has', TIMEOUT, async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const { code, stdout, stderr } = await runPerdura('serve', site, '--workers', '2', '--port', String(port));
  taken.close();
  assert.equal(code, 3);
  assert.equal(stdout, '');
  assert.match(stderr, /^error: cannot listen on 127\.0\.0\.1:\d+: the port is in use .*\n.*--port 8081.*\n$/);
});

test(
  'all workers have the certificate that was made for the run, and resume the sessions of each other',
  TIMEOUT,
  async () => {
    await using perdura = serveTwo('--self-signed');
    const port = Number((await perdura.url()).port);
    const pids = await pidsOf(perdura);
    const [, told] = await perdura.printed(/((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/);
    const first = await shakeHands(port);
    assert.equal(first.fingerprint, told);
    // The one that took the first handshake is gone, so the next one is another's.
    process.kill(pids[0]!, 'SIGKILL');
    await perdura.printed(/Worker 3 \(pid \d+\) is ready/);
    process.kill(pids[1]!, 'SIGKILL');
    assert.equal((await shakeHands(port)).fingerprint, told);
    assert.equal((await shakeHands(port, first.session)).resumed, true);
  },
);

/** One TLS handshake, with a request behind it. */
async function shakeHands(
  port: number,
  session?: Buffer,
): Promise<{ fingerprint: string; resumed: boolean; session: Buffer }> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(session === undefined ? {} : { session }),
  });
  let made = session ?? Buffer.alloc(0);
  socket.on('session', (ticket: Buffer) => {
    made = ticket;
  });
  await once(socket, 'secureConnect');
  const facts = { fingerprint: socket.getPeerCertificate().fingerprint256, resumed: socket.isSessionReused() };
  // Tickets come behind the handshake: they are seen where somebody reads.
  socket.resume();
  socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  return { ...facts, session: made };
}
